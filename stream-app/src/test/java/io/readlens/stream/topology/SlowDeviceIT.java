package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that becomes many times slower for a while, on a real broker. */
@Timeout(180)
class SlowDeviceIT {
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Much less than a poll takes on the slow device. */
  private static final int TRANSACTION_TIMEOUT_MS = 1_500;

  private static final int POLL = 20;
  private static final int STREAM_THREADS = 2;

  /** 250 tokens and {@code <cls>}, in 10 ms while the device is quick. */
  private static final String ORDINARY = Samples.bases(1_500);

  private static final Duration PER_READ = Duration.ofMillis(10);
  private static final int ROW = 251;

  /** A full batch takes a fifth of a second. */
  private static final int FULL_ROWS = 20;

  private final String name = "slow-device-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);

  /** Rows of each batch since somebody has cleared it. */
  private final ConcurrentLinkedQueue<Integer> batches = new ConcurrentLinkedQueue<>();

  private volatile int slowdown = 1;
  private Committed committed;

  @BeforeEach
  void createTopics() {
    TestBroker.shared().createTopics(topics, PARTITIONS);
    committed = new Committed(TestBroker.shared().bootstrapServers(), topics, registry);
  }

  @AfterEach
  void close() {
    committed.close();
    registry.close();
    fakeRegistry.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 50})
  void shouldBearASlowDeviceAndReturnToFullBatches(int times) throws Exception {
    // Given
    int slow = 600 / times;
    try (ExplainApp app = app(25_100)) {
      app.start();
      send(0, 200);
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= 200);

      // When: a poll takes longer than a transaction may be open
      slowdown = times;
      batches.clear();
      send(200, slow + POLL * STREAM_THREADS);
      await().atMost(PATIENCE).until(() -> app.status().device().reads() >= 200 + slow);
      List<Integer> whileSlow = List.copyOf(batches);
      slowdown = 1;
      int count = 200 + slow + POLL * STREAM_THREADS + 1_000;
      send(count - 1_000, 1_000);
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count - 300);
      batches.clear();

      // Then
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count);
      committed.pollUntilQuiet();
      assertComplete(count);
      assertThat(whileSlow.get(whileSlow.size() - 1))
          .isLessThanOrEqualTo(FULL_ROWS * 2 / times + 1);
      assertThat(batches).anyMatch(rows -> rows >= FULL_ROWS * 3 / 4);
      // One transaction of each thread may have been open when the device became slow.
      assertThat(app.status().device().reads())
          .isLessThanOrEqualTo(1 + count + 2L * POLL * STREAM_THREADS);
    }
  }

  @Test
  void shouldGrowBatchesAfterAStartAtABusyMoment() throws Exception {
    // Given: measured at a fortieth of what it is
    int count = 1_500;
    send(0, count);

    try (ExplainApp app = app(2_500)) {
      // When
      app.start();
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count - 500);
      batches.clear();

      // Then
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count);
      assertThat(batches).anyMatch(rows -> rows >= FULL_ROWS * 3 / 4);
      committed.pollUntilQuiet();
      assertComplete(count);
    }
  }

  private void assertComplete(int count) {
    assertThat(committed.explained()).hasSize(count).doesNotHaveDuplicates();
    assertThat(committed.letters()).isEmpty();
    assertThat(committed.explainedByPartition().values())
        .allSatisfy(
            ids ->
                assertThat(ids)
                    .isSortedAccordingTo((a, b) -> Integer.compare(numberOf(a), numberOf(b))));
  }

  private static int numberOf(String id) {
    return Integer.parseInt(id.substring("read-".length()));
  }

  private ExplainApp app(double tokensPerSecond) {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.put("num.stream.threads", Integer.toString(STREAM_THREADS));
    properties.put("max.poll.records", Integer.toString(POLL));
    properties.put("batch.max.tokens", Integer.toString(FULL_ROWS * ROW));
    properties.put("transaction.timeout.ms", Integer.toString(TRANSACTION_TIMEOUT_MS));
    AppConfig config = AppConfig.of(new Properties(), properties);
    return new ExplainApp(
        config,
        DeviceModel.ofReads(this::answer),
        new DeviceSpeed(1, FULL_ROWS * ROW, tokensPerSecond),
        "checkpoint",
        Duration.ofSeconds(30));
  }

  /** Asleep for as long as a device would be at work, whatever else the machine does. */
  private List<ExplainedRead> answer(List<TokenizedRead> reads) {
    batches.add(reads.size());
    long end = System.nanoTime() + PER_READ.toNanos() * slowdown * reads.size();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return reads.stream().map(FakeModel::answer).toList();
  }

  private void send(int from, int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var sent =
          IntStream.range(from, from + count)
              .mapToObj(
                  i ->
                      new ProducerRecord<>(
                          topics.reads().name(),
                          bytes("read-" + i),
                          serde.serialize(
                              topics.reads().name(), read("read-" + i, ORDINARY).build())))
              .map(producer::send)
              .toList();
      for (var each : sent) {
        each.get();
      }
    }
  }
}
