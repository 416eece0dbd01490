package io.readlens.stream.ledger;

/**
 * The reads topic is not the one any more that was read: somebody deleted it, and created another
 * of its name. Where the application had got in the one says nothing about the other, so that it
 * must begin again.
 */
public final class ReadsAnewException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReadsAnewException(String message) {
    super(message);
  }
}
