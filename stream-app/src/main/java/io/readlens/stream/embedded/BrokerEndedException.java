package io.readlens.stream.embedded;

/** The embedded broker has ended by itself; the message says how, and names its log. */
public final class BrokerEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokerEndedException(String message) {
    super(message);
  }
}
