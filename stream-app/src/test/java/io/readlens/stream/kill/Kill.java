package io.readlens.stream.kill;

import java.time.Duration;
import java.time.Instant;

/**
 * One kill, and how soon others got over it.
 *
 * <p>Threading: one thread.
 */
final class Kill {
  private final Instant killed;
  private final long open;
  private final Progress.Snapshot left;
  private Duration nextCommit;
  private Duration readersFree;

  /**
   * @param killed when
   * @param open how many records the dead application had written in transactions then open
   * @param left how far the dead application had come
   */
  Kill(Instant killed, long open, Progress.Snapshot left) {
    this.killed = killed;
    this.open = open;
    this.left = left;
  }

  /** Notes what has happened by now. */
  void look(Instant when, Progress.Snapshot now) {
    if (nextCommit == null && now.consumed() > left.consumed()) {
      nextCommit = Duration.between(killed, when);
    }
    if (readersFree == null && now.isSettledUpTo(left)) {
      readersFree = Duration.between(killed, when);
    }
  }

  /** How many records the dead application had written in transactions then open. */
  long open() {
    return open;
  }

  @Override
  public String toString() {
    return "after %,d reads, %d records in open transactions; next commit after %s, readers free after %s"
        .formatted(left.consumed(), open, seconds(nextCommit), seconds(readersFree));
  }

  private static String seconds(Duration duration) {
    return duration == null ? "never" : "%.1f s".formatted(duration.toMillis() / 1e3);
  }
}
