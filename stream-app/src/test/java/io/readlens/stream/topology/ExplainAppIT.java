package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.worker.DeviceFailedError;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The application on a real broker, with a model that answers from the read alone. */
@Timeout(180)
class ExplainAppIT {
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String GOOD = Samples.bases(126);

  private final String name = "explain-app-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final FakeModel model = new FakeModel();
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

  @Test
  void shouldAnswerEveryRecordOnceAndInOrder() throws Exception {
    // Given
    int count = 2000;
    model.poisonedBy("read-700");
    produce(
        IntStream.range(0, count)
            .mapToObj(i -> i % 500 == 3 ? record(i, bytes("not Avro")) : good(i))
            .toList());

    try (ExplainApp app = app(model, Map.of())) {
      // When
      app.start();

      // Then
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count);
      assertThat(committed.explained()).hasSize(count - 5).doesNotHaveDuplicates();
      assertThat(committed.letters())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "read-3", DeadLetterReason.UNREADABLE_RECORD,
                  "read-503", DeadLetterReason.UNREADABLE_RECORD,
                  "read-1003", DeadLetterReason.UNREADABLE_RECORD,
                  "read-1503", DeadLetterReason.UNREADABLE_RECORD,
                  "read-700", DeadLetterReason.MODEL_FAILED));
      assertThat(committed.explainedByPartition()).hasSize(PARTITIONS);
      assertThat(committed.explainedByPartition().values())
          .allSatisfy(
              ids ->
                  assertThat(ids)
                      .isSortedAccordingTo((a, b) -> Integer.compare(numberOf(a), numberOf(b))));
      ExplainApp.Status status = app.status();
      assertThat(status.lookedAhead()).isGreaterThan(count * 9 / 10);
      assertThat(status.device().batches()).isLessThan(count / 2);
    }
  }

  /** A topic measures a record as compressed, and a producer as it is. */
  @Test
  void shouldAnswerWhatIsTooLargeToBePassedOn() throws Exception {
    // Given
    byte[] large = new byte[4 << 20];
    ProducerRecord<byte[], byte[]> header = good(0);
    header.headers().add("zeros", large);
    ProducerRecord<byte[], byte[]> letterWithHeader = record(1, large);
    letterWithHeader.headers().add("zeros", new byte[100_000]);
    ProducerRecord<byte[], byte[]> manyHeaders = good(2);
    for (int i = 0; i < 50_000; i++) {
      manyHeaders.headers().add("header-" + i, bytes("some text"));
    }
    ProducerRecord<byte[], byte[]> traced = good(3);
    traced.headers().add("traceparent", bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad-01"));
    ProducerRecord<byte[], byte[]> longRead =
        record(
            4,
            serde.serialize(topics.reads().name(), read("read-4", "ACGT".repeat(300_000)).build()));
    produce(List.of(header, letterWithHeader, manyHeaders, traced, longRead, good(5)));
    Map<String, String> settings =
        Map.of(
            "max.request.size", "1048576",
            "max.read.length", "2000000",
            "include.sequence", "true");

    try (ExplainApp app = app(model, settings)) {
      // When
      app.start();

      // Then
      await()
          .atMost(PATIENCE)
          .failFast(() -> assertThat(app.failure()).isEmpty())
          .until(() -> committed.poll().count() >= 6);
      committed.pollUntilQuiet();
      assertThat(committed.explained())
          .containsExactlyInAnyOrder("read-0", "read-2", "read-3", "read-5");
      assertThat(committed.letters())
          .isEqualTo(
              Map.of(
                  "read-1", DeadLetterReason.UNKNOWN_SCHEMA,
                  "read-4", DeadLetterReason.TOO_LONG));
    }
  }

  @Test
  void shouldHandOverToAnotherInstanceWithoutLossOrDoubling() throws Exception {
    // Given
    try (ExplainApp first = app(this::unhurried, Map.of());
        ExplainApp second = app(this::unhurried, Map.of())) {
      AtomicInteger count = new AtomicInteger();
      first.start();
      second.start();
      await()
          .atMost(PATIENCE)
          .until(() -> produceMore(count, 200) && bothHaveAnswered(first, second, 100));
      produceMore(count, 2000);

      // When
      first.stop();

      // Then
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count.get());
      committed.pollUntilQuiet();
      assertThat(committed.explained()).hasSize(count.get()).doesNotHaveDuplicates();
      assertThat(committed.letters()).isEmpty();
    }
  }

  private boolean produceMore(AtomicInteger count, int more) throws Exception {
    int from = count.getAndAdd(more);
    produce(IntStream.range(from, from + more).mapToObj(this::good).toList());
    return true;
  }

  private static boolean bothHaveAnswered(ExplainApp first, ExplainApp second, int reads) {
    return first.status().device().reads() > reads && second.status().device().reads() > reads;
  }

  @Test
  void shouldStopAtADeviceFailureAndLoseNoReadToIt() throws Exception {
    // Given
    int count = 1000;
    produce(IntStream.range(0, count).mapToObj(this::good).toList());
    AtomicInteger calls = new AtomicInteger();
    Function<List<TokenizedRead>, List<ExplainedRead>> dying =
        reads -> {
          if (calls.incrementAndGet() > 5) {
            throw new FakeModel.InjectedException();
          }
          return model.apply(reads);
        };

    try (ExplainApp app = app(dying, Map.of("batch.max.tokens", "500"))) {
      app.start();

      // When
      Optional<Throwable> fatal = app.awaitEnd();

      // Then
      assertThat(fatal).get().isInstanceOf(DeviceFailedError.class);
      assertThat(app.status().state()).isEqualTo(KafkaStreams.State.NOT_RUNNING);
    }
    try (ExplainApp successor = app(model, Map.of())) {
      successor.start();
      await().atMost(PATIENCE).until(() -> committed.poll().count() >= count);
      committed.pollUntilQuiet();
      assertThat(committed.explained()).hasSize(count).doesNotHaveDuplicates();
      assertThat(committed.letters()).isEmpty();
    }
  }

  @Test
  void shouldStopWhenTheRegistryFailsAndLoseNoReadToIt() throws Exception {
    // Given
    produce(List.of(good(1)));

    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      await().atMost(PATIENCE).until(() -> committed.poll().count() == 1);
      fakeRegistry.fail();
      byte[] unseen = good(2).value();
      unseen[4] = 99;

      // When
      produce(List.of(record(2, unseen)));

      // Then
      assertThat(app.awaitEnd()).get().isInstanceOf(io.readlens.schemas.RegistryException.class);
      committed.pollUntilQuiet();
      assertThat(committed.letters()).isEmpty();
    }
  }

  @Test
  void shouldNameTheTopicsThatAreMissing() throws Exception {
    // Given
    String missing = name + "-nowhere";

    try (ExplainApp app = app(model, Map.of("topic.explanations", missing))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown
          .isInstanceOf(StartException.class)
          .hasMessage(
              "no topic "
                  + missing
                  + ": create what is missing with `java -jar readlens.jar topics create --accept-differences`");
    }
  }

  @Test
  void shouldRefuseACompactedTopic() throws Exception {
    // Given
    String compacted = name + "-compacted";
    TestBroker.shared().createTopic(compacted, 1, Map.of("cleanup.policy", "compact"));

    try (ExplainApp app = app(model, Map.of("topic.explanations", compacted))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown.isInstanceOf(StartException.class).hasMessageContaining(compacted + " is compacted");
    }
  }

  @Test
  void shouldSayThatNoBrokerAnswers() throws Exception {
    // Given
    String nobody = "localhost:" + freePort();

    try (ExplainApp app = app(model, Map.of("bootstrap.servers", nobody), Duration.ofSeconds(2))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("no answer from Kafka at " + nobody + " in 2 s: ")
          .hasMessageMatching(".*(listNodes|describeTopics).*")
          .hasMessageEndingWith("; patience.seconds lets it take longer");
    }
  }

  @Test
  void shouldSayThatNoRegistryAnswers() throws Exception {
    // Given
    String nobody = "http://localhost:" + freePort();

    try (ExplainApp app =
        app(model, Map.of("schema.registry.url", nobody), Duration.ofSeconds(2))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown.isInstanceOf(StartException.class).hasMessageContaining("schema registry");
    }
  }

  private ExplainApp app(
      Function<List<TokenizedRead>, List<ExplainedRead>> answers, Map<String, String> overrides) {
    return app(answers, overrides, Duration.ofSeconds(30));
  }

  private ExplainApp app(
      Function<List<TokenizedRead>, List<ExplainedRead>> answers,
      Map<String, String> overrides,
      Duration patience) {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.putAll(overrides);
    AppConfig config = AppConfig.of(new Properties(), properties);
    DeviceSpeed speed = new DeviceSpeed(2, config.batchMaxTokens().orElse(16_384), 1e6);
    return new ExplainApp(config, DeviceModel.ofReads(answers), speed, "checkpoint", patience);
  }

  /** Takes a millisecond a read, so that a group can change while reads are on their way. */
  private List<ExplainedRead> unhurried(List<TokenizedRead> reads) {
    long end = System.nanoTime() + Duration.ofMillis(reads.size()).toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return model.apply(reads);
  }

  private ProducerRecord<byte[], byte[]> good(int number) {
    SequencingRead avro = read("read-" + number, GOOD).build();
    return record(number, serde.serialize(topics.reads().name(), avro));
  }

  private ProducerRecord<byte[], byte[]> record(int number, byte[] value) {
    return new ProducerRecord<>(topics.reads().name(), bytes("read-" + number), value);
  }

  private static int numberOf(String id) {
    return Integer.parseInt(id.substring("read-".length()));
  }

  private static void produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            TestBroker.shared().bootstrapServers(),
            "compression.type",
            "gzip",
            "max.request.size",
            10 << 20);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (var sent : records.stream().map(producer::send).toList()) {
        sent.get();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
