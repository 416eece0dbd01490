package io.readlens.model;

import io.readlens.model.read.Mask;
import io.readlens.model.read.TaxonProbabilities;
import java.util.List;

/**
 * What the model said of one window of a read; {@link ExplainedClassifier#merge} makes the read's
 * answer of those of all its windows. Holds plain Java values alone, some 200 kB for a full window
 * of a longer read. Immutable.
 */
public final class WindowAnswer {
  private static final float[] NONE = {};

  private final float[] logits;
  private final TaxonProbabilities probabilities;
  private final List<Mask> masks;
  private final List<Faithfulness> faithfulness;
  private final float[] states;

  private WindowAnswer(
      float[] logits,
      TaxonProbabilities probabilities,
      List<Mask> masks,
      List<Faithfulness> faithfulness,
      float[] states) {
    this.logits = logits;
    this.probabilities = probabilities;
    this.masks = masks;
    this.faithfulness = faithfulness;
    this.states = states;
  }

  /**
   * What a window says by itself.
   *
   * @param logits [C] of all classes, over all views (no copy is made)
   * @param probabilities what follows from them for a read of this window alone
   */
  static WindowAnswer of(float[] logits, TaxonProbabilities probabilities) {
    return new WindowAnswer(logits, probabilities, List.of(), List.of(), NONE);
  }

  /**
   * The same answer for a window that is a whole read.
   *
   * @param ofCalls one for each taxon that the read is called, from the superkingdom down
   */
  WindowAnswer withMasks(List<Mask> ofCalls) {
    return new WindowAnswer(logits, probabilities, List.copyOf(ofCalls), faithfulness, states);
  }

  /**
   * The same answer for a part of a read, whose called taxa are not known yet.
   *
   * @param ofTokens [T,W] the Explainer's states of the window's tokens (no copy is made)
   */
  WindowAnswer withStates(float[] ofTokens) {
    return new WindowAnswer(logits, probabilities, masks, faithfulness, ofTokens);
  }

  /**
   * The same answer for a whole read, with what its spans were found to carry.
   *
   * @param ofMasks one for each mask
   */
  WindowAnswer with(List<Faithfulness> ofMasks) {
    return new WindowAnswer(logits, probabilities, masks, List.copyOf(ofMasks), states);
  }

  float[] logits() {
    return logits;
  }

  TaxonProbabilities probabilities() {
    return probabilities;
  }

  List<Mask> masks() {
    return masks;
  }

  /** One for each mask; none unless the read was to be put to the test. */
  List<Faithfulness> faithfulness() {
    return faithfulness;
  }

  float[] states() {
    return states;
  }
}
