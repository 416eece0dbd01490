package io.readlens.stream.embedded;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node listens on 127.0.0.1, and what its connections must show.
 *
 * <p>Without security there are two listeners: one for clients, one for the controller. With it,
 * clients speak SASL_SSL and log in by SCRAM; a third listener is the node's own. That one and the
 * controller's ask for the internal certificate, so that no process without it gets past the login.
 *
 * @param port where clients connect
 * @param controllerPort where the node talks to itself; a value of its own in each run
 * @param internalPort where the node and this JVM connect with all rights; {@code port} where there
 *     is no security
 */
record Listeners(int port, int controllerPort, int internalPort, Optional<Security> security) {
  private static final String CLIENTS = "CLIENTS";
  private static final String INTERNAL = "INTERNAL";
  static final String CONTROLLER = "CONTROLLER";

  Listeners {
    if (port == controllerPort || (security.isPresent() && internalPort == port)) {
      throw new IllegalArgumentException("one port for two listeners: " + port);
    }
  }

  /** On {@code port}, and on free ports for what clients do not see. */
  static Listeners on(int port, Optional<Security> security) {
    int controllerPort = otherThan(port, port);
    int internalPort = security.isEmpty() ? port : otherThan(port, controllerPort);
    return new Listeners(port, controllerPort, internalPort, security);
  }

  private static int otherThan(int one, int two) {
    int free = Loopback.freePort();
    while (free == one || free == two) {
      free = Loopback.freePort();
    }
    return free;
  }

  boolean areFree() {
    return Stream.of(port, controllerPort, internalPort).allMatch(Loopback::isFree);
  }

  /** What a client is given: the address, and the means to log in. */
  Map<String, String> client() {
    Map<String, String> client = new HashMap<>(Map.of("bootstrap.servers", Loopback.at(port)));
    security.ifPresent(secure -> client.putAll(secure.brokerClient()));
    return client;
  }

  /** What this JVM is given, which may do everything. */
  Map<String, String> owner() {
    if (security.isEmpty()) {
      return client();
    }
    Map<String, String> owner =
        new HashMap<>(
            Map.of("bootstrap.servers", Loopback.at(internalPort), "security.protocol", "SSL"));
    owner.putAll(internalStores(""));
    return owner;
  }

  /** The node's settings. */
  Map<String, String> settings(int nodeId) {
    String controller = Loopback.at(controllerPort);
    Map<String, String> settings = new HashMap<>();
    settings.put("controller.quorum.voters", nodeId + "@" + controller);
    settings.put("controller.listener.names", CONTROLLER);
    List<String> ofBroker =
        security.isEmpty()
            ? List.of(CLIENTS + "://" + Loopback.at(port))
            : List.of(
                CLIENTS + "://" + Loopback.at(port), INTERNAL + "://" + Loopback.at(internalPort));
    settings.put("advertised.listeners", String.join(",", ofBroker));
    settings.put("listeners", String.join(",", ofBroker) + "," + CONTROLLER + "://" + controller);
    settings.put("inter.broker.listener.name", security.isEmpty() ? CLIENTS : INTERNAL);
    settings.put(
        "listener.security.protocol.map",
        security.isEmpty()
            ? CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT"
            : CLIENTS + ":SASL_SSL," + INTERNAL + ":SSL," + CONTROLLER + ":SSL");
    security.ifPresent(secure -> settings.putAll(secured(secure)));
    return settings;
  }

  private Map<String, String> secured(Security secure) {
    String clients = "listener.name." + CLIENTS.toLowerCase(Locale.ROOT) + ".";
    Map<String, String> settings = new HashMap<>();
    settings.put("sasl.enabled.mechanisms", Security.MECHANISM);
    settings.put(
        clients + "scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put(clients + "ssl.keystore.location", secure.certificates().server().toString());
    settings.put(clients + "ssl.keystore.password", secure.certificates().password());
    settings.put(clients + "ssl.key.password", secure.certificates().password());
    settings.put(clients + "ssl.keystore.type", Certificates.STORE_TYPE);
    for (String name : List.of(INTERNAL, CONTROLLER)) {
      String own = "listener.name." + name.toLowerCase(Locale.ROOT) + ".";
      settings.putAll(internalStores(own));
      settings.put(own + "ssl.client.auth", "required");
    }
    return settings;
  }

  /** One file is both what the node shows and what it trusts. */
  private Map<String, String> internalStores(String prefix) {
    Certificates certificates = security.orElseThrow().certificates();
    Map<String, String> stores = new HashMap<>();
    for (String kind : List.of("keystore", "truststore")) {
      stores.put(prefix + "ssl." + kind + ".location", certificates.internal().toString());
      stores.put(prefix + "ssl." + kind + ".password", certificates.password());
      stores.put(prefix + "ssl." + kind + ".type", Certificates.STORE_TYPE);
    }
    stores.put(prefix + "ssl.key.password", certificates.password());
    return stores;
  }
}
