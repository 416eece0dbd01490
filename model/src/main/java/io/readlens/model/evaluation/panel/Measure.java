package io.readlens.model.evaluation.panel;

/** What is counted of a row of reads, as a share of those that it can be counted of. */
public enum Measure {
  CALLED("called"),
  /** Of the reads whose truth is known there. */
  WRONG("called wrong"),
  /** Of the calls whose truth is known. */
  RIGHT_OF_CALLED("right of those called"),
  /** Of the reads of a label, whether they are called or not. */
  MOST_PROBABLE("most probable taxon right"),
  /** Of the original's calls at the rank. */
  KEPT("called as the original"),
  /** Of the original's calls at the rank. */
  CHANGED("called another than the original"),
  SAME_CALLS("all calls as the original"),
  /** Calls, spans and, to a ten-thousandth, probabilities. */
  SAME_RECORD("calls, spans and probabilities as the original"),
  SPAN_OUTSIDE("a span on what was added"),
  TOO_LITTLE("called nothing, for too little to read"),
  UNLIKE("called nothing, as unlike what was learned"),
  BACKGROUND("called background");

  private final String label;

  Measure(String label) {
    this.label = label;
  }

  /** Whether it is one figure a read, not one a rank. */
  boolean isOfWholeReads() {
    return compareTo(SAME_CALLS) >= 0;
  }

  /** In words. */
  @Override
  public String toString() {
    return label;
  }
}
