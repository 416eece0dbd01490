package io.readlens.stream.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches and counts what is asked of a device, whatever model answers.
 *
 * <p>Threading: safe for use by many threads.
 */
final class Watch implements AutoCloseable {
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

  /** Makes a call that must end by the deadline. */
  <T> T call(int windows, Supplier<T> call) {
    ScheduledFuture<?> alarm =
        timer.schedule(() -> alarm(windows), deadline.toNanos(), TimeUnit.NANOSECONDS);
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
