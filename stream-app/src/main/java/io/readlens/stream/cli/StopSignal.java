package io.readlens.stream.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * SIGTERM, Ctrl-C and hang-up. A JVM that is told to end runs its shutdown hooks and is gone; this
 * one is held until {@link #close}, so that whoever waits for the signal can first close what it
 * has open. The exit status is then the JVM's: 128 and the signal's number.
 *
 * <p>Threading: safe for use by several threads. {@code System.exit} before {@link #close}, by the
 * thread that is to close, would never return.
 */
final class StopSignal implements AutoCloseable {
  private static final Duration LONGEST_CLOSE = Duration.ofMinutes(1);

  private final CompletableFuture<Void> received = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::hold, "readlens-stop-signal");

  private StopSignal() {}

  /** From now on, until closed. */
  static StopSignal listen() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void hold() {
    received.complete(null);
    try {
      if (!closed.await(LONGEST_CLOSE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("readlens: not closed in " + LONGEST_CLOSE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Completes when the process is told to end. */
  CompletableFuture<Void> received() {
    return received;
  }

  /** Waits for the signal, up to a time. */
  void within(Duration atMost) {
    try {
      received.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Not yet.
    } catch (ExecutionException e) {
      throw new IllegalStateException("the signal never fails", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the process end. Idempotent. */
  @Override
  public void close() {
    closed.countDown();
    if (!received.isDone()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came just now; the hook finds the way free.
      }
    }
  }
}
