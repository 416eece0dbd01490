package io.readlens.stream.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How far one partition's offsets are accounted for: each is of a read that was processed, of a
 * read that was deleted unread, or of none, as transactions, compaction and aborted records leave
 * them.
 *
 * <p>An offset that was passed over tells nothing of which of the last two it is. What tells is
 * where the log starts: whatever was passed over below that was deleted before it could be read.
 *
 * <p>Threading: one stream thread only.
 */
final class Passage {
  /**
   * How long a partition must stand still below its log's start before its reads are given up. What
   * has been fetched is processed in much less.
   */
  static final Duration STANDSTILL = Duration.ofSeconds(30);

  /**
   * Offsets that were deleted unread.
   *
   * @param from the first, from 0
   * @param to after the last
   */
  record Lost(long from, long to) {
    long reads() {
      return to - from;
    }
  }

  private final List<Lost> passedOver = new ArrayList<>();
  private long next;

  /** Known to be lost, and in no transaction yet: the reads that follow begin behind it. */
  private Lost pending;

  /** The last that was given to a transaction. */
  private Lost last = new Lost(0, 0);

  private long stillAt = -1;
  private long stillSince;

  /**
   * Begins where a task begins.
   *
   * @param from the first offset that is not accounted for
   * @param start the lowest that the log still holds
   */
  Passage(long from, long start) {
    next = Math.max(from, start);
    if (start > from) {
      pending = new Lost(from, start);
    }
  }

  /** The first offset that is not accounted for. */
  long next() {
    return next;
  }

  /**
   * A read was processed.
   *
   * @return the offset that was expected, if this one is before it
   */
  OptionalLong take(long offset) {
    OptionalLong expected = OptionalLong.empty();
    if (offset < next) {
      expected = OptionalLong.of(next);
    } else {
      passOver(offset);
    }
    next = offset + 1;
    return expected;
  }

  /** A transaction will commit this offset: what lies between is passed over. */
  void reach(long offset) {
    if (offset > next) {
      passOver(offset);
      next = offset;
    }
  }

  private void passOver(long to) {
    if (to > next) {
      passedOver.add(new Lost(next, to));
    }
  }

  /** Whether the log's start is to be asked for. */
  boolean hasPassedOver() {
    return !passedOver.isEmpty();
  }

  /** Takes what was lost of all that was passed over, now that the log's start is known. */
  List<Lost> takePassedOver(long start) {
    List<Lost> lost =
        passedOver.stream()
            .filter(gap -> start > gap.from())
            .map(gap -> new Lost(gap.from(), Math.min(gap.to(), start)))
            .toList();
    passedOver.clear();
    return lost;
  }

  /** What is lost and must go into a transaction by itself; null: nothing. */
  Lost pending() {
    return pending;
  }

  /** The pending is in a transaction now. */
  void settle() {
    last = pending;
    pending = null;
  }

  /** No offset is committed within what was lost: whoever began there would count it again. */
  long beyondLost(long offset) {
    return last.from() <= offset && offset < last.to() ? last.to() : offset;
  }

  /**
   * Looks whether a partition stands still below its log's start, which no read will tell.
   *
   * @param nanos by any clock
   * @return whether something has become pending
   */
  boolean standsStill(long start, long nanos) {
    if (pending != null || start <= next || next != stillAt) {
      stillAt = start > next ? next : -1;
      stillSince = nanos;
      return false;
    }
    if (nanos - stillSince < STANDSTILL.toNanos()) {
      return false;
    }
    pending = new Lost(next, start);
    next = start;
    return true;
  }
}
