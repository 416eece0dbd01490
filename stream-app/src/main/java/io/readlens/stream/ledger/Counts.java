package io.readlens.stream.ledger;

import io.readlens.avro.LedgerEntry;
import java.util.stream.LongStream;

/**
 * How many reads were received, and how many of them had each outcome.
 *
 * @param received counted as they came, or were found to have expired
 * @param classified explained, and called at the superkingdom at least
 * @param unclassified explained, and not called
 * @param tooShort not shown to the model
 * @param deadLettered beyond an answer
 * @param expired deleted by the brokers before they were taken
 */
public record Counts(
    long received,
    long classified,
    long unclassified,
    long tooShort,
    long deadLettered,
    long expired) {
  /** Up to here a double is exact, which is what a number is in many a client. */
  private static final long MOST = 1L << 53;

  public static final Counts NONE = new Counts(0, 0, 0, 0, 0);
  public static final Counts RECEIVED = new Counts(1, 0, 0, 0, 0);
  public static final Counts CLASSIFIED = new Counts(0, 1, 0, 0, 0);
  public static final Counts UNCLASSIFIED = new Counts(0, 0, 1, 0, 0);
  public static final Counts TOO_SHORT = new Counts(0, 0, 0, 1, 0);
  public static final Counts DEAD_LETTERED = new Counts(0, 0, 0, 0, 1);

  /** Of reads none of which has expired. */
  public Counts(
      long received, long classified, long unclassified, long tooShort, long deadLettered) {
    this(received, classified, unclassified, tooShort, deadLettered, 0);
  }

  /** So many reads that were deleted before they were taken: received and done with at once. */
  public static Counts expired(long reads) {
    return new Counts(reads, 0, 0, 0, 0, reads);
  }

  static Counts of(LedgerEntry entry) {
    return new Counts(
        entry.getReceived(),
        entry.getClassified(),
        entry.getUnclassified(),
        entry.getTooShort(),
        entry.getDeadLettered(),
        entry.getExpired());
  }

  public Counts plus(Counts more) {
    return new Counts(
        received + more.received,
        classified + more.classified,
        unclassified + more.unclassified,
        tooShort + more.tooShort,
        deadLettered + more.deadLettered,
        expired + more.expired);
  }

  /** Reads that have an outcome. */
  public long outcomes() {
    return classified + unclassified + tooShort + deadLettered + expired;
  }

  /**
   * Whether these can be the counts of some reads: none is below 0 or past counting, all balance.
   */
  boolean canBe() {
    return LongStream.of(received, classified, unclassified, tooShort, deadLettered, expired)
            .allMatch(count -> count >= 0 && count <= MOST)
        && balance();
  }

  /** Whether every read that was received has its outcome. */
  public boolean balance() {
    return received == outcomes();
  }
}
