package io.readlens.stream.bench;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A device that takes 20 ms for each 64 reads of a batch that it begins, and no CPU: whoever asks
 * sleeps. A batch that is not full takes as long as a full one. Like a GPU it computes one batch at
 * a time, in the order in which they came, and begins the next as soon as it is done with one.
 *
 * <p>Threading: safe for use by many threads.
 */
final class SimulatedDevice implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  static final int ROWS = 64;
  static final Duration PASS = Duration.ofMillis(20);

  /** Reads a second at its best. */
  static final double IDEAL = ROWS / (PASS.toNanos() / 1e9);

  /**
   * What it has been given.
   *
   * @param reads asked about since the start
   * @param busyNanos time that they take, since the start
   * @param at when the last of them is done, by {@link System#nanoTime}
   */
  record Use(long reads, long busyNanos, long at) {
    /** The share of the time since an earlier moment in which it did not compute. */
    double idleSince(Use earlier) {
      return 1 - (busyNanos - earlier.busyNanos) / (double) (at - earlier.at);
    }
  }

  private final Function<List<TokenizedRead>, List<ExplainedRead>> answers;
  private Use use = new Use(0, 0, System.nanoTime());

  /**
   * @param answers gives the answers, for nothing
   */
  SimulatedDevice(Function<List<TokenizedRead>, List<ExplainedRead>> answers) {
    this.answers = answers;
  }

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    long done = begin(reads.size());
    List<ExplainedRead> all = answers.apply(reads);
    for (long now = System.nanoTime(); now < done; now = System.nanoTime()) {
      LockSupport.parkNanos(done - now);
    }
    return all;
  }

  /** Queues a batch; when it will be done. */
  private synchronized long begin(int reads) {
    long busy = (reads + ROWS - 1L) / ROWS * PASS.toNanos();
    long done = Math.max(System.nanoTime(), use.at) + busy;
    use = new Use(use.reads + reads, use.busyNanos + busy, done);
    return done;
  }

  synchronized Use use() {
    return use;
  }
}
