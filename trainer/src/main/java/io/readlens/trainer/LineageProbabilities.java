package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;

/**
 * The published probabilities of a rank, as a function that gradients pass through: the tensor form
 * of {@link TaxonProbabilities}. Masks must explain the call that is published, and that call hears
 * all three heads.
 */
final class LineageProbabilities {
  private final Taxonomy taxonomy;
  private final NDArray phylumOfGenus;
  private final NDArray superkingdomOfPhylum;
  private final NDArray ownWeight;

  /**
   * @param manager owner of three small arrays
   */
  LineageProbabilities(NDManager manager, Taxonomy taxonomy) {
    this.taxonomy = taxonomy;
    phylumOfGenus = parents(manager, Rank.GENUS, Rank.PHYLUM);
    superkingdomOfPhylum = parents(manager, Rank.PHYLUM, Rank.SUPERKINGDOM);
    float[] weights = new float[taxonomy.size(Rank.PHYLUM)];
    Arrays.fill(weights, 1);
    taxonomy.taxa(Rank.GENUS).forEach(genus -> weights[genus.parent()] = 0.5f);
    ownWeight = manager.create(weights, new Shape(1, weights.length));
  }

  /** [taxa of a rank, taxa of the rank above], 1 at each taxon's parent. */
  private NDArray parents(NDManager manager, Rank rank, Rank above) {
    int width = taxonomy.size(above);
    float[] matrix = new float[taxonomy.size(rank) * width];
    for (Taxon taxon : taxonomy.taxa(rank)) {
      matrix[taxon.index() * width + taxon.parent()] = 1;
    }
    return manager.create(matrix, new Shape(taxonomy.size(rank), width));
  }

  /**
   * Probabilities [B,C_r] of a rank's taxa.
   *
   * @param logits [B,C] of all heads
   */
  NDArray of(NDArray logits, Rank rank) {
    NDList heads =
        logits.split(new long[] {taxonomy.offset(Rank.PHYLUM), taxonomy.offset(Rank.GENUS)}, 1);
    NDArray genus = heads.get(2).softmax(1);
    if (rank == Rank.GENUS) {
      return genus;
    }
    NDArray own = heads.get(1).softmax(1);
    NDArray phylum = own.mul(ownWeight).add(MaskLoss.times(genus.matMul(phylumOfGenus), 0.5));
    phylum = phylum.div(phylum.sum(new int[] {1}, true));
    if (rank == Rank.PHYLUM) {
      return phylum;
    }
    return MaskLoss.times(heads.get(0).softmax(1).add(phylum.matMul(superkingdomOfPhylum)), 0.5);
  }
}
