package io.readlens.model.evaluation.panel;

import io.readlens.model.read.Rank;

/**
 * What a read is, by the names of labels: {@link #UNKNOWN} where nobody knows, so that no call is
 * judged, and {@link #NONE} where the read belongs to no label, so that every call is wrong.
 *
 * @param superkingdom name of its superkingdom
 * @param phylum name of its phylum
 * @param genus name of its genus
 */
public record Truth(String superkingdom, String phylum, String genus) {
  /** Nobody knows. */
  public static final String UNKNOWN = "NA";

  /** No label. */
  public static final String NONE = "none";

  /** The truth of what is no organism. */
  public static final Truth NOTHING = new Truth(NONE, NONE, NONE);

  /** Its name at a rank. */
  public String name(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }

  /** Whether a call at a rank can be judged. */
  boolean judges(Rank rank) {
    return !name(rank).equals(UNKNOWN);
  }

  /** Whether there is a label that a call at a rank should name. */
  boolean isLabel(Rank rank) {
    return judges(rank) && !name(rank).equals(NONE);
  }
}
