package io.readlens.stream.worker;

/** The model fails on this read alone, while it answers a read that is known to be good. */
public final class ReadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReadFailedException(String readId, Throwable cause) {
    super("the model fails on read " + readId + " alone: " + cause, cause);
  }
}
