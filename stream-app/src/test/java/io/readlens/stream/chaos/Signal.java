package io.readlens.stream.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What Java cannot send to a process. */
enum Signal {
  STOP,
  CONT;

  /** Sends it, by the {@code kill} of POSIX. */
  void send(long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name(), Long.toString(pid)).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name() + " " + pid + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling", e);
    }
  }
}
