package io.readlens.stream.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches and counts what is asked of a device, whatever model answers.
 *
 * <p>Threading: safe for use by many threads.
 */
final class Watch implements AutoCloseable {
  /** Parts in which the deadline passes, see {@link #call}. */
  private static final int STEPS = 10;

  private final Duration deadline;
  private final ScheduledThreadPoolExecutor timer;
  private final LongAdder batches = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();
  private volatile Consumer<DeviceFailedError> onStuck = error -> {};
  private volatile boolean stuck;

  Watch(Duration deadline) {
    this.deadline = deadline;
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

  /** Says whom to tell when a call exceeds the deadline; the caller of the model cannot be told. */
  void onStuck(Consumer<DeviceFailedError> listener) {
    onStuck = listener;
  }

  /** Whether a call has exceeded the deadline. */
  boolean stuck() {
    return stuck;
  }

  /**
   * Makes a call that must end by the deadline. Time in which the whole process stood still counts
   * as one step of the deadline at most: it says nothing about the device.
   */
  <T> T call(int windows, Supplier<T> call) {
    long step = Math.max(1, deadline.toNanos() / STEPS);
    AtomicInteger steps = new AtomicInteger();
    ScheduledFuture<?> alarm =
        timer.scheduleWithFixedDelay(
            () -> {
              if (steps.incrementAndGet() == STEPS) {
                alarm(windows);
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

  private void alarm(int windows) {
    stuck = true;
    onStuck.accept(
        new DeviceFailedError(
            "the device is stuck: no answer for " + windows + " windows in " + deadline));
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
