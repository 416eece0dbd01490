package io.readlens.model.read;

/**
 * A read whose bases cannot be a nucleotide sequence; the message names the base and where it is.
 */
public final class InvalidReadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidReadException(String message) {
    super(message);
  }
}
