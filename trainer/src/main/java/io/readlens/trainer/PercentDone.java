package io.readlens.trainer;

import io.readlens.model.terminal.LiveView;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * How much of something is done: on a terminal one line that is redrawn, else a line for every
 * tenth.
 *
 * <p>Threading: any thread; of what comes out of order, the most counts.
 */
final class PercentDone implements IntConsumer, AutoCloseable {
  private static final int TENTH = 10;

  private final String what;
  private final PrintStream out;
  private final Optional<LiveView> live;
  private int most = -1;

  /**
   * @param what is being done, as a participle
   * @param out where lines go if there is no live view
   * @param live empty if nobody watches
   */
  PercentDone(String what, PrintStream out, Optional<LiveView> live) {
    this.what = what;
    this.out = out;
    this.live = live;
  }

  static PercentDone onStandardError(String what) {
    return new PercentDone(what, System.err, LiveView.onError());
  }

  @Override
  public synchronized void accept(int percent) {
    if (percent <= most) {
      return;
    }
    String line = String.format(Locale.ROOT, "%s %3d %%", what, percent);
    if (live.isPresent()) {
      live.get().show(List.of(line));
    } else if (percent / TENTH > most / TENTH || most < 0) {
      out.println(line);
    }
    most = percent;
  }

  /** Leaves the last state on the terminal. */
  @Override
  public void close() {
    live.ifPresent(LiveView::close);
  }
}
