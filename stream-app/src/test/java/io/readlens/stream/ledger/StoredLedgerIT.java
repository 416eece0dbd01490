package io.readlens.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.LedgerEntry;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.ledger.Tallies.Balance;
import io.readlens.stream.topology.FakeRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a task finds in the ledger when it begins, on a real broker. */
@Timeout(60)
class StoredLedgerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Counts ONE = new Counts(1, 1, 0, 0, 0);
  private static final Counts TWO = new Counts(2, 1, 0, 0, 1);
  private static final Counts THREE = new Counts(3, 1, 1, 0, 1);

  private final Map<String, String> broker =
      Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers());
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final Topic<LedgerEntry> topic =
      Topics.standard().ledger().named("stored-ledger-it-" + UUID.randomUUID());
  private final Ledger ledger =
      new Ledger(
          topic,
          registry,
          partition -> new Stored(Map.of(), Map.of()),
          new FakeReadsLog(),
          false,
          Clock.systemUTC());
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void createTopic() {
    TestBroker.shared().createTopic(topic.name(), 2, topic.configs());
    producer = producer("one");
  }

  private KafkaProducer<byte[], byte[]> producer(String id) {
    KafkaProducer<byte[], byte[]> created =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                TestBroker.shared().bootstrapServers(),
                "transactional.id",
                topic.name() + "-" + id),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    created.initTransactions();
    return created;
  }

  @AfterEach
  void close() {
    producer.close();
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldFindNothingOfAPartitionThatWasNeverWritten() {
    // When
    Map<String, Counts> found = stored(PATIENCE).apply(1).counts();

    // Then
    assertThat(found).isEmpty();
  }

  @Test
  void shouldFindTheLatestThatWasCommittedOfEachSample() throws Exception {
    // Given
    write("soil", ONE);
    producer.commitTransaction();
    write("gut", ONE);
    producer.commitTransaction();
    write("soil", TWO);
    producer.commitTransaction();
    write("soil", THREE);
    producer.abortTransaction();

    // When
    Map<String, Counts> found = stored(PATIENCE).apply(0).counts();

    // Then
    assertThat(found).containsExactlyInAnyOrderEntriesOf(Map.of("soil", TWO, "gut", ONE));
  }

  static List<Balance> countsThatCannotBe() {
    return List.of(
        new Balance(new Account(0, "soil"), new Counts(-5, -5, 0, 0, 0)),
        new Balance(new Account(0, "soil"), new Counts(0, 1, -1, 0, 0)),
        new Balance(new Account(0, "soil"), new Counts(3, 1, 1, 0, 0)),
        new Balance(new Account(0, "soil"), new Counts(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, 0)),
        new Balance(new Account(0, "soil"), new Counts(0, 1, Long.MAX_VALUE, Long.MAX_VALUE, 1)));
  }

  @ParameterizedTest
  @MethodSource("countsThatCannotBe")
  void shouldNameAnEntryThatCannotBeItsOwn(Balance foreign) throws Exception {
    // Given
    producer.beginTransaction();
    producer.send(ledger.record(foreign)).get();
    producer.commitTransaction();

    // When
    var thrown = assertThatThrownBy(() -> stored(PATIENCE).apply(0));

    // Then
    thrown
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the entry of %s-0 for '0/soil' cannot be ReadLens's own, it says %s: create another"
                    .formatted(topic.name(), foreign.counts())
                + " ledger with `java -jar readlens.jar topics create --accept-differences -D topic.ledger=%s.new`, and set"
                    .formatted(topic.name())
                + " topic.ledger to its name");
  }

  @Test
  void shouldNameAnEntryOfAnotherPartition() throws Exception {
    // Given
    ProducerRecord<byte[], byte[]> other =
        ledger.record(new Balance(new Account(1, "so\u001bil"), ONE));
    producer.beginTransaction();
    producer.send(new ProducerRecord<>(topic.name(), 0, other.key(), other.value())).get();
    producer.commitTransaction();

    // When
    var thrown = assertThatThrownBy(() -> stored(PATIENCE).apply(0));

    // Then
    thrown.hasMessageStartingWith(
        "the entry of " + topic.name() + "-0 for '1/so\\u001bil' cannot be");
  }

  @Test
  void shouldWaitForATransactionToBeCommitted() throws Exception {
    // Given
    write("soil", ONE);
    producer.commitTransaction();
    write("soil", TWO);
    CompletableFuture<Stored> found =
        CompletableFuture.supplyAsync(() -> stored(PATIENCE).apply(0));
    await().during(Duration.ofSeconds(2)).until(() -> !found.isDone());

    // When
    producer.commitTransaction();

    // Then
    assertThat(found.get().counts()).containsEntry("soil", TWO);
  }

  @Test
  void shouldWaitForATransactionToBeAborted() throws Exception {
    // Given
    write("soil", ONE);
    producer.commitTransaction();
    write("soil", TWO);
    CompletableFuture<Stored> found =
        CompletableFuture.supplyAsync(() -> stored(PATIENCE).apply(0));

    // When
    producer("one").close();

    // Then
    assertThat(found.get().counts()).containsEntry("soil", ONE);
  }

  @Test
  void shouldGiveUpOnATransactionThatStaysOpen() throws Exception {
    // Given
    write("soil", ONE);

    // When
    var thrown = assertThatThrownBy(() -> stored(Duration.ofSeconds(1)).apply(0));

    // Then
    thrown
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("a transaction on " + topic.name() + "-0 has been open for 1 s");
  }

  @Test
  void shouldSayThatAPartitionIsMissing() {
    // When
    var thrown = assertThatThrownBy(() -> stored(PATIENCE).apply(2));

    // Then
    thrown
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "topic %s has 2 partitions, none for reads of partition 2: give it as many as the reads topic has with `java -jar readlens.jar topics create --accept-differences`, then start again"
                .formatted(topic.name()));
  }

  /** Writes how a sample stands in partition 0, in a transaction that is left open. */
  private void write(String sample, Counts counts) throws Exception {
    producer.beginTransaction();
    producer.send(ledger.record(new Balance(new Account(0, sample), counts))).get();
  }

  private StoredLedger stored(Duration patience) {
    return new StoredLedger(broker, topic, registry, patience);
  }
}
