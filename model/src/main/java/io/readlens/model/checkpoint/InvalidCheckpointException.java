package io.readlens.model.checkpoint;

/**
 * A checkpoint that cannot be trusted; the message names the file, what is wrong and what to do.
 */
public final class InvalidCheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidCheckpointException(String message) {
    super(message);
  }

  public InvalidCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
