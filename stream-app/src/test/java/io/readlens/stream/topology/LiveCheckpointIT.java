package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.WindowAnswer;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.checkpoints.CheckpointTopic;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints swapped under load, with the bundled model on a real broker. Checkpoints differ by
 * their metrics, and so by their ids. The long form, a swap every two seconds for a minute:
 *
 * <pre>
 * mvn -B -ntp -pl stream-app -am test -Dtest=LiveCheckpointIT \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dreadlens.live.swaps=30
 * </pre>
 */
@Timeout(300)
class LiveCheckpointIT {
  private static final int PARTITIONS = 4;
  private static final int SWAPS = Integer.getInteger("readlens.live.swaps", 4);
  private static final Duration BETWEEN_SWAPS = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Reads that wait in the topic at any time, so that the device is never without work. */
  private static final int BACKLOG = 1_000;

  @TempDir private Path directory;
  private final String name = "live-checkpoint-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final Random random = new Random(1);

  /** Where each batch of the device began and ended, in nanoseconds, and by which thread. */
  private final List<Batch> batches = new CopyOnWriteArrayList<>();

  private final AtomicLong produced = new AtomicLong();
  private final List<String> published = new ArrayList<>();
  private Committed committed;
  private KafkaProducer<byte[], byte[]> producer;
  private CheckpointTopic announcements;

  private record Batch(String thread, String checkpointId, long start, long end) {}

  @BeforeEach
  void createTopics() {
    TestBroker.shared().createTopics(topics, PARTITIONS);
    committed = new Committed(TestBroker.shared().bootstrapServers(), topics, registry);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    announcements = CheckpointTopic.connect(config(), registry);
  }

  @AfterEach
  void close() {
    announcements.close();
    producer.close();
    committed.close();
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldSwapUnderLoadWithoutLossDoublingOrMixture() {
    // Given
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (int i = 0; i < SWAPS - 1; i++) {
      checkpoints.add(CheckpointFiles.write(directory.resolve(Integer.toString(i)), i));
    }
    Checkpoint own = Checkpoint.bundled();
    published.add(own.id());

    try (ExplainApp app = app(own)) {
      app.start();
      produceFor(app, BETWEEN_SWAPS.multipliedBy(2)); // Warms up.

      // When
      List<Span> swaps = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < SWAPS; i++) {
        int which = i % checkpoints.size(); // The last goes back to the first.
        Checkpoint next = checkpoints.get(which);
        long announced = System.nanoTime();
        publish(next, Integer.toString(which));
        produceFor(app, BETWEEN_SWAPS);
        while (!committed.latestCheckpoints().contains(next.id())) {
          produceFor(app, Duration.ofMillis(100));
        }
        assertThat(app.status().checkpointId()).isEqualTo(next.id());
        swaps.add(new Span(announced, firstBatch(next.id(), announced)));
      }
      Span all = new Span(start, System.nanoTime());

      // Then
      produce(100);
      awaitAll();
      requireEachReadOnce();
      requireCheckpointsInTheirTurn();
      assertThat(app.status().checkpointsTaken()).isEqualTo(SWAPS);
      assertThat(app.status().checkpointsRefused()).isZero();
      assertThat(statusOf(CheckpointEventKind.TAKEN).getCheckpointId())
          .isEqualTo(published.get(published.size() - 1));
      print(all, swaps);
    }
  }

  @Test
  void shouldRefuseWhatIsBadAndGoOn() {
    // Given
    CheckpointFiles.write(directory.resolve("corrupted"), 1);
    CheckpointFiles.write(directory.resolve("truncated"), 2);
    CheckpointFiles.write(directory.resolve("labels"), 3);
    CheckpointFiles.edit(directory.resolve("labels"), "labels.tsv", "Bacteria", "Bakteria");
    Map<String, Checkpoint> announced = new HashMap<>();
    for (String each : List.of("corrupted", "truncated", "labels")) {
      announced.put(each, Checkpoint.load(directory.resolve(each)));
    }
    announced.put("unreachable", CheckpointFiles.write(directory.resolve("moved"), 4));
    CheckpointFiles.corrupt(directory.resolve("corrupted/classifier.safetensors"));
    CheckpointFiles.truncate(directory.resolve("truncated/explainer.safetensors"));
    Checkpoint own = Checkpoint.bundled();
    published.add(own.id());
    Map<String, String> reasons =
        Map.of(
            "corrupted", "classifier.safetensors differs from its digest",
            "truncated", "explainer.safetensors differs from its digest",
            "labels", "its labels are others than those in service",
            "unreachable", "cannot be read");

    try (ExplainApp app = app(own)) {
      app.start();
      produceFor(app, BETWEEN_SWAPS);
      long refused = 0;
      for (String each : reasons.keySet()) {
        // When
        announcements.announce(announced.get(each), directory.resolve(each).toString());
        produceFor(app, BETWEEN_SWAPS.dividedBy(2));

        // Then
        long expected = ++refused;
        await().atMost(PATIENCE).until(() -> app.status().checkpointsRefused() == expected);
        CheckpointEvent status = statusOf(CheckpointEventKind.REFUSED);
        assertThat(status.getReason()).contains(reasons.get(each));
        assertThat(status.getCheckpointId()).isEqualTo(announced.get(each).id());
        assertThat(status.getInstance()).startsWith(name + "/");
        assertThat(app.status().checkpointId()).isEqualTo(own.id());
      }
      awaitAll();
      requireEachReadOnce();
      requireCheckpointsInTheirTurn();
      assertThat(app.status().checkpointsTaken()).isZero();
    }
  }

  @Test
  void shouldBeginWithWhatIsInForce() {
    // Given
    Checkpoint inForce = CheckpointFiles.write(directory.resolve("0"), 0);
    publish(inForce, "0");

    try (ExplainApp app = app(Checkpoint.bundled())) {
      // When
      app.start();

      // Then
      assertThat(app.status().checkpointId()).isEqualTo(inForce.id());
      produce(100);
      awaitAll();
      requireEachReadOnce();
      requireCheckpointsInTheirTurn();
    }
  }

  /** From one moment to another, in nanoseconds. */
  private record Span(long start, long end) {
    long nanos() {
      return end - start;
    }
  }

  private void publish(Checkpoint checkpoint, String place) {
    announcements.announce(checkpoint, directory.resolve(place).toString());
    published.add(checkpoint.id());
  }

  /** Keeps the device supplied with reads for a while. */
  private void produceFor(ExplainApp app, Duration time) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      long missing = BACKLOG - (produced.get() - app.status().device().reads());
      produce((int) Math.max(0, missing));
      committed.poll();
    }
  }

  private void produce(int count) {
    for (int i = 0; i < count; i++) {
      String id = "read-" + produced.getAndIncrement();
      StringBuilder sequence = new StringBuilder();
      for (int base = random.nextInt(200, 1_000); base > 0; base--) {
        sequence.append("ACGT".charAt(random.nextInt(4)));
      }
      byte[] value = serde.serialize(topics.reads().name(), read(id, sequence.toString()).build());
      var unused = producer.send(new ProducerRecord<>(topics.reads().name(), bytes(id), value));
    }
    producer.flush();
  }

  private void awaitAll() {
    await().atMost(PATIENCE).until(() -> committed.poll().count() >= produced.get());
    committed.pollUntilQuiet();
  }

  private void requireEachReadOnce() {
    assertThat(committed.letters()).isEmpty();
    assertThat(committed.explained()).hasSize((int) produced.get()).doesNotHaveDuplicates();
  }

  /**
   * A partition's reads name checkpoints in the order in which those were published, the last one
   * last; none of them names another. One that was in force for a moment only may have met none.
   */
  private void requireCheckpointsInTheirTurn() {
    assertThat(committed.checkpointsByPartition()).hasSize(PARTITIONS);
    for (List<String> named : committed.checkpointsByPartition().values()) {
      int turn = 0;
      for (String each : named) {
        while (turn < published.size() && !published.get(turn).equals(each)) {
          turn++;
        }
        assertThat(turn).as("the turn of " + each).isLessThan(published.size());
      }
      assertThat(named.get(named.size() - 1)).isEqualTo(published.get(published.size() - 1));
    }
  }

  /** The latest that an instance has said, once it has said something of this kind. */
  private CheckpointEvent statusOf(CheckpointEventKind kind) {
    String topic = topics.checkpoints().name();
    RegistrySerde<CheckpointEvent> events = topics.checkpoints().serde(registry);
    List<CheckpointEvent> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Predicate<Map<TopicPartition, Long>> read =
          ends ->
              ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < deadline) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (!read.test(ends)) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (!new String(record.key(), StandardCharsets.UTF_8).equals("current")) {
              found.add(events.deserialize(topic, record.value()));
            }
          }
        }
        if (!found.isEmpty() && found.get(found.size() - 1).getKind() == kind) {
          return found.get(found.size() - 1);
        }
      }
    }
    throw new AssertionError("no instance says " + kind + ", but " + found);
  }

  /** When a device thread first asked the model of a checkpoint after it was announced. */
  private long firstBatch(String checkpointId, long announced) {
    return batches.stream()
        .filter(batch -> batch.checkpointId().equals(checkpointId) && batch.start() > announced)
        .filter(LiveCheckpointIT::onDevice)
        .mapToLong(Batch::start)
        .min()
        .orElseThrow();
  }

  private static boolean onDevice(Batch batch) {
    return batch.thread().startsWith("readlens-device-") && !batch.thread().endsWith("speed");
  }

  /**
   * What swaps cost: printed for people, bounded by nothing, for the machine may be busy. Idle is a
   * device thread that is in no model. While a swap is on its way, from the announcement to the
   * first batch of the new model, is compared with all other time of the same run.
   */
  private void print(Span all, List<Span> swaps) {
    long onTheWay = swaps.stream().mapToLong(Span::nanos).sum();
    double idleThen = swaps.stream().mapToDouble(this::idle).sum();
    double idleElse = (idle(all) - idleThen) / (all.nanos() - onTheWay);
    System.out.printf(
        "%d swaps in %.1f s and %d reads, %.0f ms each from the announcement to the first batch; device threads"
            + " idle %.1f %% of that time and %.1f %% of the rest: %.0f ms more a swap%n",
        SWAPS,
        all.nanos() / 1e9,
        produced.get(),
        onTheWay / 1e6 / SWAPS,
        100 * idleThen / onTheWay,
        100 * idleElse,
        (idleThen - idleElse * onTheWay) / 1e6 / SWAPS);
  }

  /** The mean over the device threads of the time in which they were in no model. */
  private double idle(Span span) {
    Set<String> threads =
        batches.stream()
            .filter(LiveCheckpointIT::onDevice)
            .map(Batch::thread)
            .collect(Collectors.toSet());
    double busy =
        batches.stream()
            .filter(LiveCheckpointIT::onDevice)
            .mapToDouble(
                batch ->
                    Math.max(
                        0,
                        Math.min(batch.end(), span.end()) - Math.max(batch.start(), span.start())))
            .sum();
    return span.nanos() - busy / threads.size();
  }

  private ExplainApp app(Checkpoint own) {
    AppConfig config = config();
    ExplainedClassifier model = load(own);
    DeviceSpeed speed = DeviceSpeed.measure(model, OptionalInt.empty(), OptionalInt.empty());
    return new ExplainApp(
        config, served(own, model), speed, next -> served(next, load(next)), PATIENCE);
  }

  private static ExplainedClassifier load(Checkpoint checkpoint) {
    return ExplainedClassifier.load(checkpoint, "cpu", 3);
  }

  private ServedModel<WindowAnswer> served(Checkpoint checkpoint, ExplainedClassifier model) {
    ServedModel<WindowAnswer> served = ServedModel.of(checkpoint, model);
    DeviceModel<WindowAnswer> watched =
        new DeviceModel<>(
            served.model().windows(),
            windows -> {
              long start = System.nanoTime();
              List<WindowAnswer> answers = served.model().ask().apply(windows);
              batches.add(
                  new Batch(
                      Thread.currentThread().getName(), checkpoint.id(), start, System.nanoTime()));
              return answers;
            },
            served.model().merge());
    return new ServedModel<>(
        served.checkpointId(), served.labelsDigest(), watched, served.onGpu(), served.free());
  }

  private AppConfig config() {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.put("checkpoints.from", directory.toString());
    return AppConfig.of(new Properties(), properties);
  }
}
