package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * A read that one model is asked about: where the answers to its windows come together.
 *
 * <p>Threading: any, but for {@link #moved}, which the worker's lock guards.
 *
 * @param <A> the model's answer to one window
 */
final class Asked<A> {
  final TokenizedRead read;
  final Tenure<A> by;
  final List<Window> windows;

  /** Whoever answers first answers: the read may have been asked of another model as well. */
  final CompletableFuture<ExplainedRead> answer;

  /** Whether another model is asked instead. */
  boolean moved;

  /** Whether the model failed on one of its windows: the others are not asked. */
  volatile boolean suspected;

  private final AtomicReferenceArray<A> answers;
  private final AtomicInteger missing;

  Asked(
      TokenizedRead read,
      Tenure<A> by,
      List<Window> windows,
      CompletableFuture<ExplainedRead> answer) {
    this.read = read;
    this.by = by;
    this.windows = windows;
    this.answer = answer;
    this.answers = new AtomicReferenceArray<>(windows.size());
    this.missing = new AtomicInteger(windows.size());
  }

  /** Takes the answer to a window; true if it was the last that was missing. */
  boolean take(int place, A windowAnswer) {
    answers.set(place, windowAnswer);
    return missing.decrementAndGet() == 0;
  }

  List<A> answers() {
    return IntStream.range(0, windows.size()).mapToObj(answers::get).toList();
  }

  /** Tokens of all windows, each with its {@code <cls>}. */
  long tokens() {
    return windows.stream().mapToLong(window -> window.places() + 1L).sum();
  }

  /** One window of a read that waits, or is on the device. */
  record Piece<A>(Asked<A> of, int place) {
    Window window() {
      return of.windows.get(place);
    }

    int tokens() {
      return window().places() + 1; // <cls> leads it.
    }

    boolean unanswered() {
      return !of.answer.isDone() && !of.suspected;
    }
  }
}
