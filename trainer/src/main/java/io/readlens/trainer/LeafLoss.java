package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The loss of a classifier whose one softmax over all classes decides: the cross-entropies of a
 * read's leaf, of its phylum and of its superkingdom, whose probabilities are summed up from the
 * leaves as {@link io.readlens.model.read.TaxonProbabilities} publishes them.
 *
 * <p>So that it learns what a genus without a label is like, each step takes the labels of a few
 * genera away: they are no class in that step, and their reads are of another genus of the phylum.
 * The same with fewer phyla.
 *
 * <p>The logarithms of the classes' shares of the reads are added to the logits (Menon et al.,
 * "Long-tail learning via logit adjustment"), so that the logits are free of how often a class is
 * drawn.
 */
final class LeafLoss {
  private static final double GENERA_WITHOUT_LABEL = 0.1;
  private static final double PHYLA_WITHOUT_LABEL = 0.03;

  /** Logit of a class that a step has not. */
  private static final float NONE = -1e4f;

  /** Keeps the logarithm of a sum of probabilities finite. */
  private static final float LEAST = 1e-9f;

  private final Taxonomy taxonomy;
  private final float[] logShares;

  /** [C, superkingdoms and phyla] 1 where a class is of a taxon. */
  private final NDArray members;

  private final int upper;

  /**
   * @param manager owner of one array
   * @param shares of the reads that each class has [C], before labels are taken away; the sum is 1
   */
  LeafLoss(NDManager manager, Taxonomy taxonomy, double... shares) {
    this.taxonomy = taxonomy;
    upper = taxonomy.offset(Rank.GENUS);
    logShares = logShares(shares);
    float[] ones = new float[taxonomy.classes() * upper];
    for (Rank rank : Rank.values()) {
      for (Taxon taxon : taxonomy.taxa(rank)) {
        for (Taxon above : taxonomy.lineage(taxon)) {
          if (above.rank() != Rank.GENUS) {
            ones[leaf(taxon) * upper + leaf(above)] = 1;
          }
        }
      }
    }
    members = manager.create(ones, new Shape(taxonomy.classes(), upper));
  }

  private int leaf(Taxon taxon) {
    return taxonomy.offset(taxon.rank()) + taxon.index();
  }

  private float[] logShares(double... shares) {
    double[] after = shares.clone();
    for (Rank rank : new Rank[] {Rank.GENUS, Rank.PHYLUM}) {
      double away = rank == Rank.GENUS ? GENERA_WITHOUT_LABEL : PHYLA_WITHOUT_LABEL;
      for (Taxon taxon : taxonomy.taxa(rank)) {
        Taxon above = taxonomy.parent(taxon);
        // A phylum's label takes those of its genera with it.
        after[leaf(above)] += away * after[leaf(taxon)];
        after[leaf(taxon)] *= 1 - away;
        if (rank == Rank.GENUS) {
          after[leaf(taxonomy.parent(above))] += PHYLA_WITHOUT_LABEL * after[leaf(taxon)];
          after[leaf(taxon)] *= 1 - PHYLA_WITHOUT_LABEL;
        }
      }
    }
    float[] logs = new float[after.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(Math.max(LEAST, after[i]));
    }
    return logs;
  }

  /**
   * What a step wants of its reads.
   *
   * @param offsets [C] added to the logits
   * @param leaves [B,C] 1/B at each read's leaf
   * @param upper [B,S+P] 1/B at each read's superkingdom and phylum, as far as they have a label
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  record Wanted(float[] offsets, float[] leaves, float[] upper) {}

  /**
   * Takes labels away.
   *
   * @param random for this step alone
   */
  Wanted wanted(List<LabelledRead> reads, Random random) {
    boolean[] without = new boolean[taxonomy.size()];
    for (Taxon phylum : taxonomy.taxa(Rank.PHYLUM)) {
      without[leaf(phylum)] = random.nextDouble() < PHYLA_WITHOUT_LABEL;
    }
    for (Taxon genus : taxonomy.taxa(Rank.GENUS)) {
      without[leaf(genus)] =
          random.nextDouble() < GENERA_WITHOUT_LABEL || without[leaf(taxonomy.parent(genus))];
    }
    float[] offsets = logShares.clone();
    for (int i = 0; i < without.length; i++) {
      offsets[i] = without[i] ? NONE : offsets[i];
    }
    int classes = taxonomy.classes();
    float[] leaves = new float[reads.size() * classes];
    float[] above = new float[reads.size() * upper];
    float share = 1f / reads.size();
    for (int row = 0; row < reads.size(); row++) {
      LabelledRead read = reads.get(row);
      if (read.background() >= 0) {
        leaves[row * classes + taxonomy.size() + read.background()] = share;
        continue;
      }
      int leaf = -1;
      for (Rank rank : Rank.values()) {
        int label = read.label(rank);
        int its = taxonomy.offset(rank) + label;
        if (label >= 0 && !without[its]) {
          leaf = its;
          if (rank != Rank.GENUS) {
            above[row * upper + its] = share;
          }
        }
      }
      if (leaf >= 0) {
        leaves[row * classes + leaf] = share;
      }
    }
    return new Wanted(offsets, leaves, above);
  }

  /**
   * The three cross-entropies, means over the reads: of superkingdom, phylum and leaf.
   *
   * @param logits [B,C], which carry gradients
   */
  List<NDArray> of(NDArray logits, Wanted wanted) {
    NDManager scratch = logits.getManager();
    int classes = taxonomy.classes();
    int rows = wanted.leaves.length / classes;
    NDArray offsets = scratch.create(wanted.offsets, new Shape(1, classes));
    NDArray logP = logits.add(offsets).logSoftmax(1);
    NDArray leaf = logP.mul(scratch.create(wanted.leaves, new Shape(rows, classes))).sum().neg();
    NDArray sums = logP.exp().matMul(members).add(LEAST).log();
    NDArray ofUpper =
        sums.mul(scratch.create(wanted.upper, new Shape(rows, upper))).sum(new int[] {0}).neg();
    int superkingdoms = taxonomy.size(Rank.SUPERKINGDOM);
    NDArray superkingdom = ofUpper.get("0:" + superkingdoms).sum();
    NDArray phylum = ofUpper.get(superkingdoms + ":").sum();
    return Arrays.asList(superkingdom, phylum, leaf);
  }
}
