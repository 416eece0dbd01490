package io.readlens.stream.topology;

/** The application cannot start; the message says, in one line, what to do about it. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
