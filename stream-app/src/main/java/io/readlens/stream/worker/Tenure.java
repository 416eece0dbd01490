package io.readlens.stream.worker;

import io.readlens.model.read.Batcher;
import java.util.concurrent.CompletableFuture;

/**
 * A model's time in office: the reads that came while it was current, until the last of them is
 * answered. They wait in a queue of their own, so that no batch is of two models.
 *
 * <p>Threading: guarded by the worker's lock, but for the model and the future.
 *
 * @param <P> what waits
 * @param <A> the model's answer to one window
 */
final class Tenure<P, A> {
  final WatchedModel<A> model;
  final Batcher<P> queue;
  final long queueTokens;

  /** Completes, on a thread of neither the worker's nor its callers', when the model is free. */
  final CompletableFuture<Void> over = new CompletableFuture<>();

  private int held;
  private boolean retired;

  /**
   * @param queueTokens tokens that may wait while the model is current
   */
  Tenure(WatchedModel<A> model, Batcher<P> queue, long queueTokens) {
    this.model = model;
    this.queue = queue;
    this.queueTokens = queueTokens;
  }

  /** Counts what needs the model: windows that wait or are on the device, reads being cut. */
  void hold(int more) {
    held += more;
  }

  void release(int fewer) {
    held -= fewer;
    endIfUnneeded();
  }

  /** Another is current now. What waits need not linger: hardly anything will follow. */
  void retire() {
    retired = true;
    queue.hint();
    endIfUnneeded();
  }

  private void endIfUnneeded() {
    if (isOver()) {
      end();
    }
  }

  boolean isOver() {
    return retired && held == 0;
  }

  /** Says that nobody is in the model any more and nobody will be. */
  void end() {
    var unused = over.completeAsync(() -> null);
  }
}
