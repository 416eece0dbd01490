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
 * mask rises with its own evidence around the token, and with its share of the evidence of the
 * whole read, so that it opens where there is most of it, in a read that is called it. From random
 * units the masks of a hundred genera, one of which a read has, learn next to nothing.
 */
final class EvidenceStart {
  private static final float NEAR = 0.3f;
  private static final float WHOLE = 0.3f;

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
    for (int taxon = 0; taxon < taxa; taxon++) {
      values[taxon * 2 * units + taxon] = NEAR;
      values[taxon * 2 * units + units + taxon] = WHOLE;
    }
    output.set(values);
    tensors.get("explainer.output.bias").set(offsets(taxonomy));
    return true;
  }

  /**
   * [C] such that the mask of a called taxon is half open. The batch norm makes a unit that only
   * the reads of one in n taxa excite about the root of n - 1 in them.
   */
  private static float[] offsets(Taxonomy taxonomy) {
    float[] offsets = new float[taxonomy.size()];
    for (Rank rank : Rank.values()) {
      int taxa = taxonomy.size(rank);
      float excited = (float) Math.sqrt(taxa - 1.0);
      int first = taxonomy.offset(rank);
      Arrays.fill(offsets, first, first + taxa, -(NEAR + WHOLE) * excited);
    }
    return offsets;
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
