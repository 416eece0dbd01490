package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.Arrays;
import java.util.List;

/** An EVIDENCE Explainer's masks, see {@link Explainer}; the script's {@code evidence_masks}. */
final class EvidenceMaskHead implements MaskHead {
  /** Added to the variance of a read's evidence. */
  private static final double EPS = 1e-6;

  private final Taxonomy taxonomy;
  private final float[][] heads;
  private final float[] scale;
  private final float[] presence;
  private final float[] offset;
  private final float reach;

  EvidenceMaskHead(TaxonClassifier classifier, Tensors explainer, float reach) {
    taxonomy = classifier.taxonomy();
    heads = new float[taxonomy.classes()][];
    int width = (int) classifier.heads().get(0).getShape().get(1);
    int next = 0;
    for (NDArray head : classifier.heads()) {
      float[] rows = head.toFloatArray();
      for (int from = 0; from < rows.length; from += width) {
        heads[next] = Arrays.copyOfRange(rows, from, from + width);
        next++;
      }
    }
    scale = explainer.get("explainer.output.scale.weight").toFloatArray();
    presence = explainer.get("explainer.output.presence.weight").toFloatArray();
    offset = explainer.get("explainer.output.presence.bias").toFloatArray();
    this.reach = reach;
  }

  @Override
  public OfTaxon of(TaxonProbabilities read, int taxon) {
    Taxon asked = taxonomy.ofClass(taxon);
    double[] direction = direction(read, taxonomy.leaves(asked));
    double present = Math.max(0, Math.log(read.of(asked)) - Explainer.PRESENT);
    double constant = presence[taxon] * present + offset[taxon];
    return (states, window) -> scores(states, window, direction, scale[taxon], constant);
  }

  /** [E] the mean head of some classes less that of all others. */
  private double[] direction(TaxonProbabilities read, List<Integer> leaves) {
    double[] prior = taxonomy.leafPrior();
    boolean[] inside = new boolean[prior.length];
    leaves.forEach(leaf -> inside[leaf] = true);
    double[] weights = new double[prior.length];
    double ofInside = Double.MIN_NORMAL;
    double ofOutside = Double.MIN_NORMAL;
    for (int leaf = 0; leaf < prior.length; leaf++) {
      // Half the logits: P is prior e^logit, over the sum.
      weights[leaf] = Math.sqrt(prior[leaf] * read.ofClass(leaf));
      ofInside += inside[leaf] ? weights[leaf] : 0;
      ofOutside += inside[leaf] ? 0 : weights[leaf];
    }
    double[] direction = new double[heads[0].length];
    for (int leaf = 0; leaf < prior.length; leaf++) {
      double weight = inside[leaf] ? weights[leaf] / ofInside : -weights[leaf] / ofOutside;
      for (int i = 0; i < direction.length; i++) {
        direction[i] += weight * heads[leaf][i];
      }
    }
    return direction;
  }

  private float[] scores(
      float[] states, Window window, double[] direction, double slope, double constant) {
    boolean[] shown = new boolean[window.places()];
    for (int token = window.from(); token < window.to(); token++) {
      shown[window.place(token)] |= !window.read().isHidden(token);
    }
    double[] beyond = beyond(evidence(states, direction), shown);
    float[] scores = new float[beyond.length];
    for (int t = 0; t < scores.length; t++) {
      scores[t] = (float) (1 / (1 + Math.exp(-slope * beyond[t] - constant)));
    }
    return scores;
  }

  private static double[] evidence(float[] states, double[] direction) {
    double[] evidence = new double[states.length / direction.length];
    for (int t = 0; t < evidence.length; t++) {
      for (int i = 0; i < direction.length; i++) {
        evidence[t] += states[t * direction.length + i] * direction[i];
      }
    }
    return evidence;
  }

  /** Evidence around each shown place beyond the mean, in standard deviations. */
  private double[] beyond(double[] evidence, boolean[] shown) {
    int n = 0;
    double mean = 0;
    for (int t = 0; t < evidence.length; t++) {
      n += shown[t] ? 1 : 0;
      mean += shown[t] ? evidence[t] : 0;
    }
    mean /= Math.max(1, n);
    double[] beyond = new double[evidence.length];
    double squares = 0;
    int most = (int) Math.ceil(reach);
    for (int t = 0; t < evidence.length; t++) {
      if (shown[t]) {
        double sum = 0;
        double count = 0;
        for (int s = Math.max(0, t - most); s < Math.min(evidence.length, t + most + 1); s++) {
          double near = shown[s] ? Math.max(0, 1 - Math.abs(s - t) / reach) : 0;
          sum += near * evidence[s];
          count += near;
        }
        beyond[t] = sum / count - mean;
        squares += beyond[t] * beyond[t];
      }
    }
    double deviation = Math.sqrt(squares / Math.max(1, n) + EPS);
    for (int t = 0; t < beyond.length; t++) {
      beyond[t] /= deviation;
    }
    return beyond;
  }
}
