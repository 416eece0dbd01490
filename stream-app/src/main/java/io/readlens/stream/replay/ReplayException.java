package io.readlens.stream.replay;

/** A replay ended early; the message is one line, says why and how many reads were sent. */
public final class ReplayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long sent;

  ReplayException(String why, long sent, Throwable cause) {
    super(why + "; " + (sent == 1 ? "1 read was" : sent + " reads were") + " sent", cause);
    this.sent = sent;
  }

  /** How many reads the brokers have acknowledged. */
  public long sent() {
    return sent;
  }
}
