package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/**
 * A secured broker and registry in this JVM, as {@code embedded --secure} runs them, for tests of
 * what goes wrong with them. The broker's user {@code readlens} may do everything, every other one
 * what {@link #allow} says; the registry also has a user who may only read.
 */
public final class SecuredSite implements AutoCloseable {
  /** May only read, at the registry. */
  public static final String READER = "reader";

  private static final String READERS_PASSWORD = "readers-password";

  private final Path directory;
  private final Security security;
  private final TestBroker broker;
  private final EmbeddedRegistry registry;

  private SecuredSite(
      Path directory, Security security, TestBroker broker, EmbeddedRegistry registry) {
    this.directory = directory;
    this.security = security;
    this.broker = broker;
    this.registry = registry;
  }

  /**
   * @param directory empty
   */
  public static SecuredSite start(Path directory) {
    return start(directory, Security.in(directory.resolve("security")));
  }

  /** The same, with a certificate that ended five days ago. */
  public static SecuredSite startExpired(Path directory) {
    Security security = Security.in(directory.resolve("security"));
    security.certificates().renewServer(new Certificates.Validity(10, 5));
    return start(directory, security);
  }

  private static SecuredSite start(Path directory, Security security) {
    TestBroker broker =
        TestBroker.start(
            directory,
            Optional.of(security),
            Map.of(
                "authorizer.class.name",
                StandardAuthorizer.class.getName(),
                "super.users",
                "User:" + Security.USER + ";User:CN=readlens-internal"));
    EmbeddedRegistry registry = null;
    try (Admin admin = Admin.create(new HashMap<>(broker.owner()))) {
      security.createUser(admin);
      registry =
          EmbeddedRegistry.start(
              broker.owner(),
              EmbeddedRegistry.ANY_PORT,
              CompatibilityLevel.FULL_TRANSITIVE,
              Optional.of(
                  new RegistryAccess(
                      security.certificates().serverContext(),
                      List.of(
                          new RegistryAccess.User(Security.USER, security.registryPassword(), true),
                          new RegistryAccess.User(READER, READERS_PASSWORD, false)))),
              EmbeddedBroker.START,
              () -> true);
      return new SecuredSite(directory, security, broker, registry);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      if (registry == null) {
        broker.close();
      }
    }
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  public String registryUrl() {
    return registry.url();
  }

  /** What {@code embedded --secure} writes: everything that a client needs. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(security.brokerClient());
    settings.put("bootstrap.servers", bootstrapServers());
    settings.put("schema.registry.url", registryUrl());
    settings.putAll(security.registryClient());
    return settings;
  }

  /** What a client needs that logs in to the broker otherwise; right or wrong. */
  public Map<String, String> brokerLogin(String user, String password) {
    return security.brokerClient(user, password);
  }

  /** What a client needs that logs in to the registry otherwise; right or wrong. */
  public Map<String, String> registryLogin(String user, String password) {
    return security.registryClient(user, password);
  }

  /** What a client needs that may only read at the registry. */
  public Map<String, String> registryReader() {
    return registryLogin(READER, READERS_PASSWORD);
  }

  /** The settings that trust an authority which signed nothing here, in place of the right one. */
  public Map<String, String> strangersTrust() {
    Certificates strangers = Security.in(directory.resolve("strangers")).certificates();
    Map<String, String> trust = new HashMap<>();
    for (String prefix : List.of("", "schema.registry.")) {
      trust.put(prefix + "ssl.truststore.location", strangers.truststore().toString());
      trust.put(prefix + "ssl.truststore.password", strangers.password());
      trust.put(prefix + "ssl.truststore.type", Certificates.STORE_TYPE);
    }
    return trust;
  }

  /** Makes a user of the broker's, who may do nothing yet. */
  public void addUser(String user, String password) throws Exception {
    try (Admin admin = admin()) {
      Security.createUser(admin, user, password);
    }
  }

  public void allow(List<AclBinding> acls) throws Exception {
    try (Admin admin = admin()) {
      admin.createAcls(acls).all().get();
    }
  }

  /** With all rights. */
  public Admin admin() {
    return Admin.create(new HashMap<>(broker.owner()));
  }

  /** Writes settings to a file, for {@code --config}. */
  public static Path config(Path file, Map<String, String> settings) throws IOException {
    List<String> lines =
        new TreeMap<>(settings)
            .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return Files.write(file, lines);
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
  }
}
