package io.readlens.schemas;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.SequencingRead;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every topic of the product, declared here and nowhere else. Immutable.
 *
 * <p>The topics that are written accept larger messages than the reads topic: a dead letter holds a
 * whole record of the reads topic and more, and must fit for every record that did. A producer's
 * {@code max.request.size} has to keep up.
 *
 * <p><b>Trap.</b> Kafka counts retention from a record's timestamp. Every record that ReadLens
 * writes, the reads of a replay included, therefore carries the time at which it was made; when a
 * read began is a field. Another producer that stamps reads of an archive with their own times has
 * the brokers delete them unread.
 *
 * @param reads reads to be explained
 * @param explanations what they were called, and why
 * @param deadLetters records that could not be answered
 * @param ledger how many reads of each sample came in, and what became of them; as many partitions
 *     as the reads topic
 * @param checkpoints which checkpoint is in force, and what each instance made of it
 */
public record Topics(
    Topic<SequencingRead> reads,
    Topic<Explanation> explanations,
    Topic<DeadLetter> deadLetters,
    Topic<LedgerEntry> ledger,
    Topic<CheckpointEvent> checkpoints) {
  private static final int PARTITIONS = 4;
  private static final int MEBIBYTE = 1024 * 1024;

  public Topics {
    List<Topic<?>> all = List.of(reads, explanations, deadLetters, ledger, checkpoints);
    if (all.stream().map(Topic::name).distinct().count() < all.size()) {
      throw new IllegalArgumentException("two topics share a name");
    }
    if (deadLetters.maxMessageBytes() <= reads.maxMessageBytes()) {
      throw new IllegalArgumentException("a dead letter would not fit into " + deadLetters.name());
    }
  }

  /** The topics under their default names. */
  public static Topics standard() {
    return new Topics(
        new Topic<>(
            "readlens.reads.v1",
            SequencingRead.class,
            PARTITIONS,
            Optional.of(Duration.ofDays(7)),
            4 * MEBIBYTE),
        new Topic<>(
            "readlens.explanations.v1",
            Explanation.class,
            PARTITIONS,
            Optional.of(Duration.ofDays(30)),
            8 * MEBIBYTE),
        new Topic<>(
            "readlens.dead-letters.v1",
            DeadLetter.class,
            PARTITIONS,
            Optional.of(Duration.ofDays(30)),
            8 * MEBIBYTE),
        new Topic<>(
            "readlens.ledger.v1", LedgerEntry.class, PARTITIONS, Optional.empty(), MEBIBYTE),
        new Topic<>(
            "readlens.checkpoints.v1",
            CheckpointEvent.class,
            PARTITIONS,
            Optional.empty(),
            MEBIBYTE));
  }

  /** The same topics under other names. */
  public Topics named(
      String readsName,
      String explanationsName,
      String deadLettersName,
      String ledgerName,
      String checkpointsName) {
    return new Topics(
        reads.named(readsName),
        explanations.named(explanationsName),
        deadLetters.named(deadLettersName),
        ledger.named(ledgerName),
        checkpoints.named(checkpointsName));
  }

  /** All topics, input first. */
  public List<Topic<?>> all() {
    return List.of(reads, explanations, deadLetters, ledger, checkpoints);
  }
}
