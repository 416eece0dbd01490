package io.readlens.stream.checkpoints;

/** A checkpoint that is not taken; the message says why. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  private RefusedException(String reason, boolean mayPass, Throwable cause) {
    super(reason, cause);
    this.mayPass = mayPass;
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

  /** Whether it is worth trying again later. */
  boolean mayPass() {
    return mayPass;
  }
}
