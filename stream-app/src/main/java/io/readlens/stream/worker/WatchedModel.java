package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The model on its device, each call of it watched and counted.
 *
 * <p>Threading: safe for use by many threads, if the model is.
 *
 * @param <A> the model's answer to one window
 */
final class WatchedModel<A> implements AutoCloseable {
  private final DeviceModel<A> model;
  private final List<Window> canary;
  private final Duration deadline;
  private final ScheduledThreadPoolExecutor watch;
  private final LongAdder batches = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();
  private volatile Consumer<DeviceFailedError> onStuck = error -> {};
  private volatile boolean stuck;

  WatchedModel(DeviceModel<A> model, TokenizedRead canary, Duration deadline) {
    this.model = model;
    this.canary = model.windows().apply(canary);
    this.deadline = deadline;
    this.watch =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "readlens-device-watch");
              thread.setDaemon(true);
              return thread;
            });
    this.watch.setRemoveOnCancelPolicy(true);
  }

  /** Says whom to tell when a call exceeds the deadline; the caller of the model cannot be told. */
  void onStuck(Consumer<DeviceFailedError> listener) {
    onStuck = listener;
  }

  /** Whether a call has exceeded the deadline. */
  boolean stuck() {
    return stuck;
  }

  /** A read's windows. */
  List<Window> windows(TokenizedRead read) {
    return model.windows().apply(read);
  }

  /**
   * Asks the model.
   *
   * @return one answer for each window, in order
   * @throws RuntimeException what the model threw; a read or the device may be at fault
   * @throws DeviceFailedError if the model breaks its contract, or threw an {@code Error}
   */
  List<A> ask(List<Window> batch) {
    long start = System.nanoTime();
    List<A> answers = call(batch);
    busyNanos.add(System.nanoTime() - start);
    batches.increment();
    return answers;
  }

  /**
   * The answer to a read, of those to its windows.
   *
   * @throws RuntimeException what the model threw
   */
  ExplainedRead merge(List<Window> windows, List<A> answers) {
    long start = System.nanoTime();
    ExplainedRead answer = Objects.requireNonNull(model.merge().apply(windows, answers));
    busyNanos.add(System.nanoTime() - start);
    reads.increment();
    return answer;
  }

  /**
   * Asks the model for the canary, after a read alone failed.
   *
   * @throws DeviceFailedError if the canary fails too
   */
  void checkWith(RuntimeException readFailure) {
    try {
      ExplainedRead unused = model.merge().apply(canary, call(canary));
    } catch (RuntimeException e) {
      e.addSuppressed(readFailure);
      throw new DeviceFailedError("the model fails on a read that is known to be good", e);
    }
  }

  private List<A> call(List<Window> batch) {
    ScheduledFuture<?> alarm =
        watch.schedule(() -> alarm(batch), deadline.toNanos(), TimeUnit.NANOSECONDS);
    List<A> answers;
    try {
      answers = model.ask().apply(batch);
    } catch (Error e) {
      throw new DeviceFailedError("the model broke down", e);
    } finally {
      alarm.cancel(false);
    }
    if (answers.size() != batch.size() || answers.stream().anyMatch(Objects::isNull)) {
      throw new DeviceFailedError(
          "the model must answer every window: " + answers.size() + " for " + batch.size());
    }
    return answers;
  }

  private void alarm(List<Window> batch) {
    stuck = true;
    onStuck.accept(
        new DeviceFailedError(
            "the device is stuck: no answer for " + batch.size() + " windows in " + deadline));
  }

  Counters counters() {
    return new Counters(batches.sum(), reads.sum(), Duration.ofNanos(busyNanos.sum()));
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
