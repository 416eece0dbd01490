package io.readlens.stream.connect;

/** Brokers or registry cannot be used; the message is one line: connection, cause, setting. */
public final class ConnectionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConnectionException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Servers choose some of the words. */
  static String oneLine(String words) {
    return words.replaceAll("\\p{Cc}+", " ");
  }
}
