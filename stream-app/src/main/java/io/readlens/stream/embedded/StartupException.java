package io.readlens.stream.embedded;

/**
 * The embedded broker or registry could not start. The message is one line, fit for the terminal,
 * and names what to change: the port, the directory or the log to read.
 */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartupException(String message) {
    super(message);
  }

  StartupException(String message, Throwable cause) {
    super(message, cause);
  }

  static StartupException portTaken(String owner, int port) {
    return new StartupException(
        owner + ": port " + port + " on " + Loopback.HOST + " is already in use");
  }
}
