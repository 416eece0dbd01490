package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A broker and its schema registry, started and closed as one. Subjects are held to {@code
 * FULL_TRANSITIVE}, as ReadLens's own schemas are. Topics are the caller's to create.
 *
 * <p>The directory holds what {@link EmbeddedBroker} keeps there, and {@code readlens.properties}
 * with both addresses, which {@code --config} takes.
 *
 * <p>Threading: safe for use by several threads.
 */
public final class EmbeddedPlatform implements AutoCloseable {
  /** Any port that is free. */
  public static final int ANY_PORT = 0;

  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final Path config;

  private EmbeddedPlatform(EmbeddedBroker broker, EmbeddedRegistry registry, Path config) {
    this.broker = broker;
    this.registry = registry;
    this.config = config;
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
    // Asked now, before the broker has taken its seconds to start.
    if (registryPort != ANY_PORT && !Loopback.isFree(registryPort)) {
      throw StartupException.portTaken("registry", registryPort);
    }
    if (registryPort != ANY_PORT && registryPort == brokerPort) {
      throw new StartupException("registry: port " + registryPort + " is given to the broker");
    }
    EmbeddedBroker broker =
        brokerPort == ANY_PORT
            ? EmbeddedBroker.start(directory)
            : EmbeddedBroker.start(directory, brokerPort);
    EmbeddedRegistry registry = null;
    boolean started = false;
    try {
      registry =
          EmbeddedRegistry.start(
              broker.bootstrapServers(), registryPort, CompatibilityLevel.FULL_TRANSITIVE);
      EmbeddedPlatform platform =
          new EmbeddedPlatform(broker, registry, directory.resolve("readlens.properties"));
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
    List<String> lines =
        List.of(
            "# Where the embedded broker and registry are while they run; written at each start.",
            "bootstrap.servers=" + bootstrapServers(),
            "schema.registry.url=" + registryUrl());
    try {
      Files.write(config, lines);
    } catch (IOException e) {
      throw new StartupException("cannot write " + config + ": " + e, e);
    }
  }

  /** Where Kafka's clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** What clients put into {@code schema.registry.url}. */
  public String registryUrl() {
    return registry.url();
  }

  /** Both addresses, under the names of ReadLens's configuration. */
  public Map<String, String> properties() {
    return Map.of("bootstrap.servers", bootstrapServers(), "schema.registry.url", registryUrl());
  }

  /** The file that says the same, for {@code --config}. */
  public Path config() {
    return config;
  }

  /** What the broker printed and logged. */
  public Path log() {
    return broker.log();
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
