package io.readlens.stream.replay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * When each read is due. At a rate, read {@code n} is due {@code n / rate} seconds after read 0,
 * whatever the waits before it took, so lateness is made up for and never adds up.
 *
 * <p>Threading: one thread.
 */
public final class Pace {
  private final double nanosPerRead;
  private final LongSupplier nanoTime;
  private final LongConsumer parkNanos;
  private long start;
  private long count;

  private Pace(double nanosPerRead, LongSupplier nanoTime, LongConsumer parkNanos) {
    this.nanosPerRead = nanosPerRead;
    this.nanoTime = nanoTime;
    this.parkNanos = parkNanos;
  }

  /** Every read is due at once. */
  public static Pace unlimited() {
    return new Pace(0, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param readsPerSecond above 0
   */
  public static Pace of(double readsPerSecond) {
    return of(readsPerSecond, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   * @param parkNanos waits about so many nanoseconds; may return early
   */
  static Pace of(double readsPerSecond, LongSupplier nanoTime, LongConsumer parkNanos) {
    if (!(readsPerSecond > 0) || Double.isInfinite(readsPerSecond)) {
      throw new IllegalArgumentException(readsPerSecond + " reads per second are no rate");
    }
    return new Pace(TimeUnit.SECONDS.toNanos(1) / readsPerSecond, nanoTime, parkNanos);
  }

  /** Returns when the next read is due; at once if the thread is interrupted. */
  void await() {
    if (nanosPerRead == 0) {
      return;
    }
    if (count == 0) {
      start = nanoTime.getAsLong();
    }
    long due = start + (long) (count * nanosPerRead);
    count++;
    for (long left = due - nanoTime.getAsLong();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = due - nanoTime.getAsLong()) {
      parkNanos.accept(left);
    }
  }
}
