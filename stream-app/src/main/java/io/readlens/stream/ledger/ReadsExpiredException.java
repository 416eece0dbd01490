package io.readlens.stream.ledger;

/** Reads are gone that nobody has read, and the application was told to stop at that. */
public final class ReadsExpiredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReadsExpiredException(String message) {
    super(message);
  }
}
