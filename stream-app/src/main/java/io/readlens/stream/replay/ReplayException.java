package io.readlens.stream.replay;

import io.readlens.model.io.UnreadFiles;
import java.nio.file.Path;
import java.util.List;

/** A replay ended early; the message is one line, says why and how many reads were sent. */
public final class ReplayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long sent;

  ReplayException(String why, long sent, Throwable cause) {
    super(why + "; " + (sent == 1 ? "1 read was" : sent + " reads were") + " sent", cause);
    this.sent = sent;
  }

  private ReplayException(ReplayException failure, String unread) {
    super(failure.getMessage() + "; " + unread, failure.getCause());
    this.sent = failure.sent;
  }

  /** The same, with the files that were not begun named. */
  ReplayException leaving(List<Path> files) {
    return files.isEmpty() ? this : new ReplayException(this, UnreadFiles.named(files));
  }

  /** How many reads the brokers have acknowledged. */
  public long sent() {
    return sent;
  }
}
