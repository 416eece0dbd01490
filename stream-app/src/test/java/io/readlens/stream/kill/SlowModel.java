package io.readlens.stream.kill;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Answers as {@link FakeModel} does, in a device's time, so that transactions stay open long enough
 * to be hit. Fails on reads whose name says so.
 *
 * <p>Threading: immutable; safe for use by many threads.
 */
final class SlowModel implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  /** How the names of reads end that it fails on. */
  static final String POISONED = "-poisoned";

  private static final Duration PER_READ = Duration.ofMillis(1);

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    long end = System.nanoTime() + PER_READ.toNanos() * reads.size();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    if (reads.stream().anyMatch(read -> read.id().endsWith(POISONED))) {
      throw new FakeModel.InjectedException();
    }
    return reads.stream().map(FakeModel::answer).toList();
  }
}
