package io.readlens.stream.bench;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A device that takes 20 ms for each 64 reads of a batch that it begins, and no CPU: its thread
 * sleeps. A batch that is not full takes as long as a full one.
 *
 * <p>Threading: called by one thread; {@link #use} may be asked by any.
 */
final class SimulatedDevice implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  static final int ROWS = 64;
  static final Duration PASS = Duration.ofMillis(20);

  /** Reads a second at its best. */
  static final double IDEAL = ROWS / (PASS.toNanos() / 1e9);

  /**
   * What it has done.
   *
   * @param reads answered since the start
   * @param busyNanos time in which it computed, since the start
   * @param at when its last batch was done, by {@link System#nanoTime}
   */
  record Use(long reads, long busyNanos, long at) {
    /** The share of the time since an earlier moment in which it did not compute. */
    double idleSince(Use earlier) {
      return 1 - (busyNanos - earlier.busyNanos) / (double) (at - earlier.at);
    }
  }

  private final Function<List<TokenizedRead>, List<ExplainedRead>> answers;
  private volatile Use use = new Use(0, 0, System.nanoTime());

  /**
   * @param answers gives the answers, for nothing
   */
  SimulatedDevice(Function<List<TokenizedRead>, List<ExplainedRead>> answers) {
    this.answers = answers;
  }

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    long start = System.nanoTime();
    long passes = (reads.size() + ROWS - 1L) / ROWS;
    long done = start + passes * PASS.toNanos();
    List<ExplainedRead> all = answers.apply(reads);
    for (long now = start; now < done; now = System.nanoTime()) {
      LockSupport.parkNanos(done - now);
    }
    // From its deadline on it is idle, even while its thread is still waking up.
    Use before = use;
    use = new Use(before.reads + reads.size(), before.busyNanos + done - start, done);
    return all;
  }

  Use use() {
    return use;
  }
}
