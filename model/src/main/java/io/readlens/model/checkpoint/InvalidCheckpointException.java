package io.readlens.model.checkpoint;

import io.readlens.model.text.Legible;

/**
 * A checkpoint that cannot be trusted; the message names the file, what is wrong and what to do. It
 * is one line of bounded length without control characters, whatever the files hold.
 */
public final class InvalidCheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Characters of a message: enough for a path and a reason. */
  private static final int LONGEST = 500;

  private final boolean incomplete;

  private InvalidCheckpointException(String message, boolean incomplete, Throwable cause) {
    super(Legible.of(message, LONGEST), cause);
    this.incomplete = incomplete;
  }

  public InvalidCheckpointException(String message) {
    this(message, false, null);
  }

  public InvalidCheckpointException(String message, Throwable cause) {
    this(message, false, cause);
  }

  /** What lies there is not all that belongs there: perhaps it is still being copied. */
  static InvalidCheckpointException incomplete(String message, Throwable cause) {
    return new InvalidCheckpointException(message, true, cause);
  }

  /**
   * Whether files are missing, differ from their digests or cannot be read, so that it may be a
   * sound checkpoint another time; false if it is whole and no good.
   */
  public boolean isIncomplete() {
    return incomplete;
  }
}
