package io.readlens.stream.chaos;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.EmbeddedBroker;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topics.KafkaTopics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * A broker with topics and a registry, each of which can go and come back at the same address.
 *
 * <p>Threading: one thread.
 */
final class Site implements AutoCloseable {
  private final Path directory;
  private final Topics topics = Topics.standard();
  private final Optional<Disk> disk;
  private EmbeddedBroker broker;
  private EmbeddedRegistry registry;
  private int registryPort;
  private int saidBefore;

  /**
   * @param directory empty; keeps the broker's data and log
   * @param ownDisk whether the data are on a {@link Disk} of their own
   */
  Site(Path directory, boolean ownDisk) throws IOException {
    this.directory = directory;
    disk = ownDisk ? Optional.of(new Disk(directory.resolve("kafka"))) : Optional.empty();
    boolean complete = false;
    try {
      broker = EmbeddedBroker.start(directory);
      try (KafkaTopics created = KafkaTopics.connect(client())) {
        created.create(topics.all(), KafkaTopics.BROKERS_REPLICATION);
      }
      registry = registry(EmbeddedRegistry.ANY_PORT);
      registryPort = registry.port();
      complete = true;
    } finally {
      if (!complete) {
        if (broker != null) {
          broker.close();
        }
        disk.ifPresent(Disk::close);
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

  /** The same for whoever can wait, however busy the machine is. */
  private Map<String, String> patient() {
    Map<String, String> patient = new HashMap<>(client());
    patient.put("default.api.timeout.ms", "3600000");
    patient.put("request.timeout.ms", "30000");
    return patient;
  }

  String registryUrl() {
    return registry.url();
  }

  /**
   * Writes the properties of an application here: the addresses, where checkpoints are, and that a
   * partition more is noticed in seconds and not in Kafka's five minutes.
   */
  void write(Path properties) throws IOException {
    Properties settings = new Properties();
    settings.put("checkpoints.from", directory.toAbsolutePath().toString());
    settings.put("metadata.max.age.ms", "5000");
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

  void stopBroker() {
    Signal.STOP.send(broker.pid());
  }

  void continueBroker() {
    Signal.CONT.send(broker.pid());
  }

  /** Whether the broker runs, and has not said that there is no room. */
  boolean isBrokerWell() {
    try {
      return broker.isAlive()
          && !Files.readString(broker.log()).substring(saidBefore).contains("No space left");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves the broker no room. */
  void fillDisk() {
    try {
      saidBefore = Files.readString(broker.log()).length();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disk.orElseThrow().fill();
  }

  void makeRoom() {
    disk.orElseThrow().makeRoom();
  }

  /**
   * Gives the reads topic a partition more, and then the ledger.
   *
   * @return how many the reads topic has now
   */
  int raisePartitions() {
    String reads = topics.reads().name();
    try (Admin admin = Admin.create(Map.copyOf(patient()))) {
      int more = partitions(admin).size() + 1;
      BrokerAnswer.of(admin.createPartitions(Map.of(reads, NewPartitions.increaseTo(more))).all());
      try (KafkaTopics grown = KafkaTopics.connect(patient())) {
        grown.create(topics, OptionalInt.empty(), KafkaTopics.BROKERS_REPLICATION);
      }
      return more;
    }
  }

  /**
   * Deletes the reads topic and creates it anew, with as many partitions.
   *
   * @param absence between the two
   */
  void recreateReads(Duration absence) {
    String reads = topics.reads().name();
    try (Admin admin = Admin.create(Map.copyOf(patient()));
        KafkaTopics created = KafkaTopics.connect(patient())) {
      Topic<?> same = topics.reads().withPartitions(partitions(admin).size());
      BrokerAnswer.of(admin.deleteTopics(List.of(reads)).all());
      LockSupport.parkNanos(absence.toNanos());
      while (created
          .create(List.of(same), KafkaTopics.BROKERS_REPLICATION)
          .get(0)
          .done()
          .isEmpty()) {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    }
  }

  /**
   * Deletes all reads that the topic holds.
   *
   * @return where each partition begins now
   */
  Map<TopicPartition, Long> deleteReads() {
    try (Admin admin = Admin.create(Map.copyOf(patient()))) {
      Map<TopicPartition, RecordsToDelete> ends = new HashMap<>();
      BrokerAnswer.of(
              admin
                  .listOffsets(
                      partitions(admin).stream()
                          .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest())))
                  .all())
          .forEach(
              (partition, end) -> ends.put(partition, RecordsToDelete.beforeOffset(end.offset())));
      BrokerAnswer.of(admin.deleteRecords(ends).all());
      Map<TopicPartition, Long> starts = new HashMap<>();
      ends.forEach((partition, end) -> starts.put(partition, end.beforeOffset()));
      return starts;
    }
  }

  private List<TopicPartition> partitions(Admin admin) {
    String reads = topics.reads().name();
    return BrokerAnswer.of(admin.describeTopics(List.of(reads)).topicNameValues().get(reads))
        .partitions()
        .stream()
        .map(partition -> new TopicPartition(reads, partition.partition()))
        .toList();
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
      disk.ifPresent(Disk::close);
    }
  }
}
