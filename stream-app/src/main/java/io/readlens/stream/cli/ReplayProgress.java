package io.readlens.stream.cli;

import io.readlens.stream.replay.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How far a replay has come, for whom it may concern: on a terminal one line that is redrawn, else
 * a line every few seconds.
 *
 * <p>Threading: one thread.
 */
final class ReplayProgress implements Consumer<Progress>, AutoCloseable {
  private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean redraw;
  private final LongSupplier nanoTime;
  private final long start;
  private long shown;
  private Progress latest;

  /**
   * @param redraw whether {@code out} is a terminal
   * @param nanoTime as {@link System#nanoTime}
   */
  ReplayProgress(PrintStream out, boolean redraw, LongSupplier nanoTime) {
    this.out = out;
    this.redraw = redraw;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.shown = start;
  }

  static ReplayProgress onStandardError() {
    return new ReplayProgress(System.err, Terminal.isError(), System::nanoTime);
  }

  @Override
  public void accept(Progress progress) {
    latest = progress;
    long now = nanoTime.getAsLong();
    if (now - shown >= (redraw ? REDRAW_NANOS : LINE_NANOS)) {
      shown = now;
      show(now);
    }
  }

  /** Leaves the last state on the terminal, and the cursor on the next line; the stream open. */
  @Override
  public void close() {
    if (redraw && latest != null) {
      show(nanoTime.getAsLong());
      out.println();
    }
  }

  private void show(long now) {
    if (redraw) {
      // The line may have become shorter: clear to its end.
      out.print("\r" + line(now) + "\u001B[K");
      out.flush();
    } else {
      out.println(line(now));
    }
  }

  private String line(long now) {
    double seconds = Math.max(1, now - start) / NANOS_PER_SECOND;
    String reads =
        String.format(Locale.ROOT, "%,d reads, %,.0f/s", latest.reads(), latest.reads() / seconds);
    // A pipe has no size.
    if (latest.bytesTotal() <= 0 || latest.bytesRead() > latest.bytesTotal()) {
      return reads;
    }
    double share = (double) latest.bytesRead() / latest.bytesTotal();
    String percent = String.format(Locale.ROOT, "%3.0f %%  ", 100 * share);
    if (!redraw) {
      return percent + reads;
    }
    int full = (int) Math.floor(share * WIDTH);
    return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + percent + reads;
  }
}
