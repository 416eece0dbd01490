package io.readlens.stream.cli;

import io.readlens.avro.Rank;
import io.readlens.model.terminal.LiveView;
import io.readlens.model.terminal.Terminal;
import io.readlens.model.text.Legible;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows the demo: redrawn in place on a terminal, a line now and then elsewhere.
 *
 * <p>Threading: one thread.
 */
final class DemoScreen implements AutoCloseable {
  private static final int BAR = 40;
  private static final int PHYLA = 10;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(3);

  private final PrintStream out;
  private final Optional<LiveView> live;
  private final boolean colour;
  private long lastLine;
  private boolean begun;

  /**
   * @param out where lines go; those above the live view, if there is one
   * @param live empty if nobody watches
   * @param colour whether the read is painted
   */
  DemoScreen(PrintStream out, Optional<LiveView> live, boolean colour) {
    this.out = out;
    this.live = live;
    this.colour = colour;
  }

  /** On standard output. While it is open, all that is logged appears above what it draws. */
  static DemoScreen open() {
    Optional<LiveView> live = LiveView.onOutput();
    return new DemoScreen(System.out, live, Terminal.isOutputPainted());
  }

  /** Says what is going on before there is anything to draw, or after. */
  void say(String line) {
    out.println(Legible.of(line));
    out.flush();
  }

  /**
   * Draws the state of things.
   *
   * @param total reads that will come; 0 while it is not known
   * @param readsPerSecond since the first outcome
   */
  void draw(DemoTally tally, long total, double readsPerSecond, long nowNanos) {
    if (live.isPresent()) {
      live.get().show(frame(tally, total, readsPerSecond));
    } else if (!begun || nowNanos - lastLine >= BETWEEN_LINES.toNanos()) {
      begun = true;
      lastLine = nowNanos;
      say(progress(tally.outcomes(), total, readsPerSecond));
    }
  }

  private static List<String> frame(DemoTally tally, long total, double readsPerSecond) {
    List<String> lines = new ArrayList<>();
    lines.add(progress(tally.outcomes(), total, readsPerSecond));
    lines.addAll(taxa(tally));
    lines.add(tally.ledger());
    return lines;
  }

  private static String progress(long done, long total, double readsPerSecond) {
    double share = total == 0 ? 0 : Math.min(1, (double) done / total);
    int filled = (int) Math.round(share * BAR);
    return String.format(
        Locale.ROOT,
        "explained [%s%s] %3.0f %%  %,d of %s reads  %.0f reads/s",
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        100 * share,
        done,
        total == 0 ? "?" : String.format(Locale.ROOT, "%,d", total),
        readsPerSecond);
  }

  /** The end: the taxa, one painted read, the ledger. */
  void finish(DemoTally tally, long total, double readsPerSecond) {
    if (live.isPresent()) {
      live.get().show(frame(tally, total, readsPerSecond));
      live.get().settle();
    } else {
      say(progress(tally.outcomes(), total, readsPerSecond));
      taxa(tally).forEach(out::println);
    }
    tally
        .bestRead()
        .ifPresent(
            read -> {
              out.println();
              out.println("one read, and the bases that say so:");
              out.println(new ReadPainter(colour).spans(read));
            });
    out.println(tally.ledger());
    out.flush();
  }

  /** Leaves what is drawn, and gives the streams back. */
  @Override
  public void close() {
    live.ifPresent(LiveView::close);
  }

  private static List<String> taxa(DemoTally tally) {
    List<String> lines = new ArrayList<>();
    lines.add(
        tally.knowsTruth()
            ? String.format("%-14s %-28s %8s %8s %8s", "", "", "present", "called", "right")
            : String.format("%-14s %-28s %8s", "", "", "called"));
    addTaxa(lines, tally, Rank.SUPERKINGDOM, 4);
    addTaxa(lines, tally, Rank.PHYLUM, PHYLA);
    return lines;
  }

  private static void addTaxa(List<String> lines, DemoTally tally, Rank rank, int most) {
    String label = rank.name().toLowerCase(Locale.ROOT);
    for (DemoTally.Found taxon : tally.taxa(rank, most)) {
      String name = Legible.of(taxon.name());
      lines.add(
          tally.knowsTruth()
              ? String.format(
                  Locale.ROOT,
                  "%-14s %-28s %8d %8d %8d",
                  label,
                  name,
                  taxon.present(),
                  taxon.called(),
                  taxon.right())
              : String.format(Locale.ROOT, "%-14s %-28s %8d", label, name, taxon.called()));
      label = "";
    }
  }
}
