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
import java.util.EnumMap;
import java.util.Map;

/**
 * The published probabilities of a rank, as a function that gradients pass through: the tensor form
 * of {@link TaxonProbabilities}. Masks must explain the call that is published, and what calls an
 * upper rank are the heads of the lower ones, for the most part.
 */
final class LineageProbabilities {
  private final Taxonomy taxonomy;

  /** Where one softmax over all classes decides: logarithms of their prior [1,K]; else nothing. */
  private final NDList logPrior = new NDList();

  /** And [K,C_r] 1 where a class is of a rank's taxon. */
  private final Map<Rank, NDArray> members = new EnumMap<>(Rank.class);

  private final Step toPhylum;
  private final Step toSuperkingdom;

  /**
   * From a rank to the one above.
   *
   * @param own [1,taxa above] what the head above is multiplied by
   * @param parents [taxa below,taxa above] what a taxon adds to its parent, in its parent's column
   */
  private record Step(NDArray own, NDArray parents) {
    static Step of(NDManager manager, Taxonomy taxonomy, Rank below, double own) {
      int width = taxonomy.size(below.above());
      float[] weights = new float[width];
      Arrays.fill(weights, 1);
      float[] matrix = new float[taxonomy.size(below) * width];
      for (Taxon taxon : taxonomy.taxa(below)) {
        weights[taxon.parent()] = (float) own;
        matrix[taxon.index() * width + taxon.parent()] = (float) (1 - own);
      }
      return new Step(
          manager.create(weights, new Shape(1, width)),
          manager.create(matrix, new Shape(taxonomy.size(below), width)));
    }

    /** [B,taxa above] of the head's [B,taxa above] and [B,taxa below]. */
    NDArray up(NDArray head, NDArray below) {
      NDArray sum = head.mul(own).add(below.matMul(parents));
      return sum.div(sum.sum(new int[] {1}, true));
    }
  }

  /**
   * @param manager owner of some small arrays
   */
  LineageProbabilities(NDManager manager, Taxonomy taxonomy) {
    this.taxonomy = taxonomy;
    toPhylum = Step.of(manager, taxonomy, Rank.GENUS, TaxonProbabilities.OWN_PHYLUM);
    toSuperkingdom = Step.of(manager, taxonomy, Rank.PHYLUM, 0);
    double[] prior = taxonomy.leafPrior();
    if (prior.length > 0) {
      float[] logs = new float[prior.length];
      for (int leaf = 0; leaf < logs.length; leaf++) {
        logs[leaf] = (float) Math.log(prior[leaf]);
      }
      logPrior.add(manager.create(logs, new Shape(1, logs.length)));
      for (Rank rank : Rank.values()) {
        members.put(rank, members(manager, rank));
      }
    }
  }

  private NDArray members(NDManager manager, Rank rank) {
    int taxa = taxonomy.size(rank);
    float[] ones = new float[taxonomy.classes() * taxa];
    for (Taxon taxon : taxonomy.taxa(rank)) {
      taxonomy.leaves(taxon).forEach(leaf -> ones[leaf * taxa + taxon.index()] = 1);
    }
    return manager.create(ones, new Shape(taxonomy.classes(), taxa));
  }

  /**
   * Probabilities [B,C_r] of a rank's taxa.
   *
   * @param logits [B,K] of all heads
   */
  NDArray of(NDArray logits, Rank rank) {
    if (!logPrior.isEmpty()) {
      return logits.add(logPrior.get(0)).softmax(1).matMul(members.get(rank));
    }
    NDList heads =
        logits.split(new long[] {taxonomy.offset(Rank.PHYLUM), taxonomy.offset(Rank.GENUS)}, 1);
    NDArray genus = heads.get(2).softmax(1);
    if (rank == Rank.GENUS) {
      return genus;
    }
    NDArray phylum = toPhylum.up(heads.get(1).softmax(1), genus);
    return rank == Rank.PHYLUM ? phylum : toSuperkingdom.up(heads.get(0).softmax(1), phylum);
  }
}
