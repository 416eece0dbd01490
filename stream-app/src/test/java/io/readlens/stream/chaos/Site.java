package io.readlens.stream.chaos;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.EmbeddedBroker;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.topics.KafkaTopics;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * A broker with topics and a registry, each of which can go and come back at the same address.
 *
 * <p>Threading: one thread.
 */
final class Site implements AutoCloseable {
  private final Path directory;
  private final Topics topics = Topics.standard();
  private EmbeddedBroker broker;
  private EmbeddedRegistry registry;
  private int registryPort;

  /**
   * @param directory empty; keeps the broker's data and log
   */
  Site(Path directory) {
    this.directory = directory;
    broker = EmbeddedBroker.start(directory);
    boolean complete = false;
    try {
      try (KafkaTopics created = KafkaTopics.connect(client())) {
        created.create(topics.all(), KafkaTopics.BROKERS_REPLICATION);
      }
      registry = registry(EmbeddedRegistry.ANY_PORT);
      registryPort = registry.port();
      complete = true;
    } finally {
      if (!complete) {
        broker.close();
      }
    }
  }

  Topics topics() {
    return topics;
  }

  /** Where Kafka's clients connect. */
  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  Map<String, String> client() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  String registryUrl() {
    return registry.url();
  }

  /** Writes the properties of an application here: nothing but the addresses. */
  void write(Path properties) throws IOException {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrapServers());
    settings.put("schema.registry.url", registryUrl());
    try (Writer writer = Files.newBufferedWriter(properties)) {
      settings.store(writer, null);
    }
  }

  void killBroker() {
    broker.kill();
  }

  /** Returns when the broker answers. */
  void restartBroker() {
    broker = EmbeddedBroker.start(directory, broker.port());
  }

  void closeRegistry() {
    registry.close();
  }

  void reopenRegistry() {
    registry = registry(registryPort);
  }

  private EmbeddedRegistry registry(int port) {
    return EmbeddedRegistry.start(bootstrapServers(), port, CompatibilityLevel.FULL_TRANSITIVE);
  }

  @Override
  public void close() {
    try {
      registry.close();
    } finally {
      broker.close();
    }
  }
}
