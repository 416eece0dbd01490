package io.readlens.model.network;

import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead.Window;

/**
 * The Explainer's last layers in plain Java, for states that have left the device: those of the
 * windows of a read, which is called something once all of them are known. Immutable.
 */
public interface MaskHead {
  /**
   * The mask of one taxon.
   *
   * @param read what the classifier says of the whole read, at no temperature
   * @param taxon counted over all ranks
   */
  OfTaxon of(TaxonProbabilities read, int taxon);

  /** Makes a taxon's mask of each of a read's windows. */
  interface OfTaxon {
    /**
     * @param states [T,W] of the window's places, row after row
     * @param window of the read
     * @return [T] scores in [0, 1]; those of hidden places are to be ignored
     */
    float[] scores(float[] states, Window window);
  }
}
