package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.SequencingRead;
import io.readlens.model.Canary;
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
import io.readlens.stream.ledger.ReadsAnewException;
import io.readlens.stream.ledger.ReadsExpiredException;
import io.readlens.stream.topics.BrokerAnswer;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that the broker deletes before they are read: every one is in the ledger, once. */
@Timeout(180)
class ExpiredReadsIT {
  private static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String GOOD = Samples.bases(126);

  private final String name = "expired-reads-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final FakeModel model = new FakeModel();
  private final Admin admin =
      Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()));
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
    admin.close();
    registry.close();
    fakeRegistry.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "streams"})
  void shouldCountWhatWasDeletedWhileItWasStopped(String protocol) throws Exception {
    // Given
    Map<String, String> settings = Map.of("group.protocol", protocol);
    produce(0, 100);
    produce(1, 100);
    try (ExplainApp app = app(model, settings)) {
      app.start();
      awaitTotal(new Counts(200, 200, 0, 0, 0));
    }
    produce(0, 300);
    produce(1, 300);
    deleteBefore(0, 350);
    deleteBefore(1, 400);

    try (ExplainApp again = app(model, settings)) {
      // When
      again.start();

      // Then
      awaitTotal(new Counts(800, 250, 0, 0, 0, 550));
      assertThat(ledger.counts(new Account(0, "")).expired()).isEqualTo(250);
      assertThat(ledger.counts(new Account(1, "")).expired()).isEqualTo(300);
    }
    try (ExplainApp third = app(model, settings)) {
      third.start();
      produce(1, 10);
      awaitTotal(new Counts(810, 260, 0, 0, 0, 550));
    }
    requireSameAsTheOutcomes();
  }

  @Test
  void shouldCountWhatWasDeletedBeforeItsFirstStart() throws Exception {
    // Given
    produce(0, 522);
    deleteBefore(0, 522);

    try (ExplainApp app = app(model, Map.of())) {
      // When
      app.start();

      // Then
      awaitTotal(Counts.expired(522));
      produce(0, 3);
      awaitTotal(new Counts(525, 3, 0, 0, 0, 522));
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldCountWhatIsDeletedWhileItLagsBehind() throws Exception {
    // Given
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(1);
    Function<List<TokenizedRead>, List<ExplainedRead>> held =
        reads -> {
          if (reads.stream().anyMatch(read -> read.id().startsWith("read-"))) {
            holding.countDown();
            awaitQuietly(hold);
          }
          return model.apply(reads);
        };
    produce(0, 5_000);
    Map<String, String> shortFetches =
        Map.of("max.poll.records", "50", "max.partition.fetch.bytes", "10000");
    try (ExplainApp app = app(held, shortFetches)) {
      app.start();
      holding.await();
      deleteBefore(0, 4_900);

      // When
      hold.countDown();

      // Then
      await().atMost(PATIENCE).until(() -> total().received() == 5_000);
      assertThat(total().classified()).isBetween(101L, 4_000L);
      assertThat(total().expired()).isEqualTo(5_000 - total().classified());
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldCountOnceWhatAnInstanceFoundThatDied() throws Exception {
    // Given
    produce(0, 100);
    deleteBefore(0, 60);
    AtomicBoolean dead = new AtomicBoolean();
    Function<List<TokenizedRead>, List<ExplainedRead>> dying =
        reads -> {
          if (!reads.equals(List.of(Canary.READ))) {
            dead.set(true);
          }
          if (dead.get()) {
            throw new FakeModel.InjectedException();
          }
          return model.apply(reads);
        };
    try (ExplainApp app = app(dying, Map.of())) {
      app.start();
      assertThat(app.awaitEnd()).isPresent();
    }
    deleteBefore(0, 80);

    try (ExplainApp successor = app(model, Map.of())) {
      // When
      successor.start();

      // Then
      awaitTotal(new Counts(100, 20, 0, 0, 0, 80));
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldNotTakeTheTracesOfTransactionsForReads() throws Exception {
    // Given
    produceInTransactions();

    try (ExplainApp app = app(model, Map.of())) {
      // When
      app.start();

      // Then
      awaitTotal(new Counts(50, 50, 0, 0, 0));
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldNotTakeTheTracesOfTransactionsForReadsThatWerePassedOver() throws Exception {
    // Given
    produceInTransactions();
    Map<String, String> strict = Map.of("reads.expired", "stop");
    try (ExplainApp app = app(model, strict)) {
      app.start();
      awaitTotal(new Counts(50, 50, 0, 0, 0));
      // Behind the last read are only traces.
      await().atMost(PATIENCE).until(() -> committedOffset(0) == end(0));
    }
    produceInTransactions();

    try (ExplainApp again = app(model, strict)) {
      // When
      again.start();

      // Then
      awaitTotal(new Counts(100, 100, 0, 0, 0));
      assertThat(again.failure()).isEmpty();
    }
  }

  @Test
  void shouldStopAtReadsThatOffsetsWereSetForwardOverWhereToldTo() throws Exception {
    // Given
    produce(0, 100);
    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      awaitTotal(new Counts(100, 100, 0, 0, 0));
    }
    produce(0, 50);
    setOffset(0, 140);

    // When
    Optional<Throwable> failure;
    try (ExplainApp strict = app(model, Map.of("reads.expired", "stop"))) {
      strict.start();
      failure = strict.awaitEnd();
    }

    // Then
    assertThat(failure)
        .get()
        .isInstanceOf(ReadsExpiredException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith(
            "%s-0 is read from offset 140, and the ledger has counted it to offset 100: the group's offsets were set forward"
                .formatted(topics.reads().name()));
    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      awaitTotal(new Counts(110, 110, 0, 0, 0));
    }
  }

  /** Fifty reads of a hundred are in transactions that were committed. */
  private void produceInTransactions() {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", name))) {
      producer.initTransactions();
      for (int i = 0; i < 20; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 5; j++) {
          var unused = producer.send(next(0));
        }
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
  }

  private void setOffset(int partition, long offset) {
    TopicPartition source = new TopicPartition(topics.reads().name(), partition);
    BrokerAnswer.of(
        admin.alterConsumerGroupOffsets(name, Map.of(source, new OffsetAndMetadata(offset))).all());
  }

  private long committedOffset(int partition) throws Exception {
    return admin
        .listConsumerGroupOffsets(name)
        .partitionsToOffsetAndMetadata()
        .get()
        .get(new TopicPartition(topics.reads().name(), partition))
        .offset();
  }

  private long end(int partition) throws Exception {
    TopicPartition source = new TopicPartition(topics.reads().name(), partition);
    return admin
        .listOffsets(Map.of(source, OffsetSpec.latest()))
        .partitionResult(source)
        .get()
        .offset();
  }

  @Test
  void shouldStopWhereToldToAndGoOnWhereToldOtherwise() throws Exception {
    // Given
    produce(0, 10);
    deleteBefore(0, 7);
    try (ExplainApp strict = app(model, Map.of("reads.expired", "stop"))) {
      strict.start();

      // When
      var failure = strict.awaitEnd();

      // Then
      assertThat(failure)
          .get()
          .isInstanceOf(ReadsExpiredException.class)
          .extracting(Throwable::getMessage)
          .isEqualTo(
              "7 reads of %s-0, offsets 0 to 6, were deleted before they were read; to go on with what there is: `java -jar readlens.jar run -D reads.expired=count`"
                  .formatted(topics.reads().name()));
    }
    assertThat(total()).isEqualTo(Counts.NONE);
    try (ExplainApp app = app(model, Map.of("reads.expired", "count"))) {
      app.start();
      awaitTotal(new Counts(10, 3, 0, 0, 0, 7));
    }
  }

  @Test
  void shouldReadATopicThatWasCreatedAnewWhileItWasStopped() throws Exception {
    // Given
    produce(0, 100);
    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      awaitTotal(new Counts(100, 100, 0, 0, 0));
    }
    createAnew();
    produce(0, 150);

    try (ExplainApp again = app(model, Map.of())) {
      // When
      again.start();

      // Then
      awaitTotal(new Counts(250, 250, 0, 0, 0));
      requireSameAsTheOutcomes();
    }
  }

  @Test
  void shouldCountWhatWasDeletedOfATopicThatWasCreatedAnew() throws Exception {
    // Given
    produce(0, 100);
    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      awaitTotal(new Counts(100, 100, 0, 0, 0));
    }
    createAnew();
    produce(0, 150);
    deleteBefore(0, 120);

    try (ExplainApp again = app(model, Map.of())) {
      // When
      again.start();

      // Then
      awaitTotal(new Counts(250, 130, 0, 0, 0, 120));
      requireSameAsTheOutcomes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "streams"})
  void shouldReadAllOfATopicThatIsCreatedAnewWhileItIsRead(String protocol) throws Exception {
    // Given
    Map<String, String> settings = Map.of("group.protocol", protocol);
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(1);
    Function<List<TokenizedRead>, List<ExplainedRead>> held =
        reads -> {
          if (reads.stream().anyMatch(read -> read.id().equals("read-100"))) {
            holding.countDown();
            awaitQuietly(hold);
          }
          return model.apply(reads);
        };
    produce(0, 100);
    try (ExplainApp app = app(held, settings)) {
      app.start();
      awaitTotal(new Counts(100, 100, 0, 0, 0));
      produce(0, 1);
      holding.await();
      createAnew();
      produce(0, 150);

      // When
      hold.countDown();

      // Then
      assertThat(app.awaitEnd())
          .get()
          .isInstanceOf(ReadsAnewException.class)
          .extracting(Throwable::getMessage)
          .isEqualTo(
              "%s was created anew while it was read: what it held unread then is gone; start again, and what it holds now is read from its beginning"
                  .formatted(topics.reads().name()));
    }
    try (ExplainApp again = app(model, settings)) {
      again.start();
      awaitTotal(new Counts(250, 250, 0, 0, 0));
      requireSameAsTheOutcomes();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100, 150})
  void shouldNotGoOnInATopicWhereItStoodInTheOneBefore(long committedLate) throws Exception {
    // Given
    produce(0, 100);
    try (ExplainApp app = app(model, Map.of())) {
      app.start();
      awaitTotal(new Counts(100, 100, 0, 0, 0));
    }
    createAnew();
    produce(0, 150);
    setOffset(0, committedLate);

    try (ExplainApp again = app(model, Map.of())) {
      // When
      again.start();

      // Then
      awaitTotal(new Counts(250, 250, 0, 0, 0));
      requireSameAsTheOutcomes();
    }
  }

  private void createAnew() {
    BrokerAnswer.of(admin.deleteTopics(List.of(topics.reads().name())).all());
    await()
        .atMost(PATIENCE)
        .until(() -> !BrokerAnswer.of(admin.listTopics().names()).contains(topics.reads().name()));
    TestBroker.shared().createTopic(topics.reads().name(), PARTITIONS, topics.reads().configs());
  }

  private void awaitTotal(Counts expected) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(total()).isEqualTo(expected));
    assertThat(ledger.catchUp(PATIENCE)).isTrue();
    assertThat(total()).isEqualTo(expected);
  }

  /** The ledger's sum; each entry must be in balance at every look. */
  private Counts total() {
    ledger.poll(Duration.ofMillis(20));
    assertThat(ledger.entries().keySet())
        .allSatisfy(account -> assertThat(ledger.counts(account).balance()).isTrue());
    return ledger.total();
  }

  private void requireSameAsTheOutcomes() {
    committed.pollUntilQuiet();
    assertThat((long) committed.count()).isEqualTo(ledger.total().classified());
    assertThat(committed.explained()).doesNotHaveDuplicates();
  }

  private void deleteBefore(int partition, long offset) {
    BrokerAnswer.of(
        admin
            .deleteRecords(
                Map.of(
                    new TopicPartition(topics.reads().name(), partition),
                    RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  private void produce(int partition, int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (int i = 0; i < count; i++) {
        var unused = producer.send(next(partition));
      }
    }
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("bootstrap.servers", TestBroker.shared().bootstrapServers());
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private ProducerRecord<byte[], byte[]> next(int partition) {
    int number = produced++;
    SequencingRead avro = read("read-" + number, GOOD).build();
    return new ProducerRecord<>(
        topics.reads().name(),
        partition,
        bytes("key-" + number),
        serde.serialize(topics.reads().name(), avro));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ExplainApp app(
      Function<List<TokenizedRead>, List<ExplainedRead>> answers, Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.putAll(overrides);
    AppConfig config = AppConfig.of(new Properties(), properties);
    DeviceSpeed speed = new DeviceSpeed(2, config.batchMaxTokens().orElse(16_384), 1e6);
    return new ExplainApp(config, DeviceModel.ofReads(answers), speed, "checkpoint", PATIENCE);
  }
}
