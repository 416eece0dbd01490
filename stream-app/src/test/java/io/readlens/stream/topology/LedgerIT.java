package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.LedgerEntry;
import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.LedgerView;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger on a real broker: through commits, aborts, restarts and rebalances. */
@Timeout(180)
class LedgerIT {
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLASSIFIED = Samples.bases(126);
  private static final String UNCLASSIFIED = Samples.bases(132);

  private final String name = "ledger-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final FakeModel model = new FakeModel();

  /** What the reads that were produced so far must come to. */
  private final Map<Account, Counts> expected = new HashMap<>();

  private Committed committed;
  private LedgerView ledger;
  private int produced;

  @BeforeEach
  void createTopics() {
    TestBroker.shared().createTopics(topics, PARTITIONS);
    committed = new Committed(TestBroker.shared().bootstrapServers(), topics, registry);
    ledger =
        LedgerView.of(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            topics.ledger(),
            registry);
  }

  @AfterEach
  void close() {
    ledger.close();
    committed.close();
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldCountEverySampleInEveryPartitionByOutcome() throws Exception {
    // Given
    produce(2_000);

    try (ExplainApp app = app(this::unhurried)) {
      // When
      app.start();

      // Then
      awaitExpected();
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldGoOnWhereTheLastRunEnded() throws Exception {
    // Given
    produce(500);
    try (ExplainApp app = app(model)) {
      app.start();
      awaitExpected();
    }
    produce(500);

    try (ExplainApp again = app(model)) {
      // When
      again.start();

      // Then
      awaitExpected();
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldGoOnWhereAnotherInstanceEnded() throws Exception {
    // Given
    try (ExplainApp first = app(this::unhurried);
        ExplainApp second = app(this::unhurried)) {
      first.start();
      second.start();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  produce(200)
                      && first.status().device().reads() > 100
                      && second.status().device().reads() > 100);
      produce(2_000);

      // When
      first.stop();

      // Then
      awaitExpected();
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldTakeBackWhatAnAbortedTransactionCounted() throws Exception {
    // Given
    produce(1_000);
    AtomicInteger calls = new AtomicInteger();
    Function<List<TokenizedRead>, List<ExplainedRead>> dying =
        reads -> {
          if (calls.incrementAndGet() > 20) {
            throw new FakeModel.InjectedException();
          }
          return unhurried(reads);
        };
    try (ExplainApp app = app(dying, Map.of("batch.max.tokens", "500"))) {
      app.start();
      assertThat(app.awaitEnd()).isPresent();
    }

    try (ExplainApp successor = app(model)) {
      // When
      successor.start();

      // Then
      awaitExpected();
      requireSameAsTheOutcomes();
    }
  }

  /** A stream thread has several partitions, and one transaction for them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldReadAgainWhatWasBegunWhereATopicCouldNotBeWrittenTo(boolean again) throws Exception {
    // Given
    Map<String, String> impatient =
        Map.of("producer.max.block.ms", "2000", "max.poll.records", "50");
    ExplainApp app = app(model, impatient);
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      app.start();
      admin.deleteTopics(List.of(topics.deadLetters().name())).all().get();
      produce(1_000);
      // Each partition has been begun several times: the device is asked anew each time.
      awaitWhileThreadsDie().until(() -> app.status().device().reads() > 300);

      // When
      if (again) {
        app.close();
      }
      TestBroker.shared()
          .createTopic(topics.deadLetters().name(), PARTITIONS, topics.deadLetters().configs());
      try (ExplainApp successor = app(model)) {
        if (again) {
          successor.start();
        }

        // Then
        awaitExpected();
      }
      requireSameAsTheOutcomes();
      assertThat(app.failure()).isEmpty();
    } finally {
      app.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"explanations", "dead-letters", "ledger"})
  void shouldNameTheTopicThatTakesNoRecordsOfTheirSize(String narrow) throws Exception {
    // Given
    String topic = name + "-" + narrow;
    setMostBytes(topic, "100");
    produce(100);
    Optional<Throwable> failure;
    try (ExplainApp app = app(model)) {
      app.start();

      // When
      failure = app.awaitEnd();
    }

    // Then
    assertThat(failure)
        .get()
        .extracting(Throwable::getMessage)
        .isEqualTo(
            topic
                + " takes no record as large as one that is to be written: raise its max.message.bytes"
                + " with Kafka's own tools, then start again");
    setMostBytes(topic, "1048576");
    try (ExplainApp app = app(model)) {
      app.start();
      awaitExpected();
    }
    requireSameAsTheOutcomes();
  }

  private static void setMostBytes(String topic, String bytes) throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      AlterConfigOp limit =
          new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(limit)))
          .all()
          .get();
    }
  }

  /** Of too few partitions too: giving it more would not help. */
  @ParameterizedTest
  @ValueSource(ints = {1, PARTITIONS})
  void shouldRefuseALedgerThatIsNotCompacted(int partitions) throws Exception {
    // Given
    String deleted = name + "-deleted";
    TestBroker.shared().createTopic(deleted, partitions, Map.of("cleanup.policy", "delete"));

    try (ExplainApp app = app(model, Map.of("topic.ledger", deleted))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown
          .isInstanceOf(StartException.class)
          .hasMessage(
              "topic "
                  + deleted
                  + " has cleanup.policy=delete, not compact, and would lose counts: "
                  + "create another with `java -jar readlens.jar topics create --accept-differences -D topic.ledger="
                  + deleted
                  + ".new`, and set topic.ledger to its name");
    }
  }

  @Test
  void shouldRefuseALedgerOfFewerPartitionsThanTheReads() throws Exception {
    // Given
    String narrow = name + "-narrow";
    TestBroker.shared().createTopic(narrow, 1, topics.ledger().configs());

    try (ExplainApp app = app(model, Map.of("topic.ledger", narrow))) {
      // When
      var thrown = assertThatThrownBy(app::start);

      // Then
      thrown
          .isInstanceOf(StartException.class)
          .hasMessage(
              "topic %s has 1 partitions, and %s has 4: ".formatted(narrow, topics.reads().name())
                  + "give the ledger as many with `java -jar readlens.jar topics create --accept-differences`");
    }
  }

  /** Reads the ledger until it is as it must be; it must balance at every look. */
  private void awaitExpected() {
    awaitWhileThreadsDie().untilAsserted(() -> assertThat(look()).isEqualTo(expected));
    assertThat(ledger.catchUp(PATIENCE)).isTrue();
    assertThat(look()).isEqualTo(expected);
  }

  private static ConditionFactory awaitWhileThreadsDie() {
    return await().atMost(PATIENCE).dontCatchUncaughtExceptions();
  }

  private Map<Account, Counts> look() {
    ledger.poll(Duration.ofMillis(20));
    Map<Account, Counts> counts = new HashMap<>();
    for (Map.Entry<Account, LedgerEntry> entry : ledger.entries().entrySet()) {
      counts.put(entry.getKey(), ledger.counts(entry.getKey()));
      assertThat(entry.getValue().getPartition()).isEqualTo(entry.getKey().partition());
      assertThat(entry.getValue().getSampleId()).isEqualTo(entry.getKey().sampleId());
    }
    assertThat(counts.values()).allSatisfy(each -> assertThat(each.balance()).isTrue());
    return counts;
  }

  /** The ledger says no more and no less than the topics that it counts. */
  private void requireSameAsTheOutcomes() {
    committed.pollUntilQuiet();
    assertThat(committed.outcomes().plus(new Counts(produced, 0, 0, 0, 0)))
        .isEqualTo(ledger.total());
  }

  private ExplainApp app(Function<List<TokenizedRead>, List<ExplainedRead>> answers) {
    return app(answers, Map.of());
  }

  private ExplainApp app(
      Function<List<TokenizedRead>, List<ExplainedRead>> answers, Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.putAll(overrides);
    AppConfig config = AppConfig.of(new Properties(), properties);
    return new ExplainApp(
        config,
        DeviceModel.ofReads(answers),
        new DeviceSpeed(2, config.batchMaxTokens().orElse(16_384), 1e6),
        "checkpoint",
        Duration.ofSeconds(30));
  }

  /** Takes a millisecond a read, so that many transactions are needed. */
  private List<ExplainedRead> unhurried(List<TokenizedRead> reads) {
    long end = System.nanoTime() + Duration.ofMillis(reads.size()).toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return model.apply(reads);
  }

  /** Sends so many more reads of all outcomes, three samples and all partitions. */
  private boolean produce(int count) throws Exception {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        var unused = producer.send(next());
      }
    }
    return true;
  }

  private ProducerRecord<byte[], byte[]> next() {
    int number = produced++;
    int partition = number * 7 / 3 % PARTITIONS;
    String sample = List.of("soil", "gut", "").get(number % 3);
    byte[] value =
        switch (number % 10) {
          case 0 -> of(partition, sample, Counts.TOO_SHORT, "ACGT");
          case 1, 2 -> of(partition, sample, Counts.UNCLASSIFIED, UNCLASSIFIED);
          case 3 -> of(partition, sample, Counts.DEAD_LETTERED, "J".repeat(120));
          case 4 -> {
            expect(partition, "", Counts.DEAD_LETTERED);
            yield bytes("not Avro");
          }
          default -> of(partition, sample, Counts.CLASSIFIED, CLASSIFIED);
        };
    return new ProducerRecord<>(topics.reads().name(), partition, bytes("key-" + number), value);
  }

  private byte[] of(int partition, String sample, Counts outcome, String sequence) {
    expect(partition, sample, outcome);
    return serde.serialize(
        topics.reads().name(), read("read", sequence).setSampleId(sample).build());
  }

  private void expect(int partition, String sample, Counts outcome) {
    expected.merge(new Account(partition, sample), outcome.plus(Counts.RECEIVED), Counts::plus);
  }
}
