package io.readlens.model.read;

import java.util.Locale;

/** The ranks that a read is called at, from the root down. */
public enum Rank {
  SUPERKINGDOM,
  PHYLUM,
  GENUS;

  /** The rank's name as files and JSON write it: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The next rank towards the root.
   *
   * @throws IllegalStateException for the superkingdom
   */
  public Rank above() {
    return switch (this) {
      case SUPERKINGDOM -> throw new IllegalStateException("no rank is above the superkingdom");
      case PHYLUM -> SUPERKINGDOM;
      case GENUS -> PHYLUM;
    };
  }
}
