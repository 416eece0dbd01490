package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;

/**
 * A read whose taxa are known.
 *
 * @param bases its bases
 * @param tokens its tokens
 * @param genome what it was cut from: the unit that is drawn when intervals are bootstrapped
 * @param superkingdom index of its superkingdom among the labels; -1 where unknown
 * @param phylum index of its phylum; -1 where unknown
 * @param genus index of its genus; -1 where unknown
 */
public record LabelledRead(
    Read bases, TokenizedRead tokens, String genome, int superkingdom, int phylum, int genus) {
  /** Index of its taxon at a rank; -1 where unknown. */
  public int label(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }
}
