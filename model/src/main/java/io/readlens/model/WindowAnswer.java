package io.readlens.model;

import io.readlens.model.read.Mask;
import io.readlens.model.read.TaxonProbabilities;
import java.util.List;

/**
 * What the model said of one window of a read; {@link ExplainedClassifier#merge} makes the read's
 * answer of those of all its windows. Holds plain Java values alone, about 160 kB for a full window
 * of a longer read. Immutable.
 */
public final class WindowAnswer {
  private static final float[] NONE = {};

  private final TaxonProbabilities probabilities;
  private final List<Mask> masks;
  private final float[] states;

  private WindowAnswer(TaxonProbabilities probabilities, List<Mask> masks, float[] states) {
    this.probabilities = probabilities;
    this.masks = masks;
    this.states = states;
  }

  /**
   * The answer for a window that is a whole read.
   *
   * @param masks one for each taxon that the read is called, from the superkingdom down
   */
  public static WindowAnswer ofWhole(TaxonProbabilities probabilities, List<Mask> masks) {
    return new WindowAnswer(probabilities, List.copyOf(masks), NONE);
  }

  /**
   * The answer for a part of a read, whose called taxa are not known yet.
   *
   * @param states [T,4H] the Explainer's states of the window's tokens (no copy is made)
   */
  static WindowAnswer ofPart(TaxonProbabilities probabilities, float[] states) {
    return new WindowAnswer(probabilities, List.of(), states);
  }

  TaxonProbabilities probabilities() {
    return probabilities;
  }

  List<Mask> masks() {
    return masks;
  }

  float[] states() {
    return states;
  }
}
