package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Where a new SHARED Explainer begins: with what the classifier itself takes for evidence. Its
 * first C units around a token, and its first C of the whole read, are those of the taxa: the
 * classifier's weights for a taxon, less their mean over the rank, which no softmax sees. A taxon's
 * mask opens where there is more of its evidence than elsewhere in the read, if the read is one of
 * its. From random units the masks of a hundred genera, one of which a read has, learn next to
 * nothing.
 */
final class EvidenceStart {
  /** Logits of a mask for a standard deviation of evidence. */
  static final float NEAR = 2;

  /** By how much the logits of a taxon that the read is not lie below those of one that it is. */
  static final float ABSENT = 6;

  private EvidenceStart() {}

  /**
   * Sets the Explainer's weights.
   *
   * @return whether it has units enough; if not, it stays as it is
   */
  static boolean set(Taxonomy taxonomy, TaxonClassifier classifier, Explainer explainer) {
    Map<String, NDArray> tensors = explainer.tensors().byName();
    NDArray near = tensors.get("explainer.near.weight");
    int taxa = taxonomy.size();
    if (near == null || near.getShape().get(0) < taxa) {
      return false;
    }
    int width = (int) near.getShape().get(1);
    float[] evidence = evidence(taxonomy, classifier, width);
    for (String part : new String[] {"near", "whole"}) {
      NDArray weight = tensors.get("explainer." + part + ".weight");
      float[] values = weight.toFloatArray();
      System.arraycopy(evidence, 0, values, 0, evidence.length);
      weight.set(values);
    }
    int units = (int) near.getShape().get(0);
    NDArray output = tensors.get("explainer.output.weight");
    float[] values = new float[taxa * 2 * units];
    for (Rank rank : Rank.values()) {
      // The batch norm makes of a unit that only the reads of one in n taxa excite the root of n -
      // 1.
      float excited = (float) Math.sqrt(Math.max(1, taxonomy.size(rank) - 1.0));
      for (int i = 0; i < taxonomy.size(rank); i++) {
        int taxon = taxonomy.offset(rank) + i;
        values[taxon * 2 * units + taxon] = NEAR;
        values[taxon * 2 * units + units + taxon] = ABSENT / excited;
      }
    }
    output.set(values);
    float[] offsets = new float[taxa];
    Arrays.fill(offsets, -ABSENT);
    tensors.get("explainer.output.bias").set(offsets);
    return true;
  }

  /** [C,E] the heads' weights, each less the mean of its rank's, of the size of evidence itself. */
  private static float[] evidence(Taxonomy taxonomy, TaxonClassifier classifier, int width) {
    float[] evidence = new float[taxonomy.size() * width];
    for (Rank rank : Rank.values()) {
      String head = "classifier." + rank.name().toLowerCase(Locale.ROOT) + ".weight";
      float[] weights = classifier.tensors().get(head).toFloatArray();
      int taxa = taxonomy.size(rank);
      int first = taxonomy.offset(rank) * width;
      for (int i = 0; i < width; i++) {
        double mean = 0;
        for (int taxon = 0; taxon < taxa; taxon++) {
          mean += weights[taxon * width + i] / (double) taxa;
        }
        for (int taxon = 0; taxon < taxa; taxon++) {
          evidence[first + taxon * width + i] = (float) (weights[taxon * width + i] - mean);
        }
      }
    }
    return evidence;
  }
}
