package io.readlens.stream.cli;

import io.readlens.model.terminal.LiveView;
import io.readlens.stream.replay.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How far a replay has come: on a terminal one line that is redrawn, else a line every few seconds.
 *
 * <p>Threading: one thread.
 */
final class ReplayProgress implements Consumer<Progress>, AutoCloseable {
  private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final Optional<LiveView> live;
  private final LongSupplier nanoTime;
  private final long start;
  private long shown;
  private Progress latest;

  /**
   * @param out where lines go if there is no live view
   * @param live empty if nobody watches
   * @param nanoTime as {@link System#nanoTime}
   */
  ReplayProgress(PrintStream out, Optional<LiveView> live, LongSupplier nanoTime) {
    this.out = out;
    this.live = live;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.shown = start;
  }

  static ReplayProgress onStandardError() {
    return new ReplayProgress(System.err, LiveView.onError(), System::nanoTime);
  }

  @Override
  public void accept(Progress progress) {
    latest = progress;
    long now = nanoTime.getAsLong();
    if (now - shown >= (live.isPresent() ? REDRAW_NANOS : LINE_NANOS)) {
      shown = now;
      show(now);
    }
  }

  /** Leaves the last state on the terminal. */
  @Override
  public void close() {
    if (live.isPresent() && latest != null) {
      show(nanoTime.getAsLong());
    }
    live.ifPresent(LiveView::close);
  }

  private void show(long now) {
    if (live.isPresent()) {
      live.get().show(List.of(line(now)));
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
    if (live.isEmpty()) {
      return percent + reads;
    }
    int full = (int) Math.floor(share * WIDTH);
    return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + percent + reads;
  }
}
