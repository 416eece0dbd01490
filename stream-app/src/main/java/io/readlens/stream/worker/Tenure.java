package io.readlens.stream.worker;

import io.readlens.model.read.Batcher;
import io.readlens.stream.worker.Asked.Piece;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A model's time in office: the reads that came while it was current, until the last of them is
 * answered. They wait in a queue of their own, so that no batch is of two models. While it is
 * current, the model before it is kept: it answers where this one fails, and tells so whose fault
 * that is.
 *
 * <p>Threading: guarded by the worker's lock, but for the models and the futures.
 *
 * @param <A> the model's answer to one window
 */
final class Tenure<A> {
  /** Failures among the last 64 reads, all answered by the model before, that are too many. */
  static final int TOO_MANY = 8;

  /**
   * Reads that are answered for each that is not, where neither they nor the model are at fault.
   */
  private static final int ANSWERED_FOR_ONE = 3;

  final WatchedModel<A> model;
  final Batcher<Piece<A>> queue;
  final Optional<Tempo> tempo;
  final long firstQueueTokens;

  /** Completes, on a thread of neither the worker's nor its callers', when the model is free. */
  final CompletableFuture<Void> over = new CompletableFuture<>();

  /** Completes, in the same way, with what the model did wrong, if it is dismissed for it. */
  final CompletableFuture<DismissedException> dismissal = new CompletableFuture<>();

  private int held;
  private boolean retired;
  private boolean proven;
  private volatile boolean dismissed;
  private Tenure<A> fallback;

  /** The last 64 reads, the latest in the lowest bit: one for a failure. */
  private long failures;

  /** Speaks against the model: see {@link #isAtFault}. */
  private int doubt;

  /** Reads since there was no doubt, and those of them that the model failed on. */
  private int doubtful;

  private int doubtfulFailed;

  /**
   * @param tempo what the queue and the batches follow; empty if both stay as they are
   * @param queueTokens tokens that may wait while the model is current, as far as is known before
   *     it has answered anything
   */
  Tenure(WatchedModel<A> model, Batcher<Piece<A>> queue, Optional<Tempo> tempo, long queueTokens) {
    this.model = model;
    this.queue = queue;
    this.tempo = tempo;
    this.firstQueueTokens = queueTokens;
    fit();
  }

  /** Tokens that may wait while the model is current. */
  long queueTokens() {
    return tempo.map(Tempo::queueTokens).orElse(firstQueueTokens);
  }

  /** Takes into account how long a batch took: see {@link Tempo#answered}. */
  void timed(long tokens, boolean full, long nanos) {
    tempo.ifPresent(each -> each.answered(tokens, full, nanos));
    fit();
  }

  /** Whether a batch of so many rows takes no other that is as wide. */
  boolean isFull(int rows, int width) {
    return tempo.filter(each -> (rows + 1L) * width > each.batchTokens()).isPresent();
  }

  private void fit() {
    tempo.ifPresent(each -> queue.limit(each.batchTokens()));
  }

  /** The model that answers where this one fails; null if there is none. */
  Tenure<A> fallback() {
    return fallback;
  }

  /** Follows another, which is kept; or what that one kept, unless it does as well. */
  void follow(Tenure<A> before) {
    boolean asGood = before.proven && before.failures == 0;
    fallback = asGood || before.fallback == null ? before : before.fallback;
    fallback.hold(1);
  }

  /** Gives up the model that was kept; returns it to be released once. Null if there is none. */
  Tenure<A> dropFallback() {
    Tenure<A> dropped = fallback;
    fallback = null;
    return dropped;
  }

  /** Counts a read that the model has answered. */
  void answered() {
    proven = true;
    failures <<= 1;
    doubt(-1);
  }

  /** Counts a read that the model has failed on. */
  void failed() {
    failures = failures << 1 | 1;
    doubtfulFailed++;
    doubt(ANSWERED_FOR_ONE);
  }

  private void doubt(int more) {
    doubtful++;
    doubt = Math.max(0, doubt + more);
    if (doubt == 0) {
      doubtful = 0;
      doubtfulFailed = 0;
    }
  }

  /** Whether the model failed on too many reads that another answers. */
  boolean failsTooOften() {
    return Long.bitCount(failures) >= TOO_MANY;
  }

  /** Whether reads that failed may yet turn out to be the model's fault. */
  boolean isInDoubt() {
    return doubt > 0;
  }

  /**
   * Whether the model fails on so many reads that it must be at fault, and not they, though it
   * answers one that is known to be good. A failure speaks against it as much as three answers
   * speak for it, and eight more than those do are enough: eight failures in a row, nine of twelve
   * reads, twelve of 24, about 24 of 72; while one of ten may fail for ever.
   */
  boolean isAtFault() {
    return doubt >= TOO_MANY * ANSWERED_FOR_ONE;
  }

  /** How many reads the model failed on of how many, since nothing spoke against it. */
  String failures() {
    return "%d of the last %d reads".formatted(doubtfulFailed, doubtful);
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

  /** Never asked again: the model before is current again. */
  void dismiss() {
    dismissed = true;
  }

  boolean isDismissed() {
    return dismissed;
  }

  /** Current again, of which nobody has been told that it is over: somebody holds it. */
  void reinstate() {
    retired = false;
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
