package io.readlens.stream.ledger;

import io.readlens.avro.LedgerEntry;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger as one application writes it. Each stream thread has its own {@link Tallies}, and its
 * producer sends what has changed in them with every transaction, in the transaction.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Topic<LedgerEntry> topic;
  private final RegistrySerde<LedgerEntry> serde;
  private final ReadsLog reads;
  private final IntFunction<Stored> stored;
  private final Clock clock;
  private final ThreadLocal<Tallies> tallies;
  private final LedgerClients clients = new LedgerClients(this);

  /**
   * @param topic as many partitions as the reads topic
   * @param stored what the topic holds of a partition; {@link StoredLedger} asks Kafka
   * @param reads where the reads topic begins, ends, and is read
   * @param stopsAtLoss whether reads that were deleted unread end the application, rather than
   *     being counted
   */
  public Ledger(
      Topic<LedgerEntry> topic,
      Registry registry,
      IntFunction<Stored> stored,
      ReadsLog reads,
      boolean stopsAtLoss,
      Clock clock) {
    this.topic = topic;
    this.serde = topic.serde(registry);
    this.clock = clock;
    this.tallies = ThreadLocal.withInitial(() -> new Tallies(stored, reads, stopsAtLoss));
    this.reads = reads;
    this.stored = stored;
  }

  /**
   * Has the application begin where a reads topic that was created anew does. Kafka forgets the
   * offsets of a topic that is deleted, but not those that an instance commits for it a moment
   * later: in the new topic they would pass over reads that nobody has seen.
   *
   * @throws UnknownMemberIdException if that is so, and an instance is at work
   * @throws IllegalStateException if the ledger cannot be used
   * @throws KafkaException if the brokers do not answer
   */
  public void setBackIfAnew() {
    Map<Integer, Long> committed = reads.committed();
    if (committed.isEmpty()) {
      return;
    }
    String readsTopic = reads.topicId();
    Map<Integer, Long> back = reads.starts(reads.partitions());
    back.entrySet()
        .removeIf(
            start ->
                committed.getOrDefault(start.getKey(), 0L) <= start.getValue()
                    || !stored.apply(start.getKey()).isAnew(readsTopic));
    if (!back.isEmpty()) {
      reads.setBack(back);
      LOG.warn(
          "{} was created anew since its reads were counted last; reading from its beginning, by"
              + " partition {}",
          reads.topic(),
          back);
    }
  }

  /** What the calling thread has counted. */
  public Tallies ofThisThread() {
    return tallies.get();
  }

  /** Kafka's ordinary clients, but that the producers write this ledger. */
  public KafkaClientSupplier clients() {
    return clients;
  }

  /**
   * Gives up the transactions that are open, so that no stream thread waits for what brokers do not
   * take. What they hold was not committed: it is read again.
   */
  public void abandonTransactions() {
    clients.abandon();
  }

  /**
   * Makes the registry know what will be written, and be there.
   *
   * @throws RegistryException if it is not there, or refuses
   */
  public void askRegistry() {
    record(new Tallies.Balance(new Account(0, ""), Counts.NONE));
  }

  /**
   * The records for what the calling thread has counted since this was last asked.
   *
   * @throws RegistryException if the registry fails
   */
  List<ProducerRecord<byte[], byte[]>> changes() {
    return ofThisThread().takeChanges().stream().map(this::record).toList();
  }

  /**
   * Counts the reads that were deleted unread below what the calling thread is about to commit.
   *
   * @param offsets of the reads topic, and maybe of others
   * @return the offsets to commit
   */
  Map<TopicPartition, OffsetAndMetadata> settle(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<Integer, Long> committing = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (partition.topic().equals(reads.topic())) {
            committing.put(partition.partition(), offset.offset());
          }
        });
    Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>(offsets);
    ofThisThread()
        .settle(committing)
        .forEach(
            (number, offset) ->
                settled.merge(
                    new TopicPartition(reads.topic(), number),
                    new OffsetAndMetadata(offset),
                    (given, beyond) -> given.offset() == beyond.offset() ? given : beyond));
    return settled;
  }

  /**
   * How the account of a partition's expired reads stands, as a record's value: writing it begins a
   * transaction, in which they are counted.
   *
   * @throws RegistryException if the registry fails
   */
  public byte[] standing(Account account) {
    return record(new Tallies.Balance(account, ofThisThread().counts(account))).value();
  }

  ProducerRecord<byte[], byte[]> record(Tallies.Balance balance) {
    Account account = balance.account();
    Counts counts = balance.counts();
    LedgerEntry entry =
        LedgerEntry.newBuilder()
            .setSampleId(account.sampleId())
            .setPartition(account.partition())
            .setReceived(counts.received())
            .setClassified(counts.classified())
            .setUnclassified(counts.unclassified())
            .setTooShort(counts.tooShort())
            .setDeadLettered(counts.deadLettered())
            .setExpired(counts.expired())
            .setReadsTopicId(ofThisThread().readsTopic(account.partition()))
            .setNextOffset(ofThisThread().nextOffset(account.partition()))
            .setUpdatedTime(clock.instant())
            .build();
    return new ProducerRecord<>(
        topic.name(), account.partition(), account.key(), serde.serialize(topic.name(), entry));
  }
}
