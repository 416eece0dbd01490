package io.readlens.model;

/**
 * Whether a call's spans carry it. The read is looked at as received and in no other view, {@code
 * <cls>} always shown; what is hidden takes part neither in the embedding nor in the pooling.
 *
 * @param sufficiency probability of the called taxon when only the tokens of its spans are shown,
 *     in [0, 1]
 * @param comprehensiveness how much its probability drops when they are hidden and all else is
 *     shown, in [-1, 1]: below 0 where it rises
 */
public record Faithfulness(double sufficiency, double comprehensiveness) {
  public Faithfulness {
    if (!(sufficiency >= 0 && sufficiency <= 1)) {
      throw new IllegalArgumentException("sufficiency outside [0, 1]: " + sufficiency);
    }
    if (!(Math.abs(comprehensiveness) <= 1)) {
      throw new IllegalArgumentException("comprehensiveness outside [-1, 1]: " + comprehensiveness);
    }
  }
}
