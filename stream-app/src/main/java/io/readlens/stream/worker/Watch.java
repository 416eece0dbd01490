package io.readlens.stream.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Watches and counts what is asked of a device, whatever model answers.
 *
 * <p>Threading: safe for use by many threads.
 */
final class Watch implements AutoCloseable {
  /** Parts in which the deadline passes, see {@link #call}. */
  private static final int STEPS = 10;

  private final ScheduledThreadPoolExecutor timer;
  private final LongAdder batches = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();
  private volatile BiConsumer<Thread, DeviceFailedError> onStuck = (thread, error) -> {};

  Watch() {
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "readlens-device-watch");
              thread.setDaemon(true);
              return thread;
            });
    this.timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Says whom to tell which thread's call exceeds its deadline; the thread itself cannot be told.
   */
  void onStuck(BiConsumer<Thread, DeviceFailedError> listener) {
    onStuck = listener;
  }

  /**
   * Makes a call that must end by the deadline. Time in which the whole process stood still counts
   * as one step of the deadline at most: it says nothing about the device.
   */
  <T> T call(WatchedModel<?> model, Duration deadline, int windows, Supplier<T> call) {
    Thread caller = Thread.currentThread();
    long step = Math.max(1, deadline.toNanos() / STEPS);
    AtomicInteger steps = new AtomicInteger();
    ScheduledFuture<?> alarm =
        timer.scheduleWithFixedDelay(
            () -> {
              if (steps.incrementAndGet() == STEPS) {
                onStuck.accept(caller, stuck(model, deadline, windows));
              }
            },
            step,
            step,
            TimeUnit.NANOSECONDS);
    try {
      return call.get();
    } finally {
      alarm.cancel(false);
    }
  }

  private static DeviceFailedError stuck(WatchedModel<?> model, Duration deadline, int windows) {
    return new DeviceFailedError(
        "the device is stuck: no answer for " + windows + " windows in " + deadline, model);
  }

  /** Counts a batch that was answered. */
  void countBatch(long nanos) {
    busyNanos.add(nanos);
    batches.increment();
  }

  /** Counts a read whose answer was merged. */
  void countRead(long nanos) {
    busyNanos.add(nanos);
    reads.increment();
  }

  Counters counters() {
    return new Counters(batches.sum(), reads.sum(), Duration.ofNanos(busyNanos.sum()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
