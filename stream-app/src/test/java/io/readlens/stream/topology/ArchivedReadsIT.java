package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.avro.SequencingRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.checkpoints.CheckpointTopic;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.LedgerView;
import io.readlens.stream.replay.Pace;
import io.readlens.stream.replay.Replay;
import io.readlens.stream.replay.SequencingReads;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads of long ago, and what is written of them, past a broker that deletes what is older than a
 * topic's retention and looks for it every second.
 */
@Timeout(180)
class ArchivedReadsIT {
  private static final int PARTITIONS = 4;
  private static final int READS = 200;

  /** The partition whose reads are deleted before anybody has read them. */
  private static final int DELETED = 1;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant FIRST = Instant.parse("2019-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2024-12-31T23:59:59Z");
  private static final String GOOD = Samples.bases(126);

  @TempDir Path directory;

  private final String name = "archived-reads-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final FakeModel model = new FakeModel();
  private final long begin = System.currentTimeMillis();

  @AfterEach
  void close() {
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldKeepAReplayedArchiveAndAllThatIsWrittenOfIt() throws Exception {
    // Given
    createTopics(Map.of("retention.ms", "3600000"));
    Path file =
        Files.writeString(
            directory.resolve("archive.fastq"),
            IntStream.range(0, READS)
                .mapToObj(
                    i ->
                        fastq(
                            i, i % 10 == 9 ? Instant.now().minus(Duration.ofDays(2)) : started(i)))
                .collect(Collectors.joining()));
    AppConfig config = config();
    try (Replay replay = Replay.connect(config, registry, Pace.unlimited())) {
      replay.send(List.of(file), SequencingReads.asWritten(), progress -> {}, empty -> {});
    }
    awaitRetentionChecks();

    try (ExplainApp app = app(config)) {
      // When
      app.start();

      // Then
      requireAllThere(new Counts(READS, READS, 0, 0, 0));
    }
    assertThat(records(topics.reads().name())).hasSize(READS);
  }

  @Test
  void shouldKeepWhatIsWrittenOfRecordsOfLongAgo() throws Exception {
    // Given
    createTopics(Map.of("retention.ms", "-1"));
    produce();
    int each = READS / PARTITIONS;
    deleteBefore(DELETED, each);
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);

    try (ExplainApp app = app(config());
        CheckpointTopic announcements = CheckpointTopic.connect(config(), registry)) {
      // When
      app.start();
      announcements.announce(next, directory.resolve("next").toUri().toString());

      // Then: announced, and refused by the instance, since the fake model answers as no checkpoint
      RegistrySerde<CheckpointEvent> events = topics.checkpoints().serde(registry);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(records(topics.checkpoints().name()))
                      .extracting(
                          record -> events.deserialize(record.topic(), record.value()).getKind())
                      .contains(CheckpointEventKind.ANNOUNCED, CheckpointEventKind.REFUSED));
      int kept = READS - each;
      requireAllThere(new Counts(READS, kept / 2, 0, 0, kept / 2, each));
    }
  }

  /** No read comes whose outcome would take the count along: it is a record of its own. */
  @Test
  void shouldStampTheCountOfReadsThatWereAllDeletedUnread() throws Exception {
    // Given
    createTopics(Map.of("retention.ms", "-1"));
    produce();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      deleteBefore(partition, READS / PARTITIONS);
    }

    try (ExplainApp app = app(config())) {
      // When
      app.start();

      // Then
      awaitTotal(Counts.expired(READS));
    }
    assertThat(records(topics.ledger().name()))
        .hasSizeGreaterThanOrEqualTo(PARTITIONS)
        .extracting(ConsumerRecord::timestamp)
        .allMatch(timestamp -> timestamp >= begin);
  }

  /** Deletes the first reads of a partition, as retention or an operator would. */
  private void deleteBefore(int partition, int offset) throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topics.reads().name(), partition),
                  RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  private void createTopics(Map<String, String> ofReads) {
    topics
        .all()
        .forEach(
            topic -> {
              Map<String, String> configs = new HashMap<>(topic.configs());
              if (topic.equals(topics.reads())) {
                configs.putAll(ofReads);
              }
              TestBroker.shared().createTopic(topic.name(), PARTITIONS, configs);
            });
  }

  /** Every other one can never be answered. Sent by a producer that stamps records as it likes. */
  private void produce() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < READS; i++) {
        byte[] value =
            i % 2 == 0
                ? serde.serialize(
                    topics.reads().name(), read("r" + i, GOOD).setStartTime(started(i)).build())
                : bytes("not Avro");
        producer
            .send(
                new ProducerRecord<>(
                    topics.reads().name(),
                    i / 2 % PARTITIONS,
                    started(i).toEpochMilli(),
                    bytes("r" + i),
                    value))
            .get();
      }
    }
  }

  /** All is there, of a time when this test ran, and still is when the broker has looked. */
  private void requireAllThere(Counts counted) throws Exception {
    awaitTotal(counted);
    awaitRetentionChecks();
    try (LedgerView ledger =
        LedgerView.of(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            topics.ledger(),
            registry)) {
      assertThat(ledger.catchUp(PATIENCE)).isTrue();
      assertThat(ledger.total()).isEqualTo(counted);
      assertThat(ledger.counts(new Account(DELETED, "")).expired()).isEqualTo(counted.expired());
    }
    var explanations = records(topics.explanations().name());
    assertThat(explanations)
        .hasSize((int) counted.classified())
        .extracting(
            record ->
                topics
                    .explanations()
                    .serde(registry)
                    .deserialize(record.topic(), record.value())
                    .getEventTime())
        .contains(started(0), started(READS - 2))
        .allMatch(time -> time.isBefore(Instant.ofEpochMilli(begin)));
    var letters = records(topics.deadLetters().name());
    assertThat(letters).hasSize((int) counted.deadLettered());
    assertThat(
            Stream.of(
                explanations,
                letters,
                records(topics.ledger().name()),
                records(topics.checkpoints().name())))
        .allSatisfy(
            written ->
                assertThat(written)
                    .extracting(ConsumerRecord::timestamp)
                    .allMatch(timestamp -> timestamp >= begin));
  }

  private void awaitTotal(Counts counted) {
    try (LedgerView ledger =
        LedgerView.of(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            topics.ledger(),
            registry)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                ledger.poll(Duration.ofMillis(100));
                return ledger.total().equals(counted);
              });
    }
  }

  /**
   * Returns when the broker has looked at every topic from its first to its last: a record that is
   * too old for its topic was deleted, and after that another.
   */
  private void awaitRetentionChecks() throws Exception {
    for (int i = 0; i < 2; i++) {
      String control = "control-" + UUID.randomUUID();
      TestBroker.shared().createTopic(control, 1, topics.explanations().configs());
      TopicPartition partition = new TopicPartition(control, 0);
      try (KafkaProducer<byte[], byte[]> producer = producer();
          Admin admin =
              Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
        producer
            .send(new ProducerRecord<>(control, 0, FIRST.toEpochMilli(), null, bytes("old")))
            .get();
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    admin
                            .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                            .partitionResult(partition)
                            .get()
                            .offset()
                        == 1);
      }
    }
  }

  /** All that a topic still holds and that is committed. */
  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
              });
    }
    return records;
  }

  private static KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            TestBroker.shared().bootstrapServers(),
            "isolation.level",
            "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private AppConfig config() {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.put("checkpoints.from", directory.toString());
    return AppConfig.of(new Properties(), properties);
  }

  private ExplainApp app(AppConfig config) {
    return app(config, DeviceModel.ofReads(model));
  }

  private static <A> ExplainApp app(AppConfig config, DeviceModel<A> device) {
    return new ExplainApp(
        config,
        served(Checkpoint.bundled(), device),
        new DeviceSpeed(2, 16_384, 1e6),
        checkpoint -> served(checkpoint, device),
        Duration.ofSeconds(30));
  }

  private static <A> ServedModel<A> served(Checkpoint checkpoint, DeviceModel<A> device) {
    return new ServedModel<>(checkpoint.id(), checkpoint.labelsDigest(), device, false, () -> {});
  }

  /** Spread over the years, in no order. */
  private static Instant started(int number) {
    Duration years = Duration.between(FIRST, LAST);
    return FIRST.plusSeconds(years.toSeconds() / READS * (number * 77L % READS));
  }

  private static String fastq(int number, Instant start) {
    return "@r%d runid=run start_time=%s\n%s\n+\n%s\n"
        .formatted(number, start, GOOD, "I".repeat(GOOD.length()));
  }
}
