package io.readlens.stream.checkpoints;

import java.util.concurrent.CompletableFuture;

/** A checkpoint that is not taken; the message says why. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  /** Completes when a thread that was left behind has come back. */
  private final transient CompletableFuture<?> left;

  private RefusedException(
      String reason, boolean mayPass, Throwable cause, CompletableFuture<?> left) {
    super(reason, cause);
    this.mayPass = mayPass;
    this.left = left;
  }

  private RefusedException(String reason, boolean mayPass, Throwable cause) {
    this(reason, mayPass, cause, CompletableFuture.completedFuture(null));
  }

  /** The checkpoint or its announcement is at fault. */
  static RefusedException forGood(String reason) {
    return new RefusedException(reason, false, null);
  }

  static RefusedException forGood(String reason, Throwable cause) {
    return new RefusedException(reason, false, cause);
  }

  /** What it needs is not there now. */
  static RefusedException forNow(String reason, Throwable cause) {
    return new RefusedException(reason, true, cause);
  }

  /** A refusal while a thread is still at work. */
  RefusedException leaving(CompletableFuture<?> work) {
    return new RefusedException(getMessage(), mayPass, getCause(), work);
  }

  /** Completes when no thread is at work for it any more. */
  CompletableFuture<?> left() {
    return left;
  }

  /** Whether it is worth trying again later. */
  boolean mayPass() {
    return mayPass;
  }
}
