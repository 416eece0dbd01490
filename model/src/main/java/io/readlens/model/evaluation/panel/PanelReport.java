package io.readlens.model.evaluation.panel;

import io.readlens.model.evaluation.Hits.Interval;
import io.readlens.model.read.Rank;
import java.util.List;

/**
 * What a panel showed.
 *
 * @param name of the panel, in files
 * @param title of the panel, for people
 * @param note what its reads are and what is wanted of them, or why it was left out
 * @param lines its figures; none if it was left out
 * @param tradeoffs what thresholds of the genus trade; only of the panel of novel genera
 */
public record PanelReport(
    String name, String title, String note, List<Line> lines, List<Tradeoff> tradeoffs) {
  /**
   * A figure of a row.
   *
   * @param row what reads
   * @param by who called them: {@link #MODEL} or {@link #NAIVE_BAYES}
   * @param measure what was counted
   * @param reads how many reads the row has
   * @param values with their 95 % intervals: three, of the ranks from the root down, or one of
   *     whole reads; NaN where nothing could be counted
   */
  public record Line(String row, String by, String measure, int reads, List<Interval> values) {
    /** The checkpoint. */
    public static final String MODEL = "checkpoint";

    /** The 6-mer naive Bayes, which always calls. */
    public static final String NAIVE_BAYES = "naive Bayes";

    public Line {
      values = List.copyOf(values);
    }

    /** Whether it is one figure of whole reads, the first value. */
    public boolean isOfWholeReads() {
      return values.size() == 1;
    }

    /** The figure of a rank, where there is one a rank. */
    public Interval of(Rank rank) {
      return values.get(List.of(Rank.values()).indexOf(rank));
    }
  }

  /**
   * What a least probability of the genus gives.
   *
   * @param threshold the probability
   * @param knownCalled share of the reads of known genera that reach it
   * @param precision share of these that are right; NaN where none is called
   * @param novelCalled share of the reads of novel genera that reach it
   */
  public record Tradeoff(
      double threshold, double knownCalled, double precision, double novelCalled) {}

  public PanelReport {
    lines = List.copyOf(lines);
    tradeoffs = List.copyOf(tradeoffs);
  }
}
