package io.readlens.stream.checkpoints;

import io.readlens.model.Canary;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.InvalidCheckpointException;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.stream.worker.DeviceModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a checkpoint must pass before it answers reads: its model is loaded, and asked for all of a
 * read that is known to be good. The one who publishes tries it in the same way as those who take
 * it.
 *
 * <p>Threading: the caller's, and a thread of its own for each step, see {@link Step}.
 */
public final class Trial {
  private static final Step LOADING = new Step("loaded", Duration.ofMinutes(5));
  private static final Step ASKING = new Step("tried", Duration.ofMinutes(2));

  private static final int MOST_CAUSES = 16;

  /** The engine's words for it, on the CPU and on a GPU: what it throws is no OutOfMemoryError. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "out of memory|(can't|cannot|failed to) allocate|not enough memory|bad_alloc",
          Pattern.CASE_INSENSITIVE);

  private Trial() {}

  /**
   * Loads a checkpoint's model, tries it and frees it.
   *
   * @param load puts it on a device
   * @throws InvalidCheckpointException if it does not pass
   */
  public static <A> void of(Checkpoint checkpoint, Function<Checkpoint, ServedModel<A>> load) {
    try {
      ServedModel<A> model = load(checkpoint, load, () -> false);
      ask(model, Canary.READ);
      model.free().run();
    } catch (RefusedException e) {
      throw new InvalidCheckpointException(checkpoint + ": " + e.getMessage(), e);
    }
  }

  /**
   * @param unwanted asked from time to time whether to leave it
   * @throws RefusedException if it cannot be loaded, or takes too long
   */
  static <A> ServedModel<A> load(
      Checkpoint checkpoint, Function<Checkpoint, ServedModel<A>> load, BooleanSupplier unwanted) {
    try {
      return LOADING.take(() -> load.apply(checkpoint), unwanted, late -> late.free().run());
    } catch (ExecutionException e) {
      throw refusal("it cannot be loaded", e.getCause());
    }
  }

  /**
   * Asks for all of the canary, which also warms up a model that was not measured. A model that
   * fails is freed.
   *
   * @throws RefusedException if it fails, answers as another, or does not come back
   */
  static <A> void ask(ServedModel<A> model, TokenizedRead canary) {
    Callable<Optional<Throwable>> step = () -> failure(model, canary);
    Optional<Throwable> failure;
    try {
      failure = ASKING.take(step, () -> false, late -> model.free().run());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a failure is an answer", e);
    }
    if (failure.isPresent()) {
      model.free().run();
      throw refusal("it fails on a read that is known to be good", failure.get());
    }
  }

  private static <A> Optional<Throwable> failure(ServedModel<A> served, TokenizedRead canary) {
    try {
      DeviceModel<A> model = served.model();
      model.proof().accept(canary);
      List<Window> windows = model.windows().apply(canary);
      ExplainedRead answer = model.merge().apply(windows, model.ask().apply(windows));
      if (!answer.checkpointId().equals(served.checkpointId())) {
        throw new IllegalStateException(
            "it answers as %s, not as %s".formatted(answer.checkpointId(), served.checkpointId()));
      }
      return Optional.empty();
    } catch (RuntimeException | Error e) { // Native code is among what may fail here.
      return Optional.of(e);
    }
  }

  /** The refusal that follows from a failure: memory, disk or threads may be free another time. */
  static RefusedException refusal(String what, Throwable failure) {
    String reason = what + ": " + (failure.getMessage() == null ? failure : failure.getMessage());
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .limit(MOST_CAUSES)
            .anyMatch(Trial::isOfTheMachine)
        ? RefusedException.forNow(reason, failure)
        : RefusedException.forGood(reason, failure);
  }

  /** Whether the machine lacks something, and not the checkpoint. */
  private static boolean isOfTheMachine(Throwable cause) {
    return cause instanceof OutOfMemoryError
        || cause instanceof IOException
        || cause instanceof InterruptedException
        || OUT_OF_MEMORY.matcher(String.valueOf(cause.getMessage())).find();
  }
}
