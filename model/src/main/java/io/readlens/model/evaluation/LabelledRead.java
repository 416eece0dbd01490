package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;

/**
 * A read whose taxa are known, or of which it is known that it is background.
 *
 * @param bases its bases
 * @param tokens its tokens
 * @param genome what it was cut from: the unit that is drawn when intervals are bootstrapped
 * @param superkingdom index of its superkingdom among the labels; -1 where unknown
 * @param phylum index of its phylum; -1 where unknown
 * @param genus index of its genus; -1 where unknown
 * @param background index of its kind of background; -1 where it is an organism's
 */
public record LabelledRead(
    Read bases,
    TokenizedRead tokens,
    String genome,
    int superkingdom,
    int phylum,
    int genus,
    int background) {

  /** An organism's. */
  public LabelledRead(
      Read bases, TokenizedRead tokens, String genome, int superkingdom, int phylum, int genus) {
    this(bases, tokens, genome, superkingdom, phylum, genus, -1);
  }

  /** Background of a kind. */
  public static LabelledRead ofBackground(
      Read bases, TokenizedRead tokens, String source, int kind) {
    return new LabelledRead(bases, tokens, source, -1, -1, -1, kind);
  }

  /** Index of its taxon at a rank; -1 where unknown. */
  public int label(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }
}
