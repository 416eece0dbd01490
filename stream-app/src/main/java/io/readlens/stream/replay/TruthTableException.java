package io.readlens.stream.replay;

/** A table of true taxa cannot be used; the message is one line and names file, line and fault. */
public final class TruthTableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TruthTableException(String message, Throwable cause) {
    super(message, cause);
  }
}
