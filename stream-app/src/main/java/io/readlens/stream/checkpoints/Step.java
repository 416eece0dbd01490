package io.readlens.stream.checkpoints;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One step of taking a checkpoint, which must not hold anybody up: what it waits for may never
 * come, and the checkpoint may be wanted no longer.
 *
 * <p>Threading: each step has a daemon thread of its own, which is interrupted and left behind when
 * it takes too long: a file system or native code that hangs must not hold anybody else.
 *
 * @param name what a message says was not done in time: {@code fetched}
 * @param patience how long it may take
 */
record Step(String name, Duration patience) {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /**
   * Takes the step.
   *
   * @param unwanted asked from time to time, by the caller's thread, whether to leave it
   * @param late takes what comes when nobody waits for it any more
   * @throws RefusedException if it takes too long or is no longer wanted
   * @throws ExecutionException with what the step threw, whatever it is
   */
  <T> T take(Callable<T> step, BooleanSupplier unwanted, Consumer<T> late)
      throws ExecutionException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(step, result), "readlens-checkpoint-" + name);
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (Error e) { // There may be too many threads.
      throw new ExecutionException(e);
    }
    long start = System.nanoTime();
    try {
      while (true) {
        try {
          return result.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (System.nanoTime() - start > patience.toNanos()) {
            throw RefusedException.forNow(
                "it was not %s in %d s".formatted(name, patience.toSeconds()), e);
          }
          if (unwanted.getAsBoolean()) {
            throw RefusedException.forGood("another was announced before it was " + name, e);
          }
        }
      }
    } catch (InterruptedException e) {
      leave(thread, result, late);
      Thread.currentThread().interrupt();
      throw RefusedException.forNow("interrupted before it was " + name, e).leaving(result);
    } catch (RefusedException e) {
      leave(thread, result, late);
      throw e.leaving(result);
    } catch (RuntimeException e) {
      leave(thread, result, late);
      throw e;
    }
  }

  private static <T> void run(Callable<T> step, CompletableFuture<T> result) {
    try {
      result.complete(step.call());
    } catch (Throwable e) { // Native code is among what may fail here.
      result.completeExceptionally(e);
    }
  }

  private static <T> void leave(Thread thread, CompletableFuture<T> result, Consumer<T> late) {
    thread.interrupt();
    var unused = result.thenAccept(late);
  }
}
