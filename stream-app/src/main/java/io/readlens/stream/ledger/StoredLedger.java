package io.readlens.stream.ledger;

import io.readlens.avro.LedgerEntry;
import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ledger's topic holds of a partition, complete: a transaction that is still open there is
 * waited for. When a task begins, its offsets are those of a transaction that is over, but the end
 * of it is written to each topic apart and may come here a little later. One that its writer left
 * open when it died ends by its timeout.
 *
 * <p>Threading: safe for use by many threads.
 *
 * @param properties what a client needs to connect
 * @param patience how long the last transaction of an instance that has died may stay open
 */
public record StoredLedger(
    Map<String, String> properties, Topic<LedgerEntry> topic, Registry registry, Duration patience)
    implements IntFunction<Stored> {
  private static final Logger LOG = LoggerFactory.getLogger(StoredLedger.class);

  /**
   * @throws IllegalStateException if a transaction stays open, there is no such partition, or an
   *     entry says what ReadLens cannot have written
   * @throws KafkaException if the brokers do not answer
   */
  @Override
  public Stored apply(int partition) {
    long start = System.nanoTime();
    TopicPartition source = new TopicPartition(topic.name(), partition);
    try (LedgerView view = LedgerView.ofPartition(properties, topic, registry, partition)) {
      Map<TopicPartition, Long> ends = Map.of(source, highWatermark(source));
      boolean whole =
          new Patience(patience)
              .waitFor(
                  "the end of an earlier instance's transaction on " + source,
                  () -> view.readTo(ends, patience));
      if (!whole) {
        throw new IllegalStateException(
            "a transaction on "
                + source
                + " has been open for "
                + patience.toSeconds()
                + " s: Kafka's kafka-transactions.sh finds and ends what hangs");
      }
      Map<String, Counts> counts = new HashMap<>();
      for (Account account : view.entries().keySet()) {
        Counts stored = view.counts(account);
        if (account.partition() != partition || !stored.canBe()) {
          throw new IllegalStateException(
              "the entry of %s for '%s' cannot be ReadLens's own, it says %s: create another ledger"
                      .formatted(source, Legible.of(account.toString()), stored)
                  + " with %s, and set topic.ledger to its name"
                      .formatted(
                          Remedy.CREATE_ANOTHER_TOPIC.command(
                              "topic.ledger", topic.name() + ".new")));
        }
        counts.put(account.sampleId(), stored);
      }
      Map<String, Long> readsTopics =
          view.entries().values().stream()
              .filter(entry -> !entry.getReadsTopicId().isEmpty())
              .collect(
                  Collectors.toMap(
                      LedgerEntry::getReadsTopicId, LedgerEntry::getNextOffset, Math::max));
      LOG.info(
          "{} holds {} samples, read in {} ms",
          source,
          counts.size(),
          Duration.ofNanos(System.nanoTime() - start).toMillis());
      return new Stored(counts, readsTopics);
    }
  }

  /** The end of what all replicas have, transactions that are open included. */
  private long highWatermark(TopicPartition source) {
    try (Admin admin = Admin.create(new HashMap<>(properties))) {
      return admin
          .listOffsets(
              Map.of(source, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .partitionResult(source)
          .get()
          .offset();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
