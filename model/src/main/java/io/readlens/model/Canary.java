package io.readlens.model;

import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A read that tells whether a model works: a sound one calls it at every rank, and one that fails
 * on it can answer nothing.
 *
 * @see ExplainedClassifier#requireSound
 */
public final class Canary {
  static final String BASES =
      "TTGGGTCTGCAGATCACATCGTTGGCGTAGTTGAAATACGCGCGTTTTTGTTGTTCAAAAAGCTTGTTCT"
          + "CATCAATTGACGCTCCCTTATCAAGCGTGTGGGCATTGGGATCGCTTCTTTTTGGCACTCTTAAAAAAGT"
          + "CGCTTGGGCATAAGGCATGTTCTCATTGATTTTTAACACAAACTTAGCGTTTCGTTTGTTGAGCGCTTTT"
          + "AGAATGTTGTAATACCCATTGACTTGTTCTAACGAACCTGTGATGATGATGAGATCCGCATAAGTCCCCA"
          + "TCGCTCTTGTTTTGATAATGGGGTTTTCTATGGATAAATAGTTGTTGTAATCCAATAGATCCATAGCGTA"
          + "GAGATAGGTTTTGTCTTTCAAAGCGCTATTACCAAACCAATCCCCAAAGC";

  /** 400 bases of Helicobacter. */
  public static final TokenizedRead READ = Tokenizer.tokenize(Read.of("canary", BASES));

  /** How far the probabilities of a rank may be from one together. */
  private static final double ROUNDING = 1e-3;

  private Canary() {}

  /** See {@link ExplainedClassifier#requireSound}. */
  static void ask(ExplainedClassifier model, TokenizedRead read) {
    List<TokenizedRead> asked = List.of(read);
    requireOne(model, model.probabilities(asked).get(0));
    requireOne(model, model.probabilities(asked, everySecond(read)).get(0));
    List<Taxon> taxa = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      taxa.addAll(model.taxonomy().taxa(rank));
    }
    List<Mask> masks = model.masks(asked, List.of(taxa)).get(0);
    if (masks.size() != taxa.size()) {
      throw new IllegalStateException(masks.size() + " masks of " + taxa.size() + " taxa");
    }
    model.explain(List.of(read, ofSeveralWindows(model, read)));
  }

  private static IntFunction<float[]> everySecond(TokenizedRead read) {
    float[] gate = new float[read.tokens()];
    for (int token = 0; token < gate.length; token += 2) {
      gate[token] = 1;
    }
    return index -> gate;
  }

  private static void requireOne(ExplainedClassifier model, TaxonProbabilities probabilities) {
    boolean leaves = !model.taxonomy().background().isEmpty();
    for (Rank rank : Rank.values()) {
      double sum = model.taxonomy().taxa(rank).stream().mapToDouble(probabilities::of).sum();
      // Where background is known, a read may be of a taxon without a label, or of no taxon.
      double left = 1 - sum - (leaves ? probabilities.ofBackground() : 0);
      boolean mayLack = leaves && rank != Rank.SUPERKINGDOM;
      boolean sound = mayLack ? left > -ROUNDING : Math.abs(left) < ROUNDING;
      if (!sound) {
        throw new IllegalStateException(
            "the probabilities of rank " + rank.label() + " sum to " + sum);
      }
    }
  }

  /** The read, again and again until it no longer fits into one window. */
  private static TokenizedRead ofSeveralWindows(ExplainedClassifier model, TokenizedRead read) {
    StringBuilder bases = new StringBuilder();
    TokenizedRead longer = read;
    while (model.windows(longer).size() == 1) {
      bases.append(BASES);
      longer = Tokenizer.tokenize(Read.of(read.id(), bases.toString()));
    }
    return longer;
  }
}
