package io.readlens.model.evaluation.panel;

import java.util.List;

/**
 * Reads of one question, in rows.
 *
 * @param name in files, lower case, unique
 * @param title what people call it
 * @param note what its reads are, and what is wanted of them
 * @param scoring how it is scored
 * @param measures what is counted of every row
 * @param rows none if it is left out
 * @param leftOut why it is; empty if it is not
 */
public record Panel(
    String name,
    String title,
    String note,
    Scoring scoring,
    List<Measure> measures,
    List<Row> rows,
    String leftOut) {
  /** How a panel is scored, besides its measures. */
  public enum Scoring {
    /** Not at all. */
    MEASURES,
    /** And the naive Bayes is asked, too. */
    COMPARED,
    /** And the spans of the originals are shown alone. */
    SPANS,
    /** And what kinds of background are named is counted. */
    BACKGROUND,
    /** And the known reads of the first row are held against the novel ones of the second. */
    NOVELTY,
    /** And each row is a sample whose composition is estimated. */
    MIXTURE
  }

  /**
   * Reads of one kind.
   *
   * @param name what they are
   * @param reads possibly none
   */
  public record Row(String name, List<PanelRead> reads) {
    public Row {
      reads = List.copyOf(reads);
    }
  }

  public Panel {
    measures = List.copyOf(measures);
    rows = List.copyOf(rows);
  }
}
