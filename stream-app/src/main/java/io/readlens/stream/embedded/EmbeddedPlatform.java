package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.model.process.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A broker and its schema registry, started and closed as one. Subjects are held to {@code
 * FULL_TRANSITIVE}, as ReadLens's own schemas are. Topics are the caller's to create.
 *
 * <p>The directory holds what {@link EmbeddedBroker} keeps there, and {@code readlens.properties}
 * with both addresses, which {@code --config} takes. A secured platform keeps certificates and
 * passwords in {@code security/} and writes what clients need of them into the same file, and into
 * {@code librdkafka.properties} for clients in other languages.
 *
 * <p>Threading: safe for use by several threads.
 */
public final class EmbeddedPlatform implements AutoCloseable {
  /** Any port that is free. */
  public static final int ANY_PORT = 0;

  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final Optional<Security> security;
  private final Path config;

  private EmbeddedPlatform(
      EmbeddedBroker broker,
      EmbeddedRegistry registry,
      Optional<Security> security,
      Path directory) {
    this.broker = broker;
    this.registry = registry;
    this.security = security;
    this.config = directory.resolve("readlens.properties");
  }

  /**
   * Starts both and returns when they answer, which takes some ten seconds.
   *
   * @param directory created where it does not exist; what an earlier run left in it is found again
   * @param brokerPort 1 to 65535, or {@link #ANY_PORT}
   * @param registryPort 1 to 65535, or {@link #ANY_PORT}
   * @throws StartupException when a port is taken, one of the two does not come up, or another
   *     broker uses the directory
   */
  public static EmbeddedPlatform start(Path directory, int brokerPort, int registryPort) {
    return start(directory, brokerPort, registryPort, false);
  }

  /**
   * The same, secured: the broker speaks SASL_SSL with SCRAM-SHA-512, the registry HTTPS with basic
   * authentication. Certificates and users of an earlier run are found again; certificates that
   * have expired are renewed.
   */
  public static EmbeddedPlatform startSecured(Path directory, int brokerPort, int registryPort) {
    return start(directory, brokerPort, registryPort, true);
  }

  private static EmbeddedPlatform start(
      Path directory, int brokerPort, int registryPort, boolean secured) {
    // Asked now, before the broker has taken its seconds to start.
    if (registryPort != ANY_PORT && !Loopback.isFree(registryPort)) {
      throw StartupException.portTaken("registry", registryPort);
    }
    if (registryPort != ANY_PORT && registryPort == brokerPort) {
      throw new StartupException("registry: port " + registryPort + " is given to the broker");
    }
    DataDirectory.prepare(directory);
    Optional<Security> security =
        secured ? Optional.of(Security.in(directory.resolve("security"))) : Optional.empty();
    EmbeddedBroker broker =
        brokerPort == ANY_PORT
            ? EmbeddedBroker.start(directory, security)
            : EmbeddedBroker.start(directory, brokerPort, security);
    EmbeddedRegistry registry = null;
    boolean started = false;
    try {
      registry =
          EmbeddedRegistry.start(
              broker.owner(),
              registryPort,
              CompatibilityLevel.FULL_TRANSITIVE,
              security.map(Security::registryAccess),
              EmbeddedBroker.START,
              broker::isAlive);
      EmbeddedPlatform platform = new EmbeddedPlatform(broker, registry, security, directory);
      platform.writeConfig();
      started = true;
      return platform;
    } finally {
      if (!started) {
        closeBoth(registry, broker);
      }
    }
  }

  private void writeConfig() {
    write(config, properties(), EmbeddedPlatform::escaped);
    if (security.isPresent()) {
      Map<String, String> librdkafka = new HashMap<>(security.get().librdkafka());
      librdkafka.put("bootstrap.servers", bootstrapServers());
      write(config.resolveSibling("librdkafka.properties"), librdkafka, value -> value);
    }
  }

  private static void write(
      Path file, Map<String, String> properties, UnaryOperator<String> format) {
    StringBuilder text =
        new StringBuilder(
            "# Where the embedded broker and registry are while they run; written at each start.\n");
    new TreeMap<>(properties)
        .forEach(
            (key, value) -> text.append(key).append('=').append(format.apply(value)).append('\n'));
    try {
      PrivateFiles.write(file, text.toString());
    } catch (IOException e) {
      throw new StartupException("cannot write " + file + ": " + Why.of(e), e);
    }
  }

  /** As every reader of Java's properties takes it, whatever encoding it expects. */
  private static String escaped(String value) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        escaped.append("\\\\");
      } else if (c < ' ' || c > '~') {
        escaped.append("\\u%04x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** Where Kafka's clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** What clients put into {@code schema.registry.url}. */
  public String registryUrl() {
    return registry.url();
  }

  /**
   * Both addresses, under the names of ReadLens's configuration; of a secured platform also the
   * means to log in, passwords among them.
   */
  public Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>(broker.client());
    properties.put("schema.registry.url", registryUrl());
    security.ifPresent(secure -> properties.putAll(secure.registryClient()));
    return properties;
  }

  /** The file that says the same, for {@code --config}. */
  public Path config() {
    return config;
  }

  /**
   * @throws BrokerEndedException if the broker has ended
   */
  public void requireBroker() {
    if (!broker.isAlive()) {
      throw new BrokerEndedException("the broker is gone: " + broker.ending());
    }
  }

  /**
   * Does something with the broker that may take its time, for as long as the broker lives.
   *
   * @throws BrokerEndedException when the broker has ended; the work is then left to itself
   */
  public <T> T whileAlive(Supplier<T> work) {
    CompletableFuture<T> result =
        CompletableFuture.supplyAsync(
            work,
            task -> {
              Thread thread = new Thread(task, "readlens-platform");
              thread.setDaemon(true);
              thread.start();
            });
    try {
      CompletableFuture.anyOf(result, ended()).join();
      if (!result.isDone()) {
        requireBroker();
      }
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Completes when the broker has ended: by {@link #close}, or because it died. */
  public CompletableFuture<Void> ended() {
    return broker.ended();
  }

  /** Closes the registry, then the broker, which shuts down cleanly. Idempotent. */
  @Override
  public void close() {
    closeBoth(registry, broker);
  }

  private static void closeBoth(EmbeddedRegistry registry, EmbeddedBroker broker) {
    try (broker) {
      if (registry != null) {
        registry.close();
      }
    }
  }
}
