package io.readlens.stream.topics;

/** The topics cannot be asked for, created or used; the message is one line and says why. */
public final class TopicsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicsException(String message) {
    super(message);
  }

  TopicsException(String message, Throwable cause) {
    super(message, cause);
  }
}
