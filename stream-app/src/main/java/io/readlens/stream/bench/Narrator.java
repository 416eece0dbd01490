package io.readlens.stream.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Says on a stream what is going on, and how far it has come every few seconds.
 *
 * <p>Threading: one thread.
 */
final class Narrator {
  private static final long QUIET_NANOS = Duration.ofSeconds(3).toNanos();

  private final PrintStream out;
  private final long start = System.nanoTime();
  private String step = "";
  private long lastSaid = start;

  Narrator(PrintStream out) {
    this.out = out;
  }

  /** A step begins. */
  void begin(String what) {
    step = what;
    say(what);
  }

  /** So much of the step is done. */
  void done(long part, long whole) {
    if (System.nanoTime() - lastSaid > QUIET_NANOS) {
      say(String.format(Locale.ROOT, "%s: %,d of %,d", step, Math.min(part, whole), whole));
    }
  }

  private void say(String what) {
    lastSaid = System.nanoTime();
    out.printf(Locale.ROOT, "[%3d s] %s%n", Duration.ofNanos(lastSaid - start).toSeconds(), what);
    out.flush();
  }
}
