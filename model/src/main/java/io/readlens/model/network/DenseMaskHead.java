package io.readlens.model.network;

import io.readlens.model.read.TaxonProbabilities;

/**
 * An LSTM's or a SHARED Explainer's last layers: batch norm, dense layer, sigmoid. The norm is
 * folded into the dense layer's weights.
 */
final class DenseMaskHead implements MaskHead {
  /** For each taxon 4H weights. */
  private final float[][] weights;

  private final float[] offsets;

  DenseMaskHead(Tensors explainer, double normEps) {
    float[] scale = explainer.get("explainer.norm.weight").toFloatArray();
    float[] shift = explainer.get("explainer.norm.bias").toFloatArray();
    float[] mean = explainer.get("explainer.norm.running_mean").toFloatArray();
    float[] variance = explainer.get("explainer.norm.running_var").toFloatArray();
    float[] dense = explainer.get("explainer.output.weight").toFloatArray();
    float[] bias = explainer.get("explainer.output.bias").toFloatArray();
    int width = scale.length;
    weights = new float[bias.length][width];
    offsets = new float[bias.length];
    for (int taxon = 0; taxon < bias.length; taxon++) {
      double offset = bias[taxon];
      for (int i = 0; i < width; i++) {
        double weight = dense[taxon * width + i];
        double factor = scale[i] / Math.sqrt(variance[i] + normEps);
        weights[taxon][i] = (float) (weight * factor);
        offset += weight * (shift[i] - mean[i] * factor);
      }
      offsets[taxon] = (float) offset;
    }
  }

  @Override
  public OfTaxon of(TaxonProbabilities read, int taxon) {
    return (states, window) -> scores(states, taxon);
  }

  private float[] scores(float[] states, int taxon) {
    float[] weight = weights[taxon];
    int width = weight.length;
    float[] scores = new float[states.length / width];
    for (int t = 0; t < scores.length; t++) {
      int from = t * width;
      double logit = offsets[taxon];
      for (int i = 0; i < width; i += 4) {
        // Four hidden units at once: the width is four times the LSTM's.
        logit +=
            states[from + i] * weight[i]
                + states[from + i + 1] * weight[i + 1]
                + (states[from + i + 2] * weight[i + 2] + states[from + i + 3] * weight[i + 3]);
      }
      scores[t] = (float) (1 / (1 + Math.exp(-logit)));
    }
    return scores;
  }
}
