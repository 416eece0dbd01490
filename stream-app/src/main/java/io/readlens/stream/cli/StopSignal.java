package io.readlens.stream.cli;

import io.readlens.model.process.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * SIGTERM, Ctrl-C and hang-up. A program that is told to end is gone at once; this one is held
 * until {@link #close}, so that whoever waits for the signal can first close what it has open. The
 * exit code is then 128 and the signal's number, see {@link Ending}. What takes longer than 40 s to
 * close is left as it is.
 *
 * <p>Only where {@link Ending#install} was called; elsewhere no signal is ever received.
 *
 * <p>Threading: safe for use by several threads. One at a time in a process.
 */
final class StopSignal implements AutoCloseable {
  /** Whoever asks for the end kills after a time, 60 s in our compose file, and may say no word. */
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(40);

  private final CompletableFuture<Void> received = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private StopSignal() {}

  /** From now on, until closed. */
  static StopSignal listen() {
    StopSignal signal = new StopSignal();
    Ending.beforeSignalEnds(signal::hold);
    return signal;
  }

  private void hold() {
    // By a thread of its own: what is closed then may take longer than there is time.
    Thread closing = new Thread(() -> received.complete(null), "readlens-stop");
    closing.setDaemon(true);
    closing.start();
    try {
      if (!closed.await(LONGEST_CLOSE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(
            "readlens: ended without closing all, which took more than "
                + LONGEST_CLOSE.toSeconds()
                + " s");
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

  /** Lets the process end, whatever the command still waits for. */
  void release() {
    closed.countDown();
  }

  /** Lets the process end. Idempotent. */
  @Override
  public void close() {
    release();
    Ending.beforeSignalEnds(null);
  }
}
