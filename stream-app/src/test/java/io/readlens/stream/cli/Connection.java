package io.readlens.stream.cli;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What commands connect to in a test: the shared broker and a registry of the test's own.
 *
 * @param config the file that tells commands of both, and of the test's topics
 */
record Connection(EmbeddedRegistry registry, Path config) implements AutoCloseable {
  /**
   * Starts the registry and writes the file.
   *
   * @param settings those of the test's topics
   */
  static Connection in(Path directory, Map<String, String> settings) throws IOException {
    EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            TestBroker.shared().bootstrapServers(),
            EmbeddedRegistry.ANY_PORT,
            CompatibilityLevel.FULL_TRANSITIVE);
    Map<String, String> all = new TreeMap<>(settings);
    all.put("bootstrap.servers", TestBroker.shared().bootstrapServers());
    all.put("schema.registry.url", registry.url().toString());
    List<String> lines = all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return new Connection(registry, Files.write(directory.resolve("readlens.properties"), lines));
  }

  @Override
  public void close() {
    registry.close();
  }
}
