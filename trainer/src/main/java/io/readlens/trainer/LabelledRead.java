package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.TokenizedRead;

/**
 * A read whose taxa are known.
 *
 * @param read its tokens
 * @param genome what it was cut from
 * @param superkingdom index of its superkingdom among the labels
 * @param phylum index of its phylum
 * @param genus index of its genus; -1 where none is named
 */
record LabelledRead(TokenizedRead read, Genome genome, int superkingdom, int phylum, int genus) {
  /** Index of its taxon at a rank; -1 where none is named. */
  int label(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }
}
