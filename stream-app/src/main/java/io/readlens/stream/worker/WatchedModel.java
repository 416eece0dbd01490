package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A model on its device, each call of it watched and counted.
 *
 * <p>Threading: safe for use by many threads, if the model is.
 *
 * @param <A> the model's answer to one window
 */
final class WatchedModel<A> {
  private final DeviceModel<A> model;
  private final TokenizedRead canary;
  private final Watch watch;
  private final Duration deadline;

  /**
   * @param deadline how long it may take for one call before it counts as stuck
   */
  WatchedModel(DeviceModel<A> model, TokenizedRead canary, Watch watch, Duration deadline) {
    this.model = model;
    this.canary = canary;
    this.watch = watch;
    this.deadline = deadline;
  }

  DeviceModel<A> model() {
    return model;
  }

  /**
   * Asks the model about a whole read, window by window.
   *
   * @throws RuntimeException what the model threw
   * @throws DeviceFailedError as {@link #ask}
   */
  ExplainedRead answer(TokenizedRead read) {
    List<Window> windows = windows(read);
    List<A> answers = new ArrayList<>(windows.size());
    windows.forEach(window -> answers.addAll(ask(List.of(window))));
    return merge(windows, answers);
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
    watch.countBatch(System.nanoTime() - start);
    return answers;
  }

  /**
   * The answer to a read, of those to its windows.
   *
   * @throws RuntimeException what the model threw
   * @throws DeviceFailedError if the model threw an {@code Error}
   */
  ExplainedRead merge(List<Window> windows, List<A> answers) {
    long start = System.nanoTime();
    Supplier<ExplainedRead> merge =
        () -> Objects.requireNonNull(model.merge().apply(windows, answers));
    // One window's answer is merged without the device, and too soon to be worth an alarm.
    ExplainedRead answer = windows.size() == 1 ? whole(merge) : watched(windows, merge);
    watch.countRead(System.nanoTime() - start);
    return answer;
  }

  /**
   * Asks the model for all of the canary, after a read alone failed.
   *
   * @throws DeviceFailedError if the canary fails too
   */
  void checkWith(RuntimeException readFailure) {
    try {
      watched(
          model.windows().apply(canary),
          () -> {
            model.proof().accept(canary);
            return canary;
          });
    } catch (RuntimeException e) {
      e.addSuppressed(readFailure);
      throw new DeviceFailedError("the model fails on a read that is known to be good", e, this);
    }
  }

  private List<A> call(List<Window> batch) {
    List<A> answers = watched(batch, () -> model.ask().apply(batch));
    if (answers.size() != batch.size() || answers.stream().anyMatch(Objects::isNull)) {
      throw new DeviceFailedError(
          "the model must answer every window: " + answers.size() + " for " + batch.size(), this);
    }
    return answers;
  }

  private <T> T watched(List<Window> windows, Supplier<T> call) {
    return whole(() -> watch.call(this, deadline, windows.size(), call));
  }

  /** Makes a call after which the model is whole. */
  private <T> T whole(Supplier<T> call) {
    try {
      return call.get();
    } catch (Error e) {
      throw new DeviceFailedError("the model broke down", e, this);
    }
  }
}
