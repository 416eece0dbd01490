package io.readlens.stream.chaos;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.worker.FakeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Answers as {@link FakeModel} does, in a device's time, so that transactions stay open long enough
 * to be hit. Fails on reads whose name says so, and on all while a file that another process
 * creates says so.
 *
 * <p>Threading: immutable; safe for use by many threads.
 */
final class FaultyDevice implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  /** What can be wrong with it. */
  enum State {
    /** Throws for every batch. */
    FAILING,
    /** Never returns, also when all is well again. */
    HANGING;

    /** The file that says so while it exists. */
    Path mark(Path device) {
      return device.resolveSibling(device.getFileName() + "." + name().toLowerCase(Locale.ROOT));
    }
  }

  /** How the names of reads end that it fails on. */
  static final String POISONED = "-poisoned";

  private static final Duration PER_READ = Duration.ofMillis(2);

  private final Path device;

  /**
   * @param device names the device, see {@link State#mark}
   */
  FaultyDevice(Path device) {
    this.device = device;
  }

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    while (Files.exists(State.HANGING.mark(device))) {
      hang();
    }
    if (Files.exists(State.FAILING.mark(device))) {
      throw new FakeModel.InjectedException();
    }
    long end = System.nanoTime() + PER_READ.toNanos() * reads.size();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    if (reads.stream().anyMatch(read -> read.id().endsWith(POISONED))) {
      throw new FakeModel.InjectedException();
    }
    return reads.stream().map(FakeModel::answer).toList();
  }

  private static void hang() {
    while (true) {
      LockSupport.park();
    }
  }
}
