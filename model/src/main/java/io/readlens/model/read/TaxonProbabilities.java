package io.readlens.model.read;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The probability of every taxon, summed up the tree: one of two rules, by the labels.
 *
 * <p>Where they name {@linkplain Taxonomy#background background}, there is one softmax over all
 * classes, each of which is a leaf, see {@link LeafPrior}:
 *
 * <pre>
 *   P(leaf)         = softmax(log prior + logit)
 *   P(genus)        = its leaf
 *   P(phylum)       = its leaf, which is a genus without a label, and the sum of its genera
 *   P(superkingdom) = its leaf, which is a phylum without a label, and the sum of its phyla's P
 * </pre>
 *
 * A read of a genus that has no label can so be called at its phylum, and one that is no organism
 * at no rank: the superkingdoms sum to one less the background.
 *
 * <p>Else each rank has a softmax of its own, and the ranks above hear those below:
 *
 * <pre>
 *   P(genus)        = g
 *   P(phylum)       = p / 4 + 3 / 4 of the sum of its genera's g, or p where no genus of it has a
 *                     label; over the sum of all phyla
 *   P(superkingdom) = the sum of its phyla's P, or s where it has no phylum; over the sum of all
 * </pre>
 *
 * where s, p and g are the softmax of the heads; each rank sums to one. A head that has more labels
 * knows more of the composition: genera summed up call superkingdoms far better than the head of
 * four, which is trained all the same and heard only where a superkingdom has no phylum. The
 * phyla's own quarter keeps one of many genera from being called for its genera's number where
 * nothing is known. Immutable.
 */
public final class TaxonProbabilities {
  /** How much a phylum's own head counts where its genera have labels. */
  public static final double OWN_PHYLUM = 0.25;

  private final Taxonomy taxonomy;
  private final Map<Rank, double[]> byRank;

  /** Of every class [C], where one softmax decides; else nothing. */
  private final double[] leaves;

  private TaxonProbabilities(Taxonomy taxonomy, Map<Rank, double[]> byRank) {
    this(taxonomy, byRank, new double[0]);
  }

  private TaxonProbabilities(Taxonomy taxonomy, Map<Rank, double[]> byRank, double... leaves) {
    this.taxonomy = taxonomy;
    this.byRank = byRank;
    this.leaves = leaves;
  }

  private static TaxonProbabilities ofLeaves(Taxonomy taxonomy, double... leaves) {
    Map<Rank, double[]> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int from = taxonomy.offset(rank);
      byRank.put(rank, Arrays.copyOfRange(leaves, from, from + taxonomy.size(rank)));
    }
    for (Rank rank : new Rank[] {Rank.GENUS, Rank.PHYLUM}) {
      double[] above = byRank.get(rank.above());
      for (Taxon taxon : taxonomy.taxa(rank)) {
        above[taxon.parent()] += byRank.get(rank)[taxon.index()];
      }
    }
    return new TaxonProbabilities(taxonomy, byRank, leaves);
  }

  /**
   * @param logits the heads' outputs over all ranks, in the taxonomy's order, from {@code offset}
   * @throws IllegalStateException if they are not finite: nothing may be called from such
   */
  public static TaxonProbabilities ofLogits(Taxonomy taxonomy, float[] logits, int offset) {
    double[] prior = taxonomy.leafPrior();
    if (prior.length > 0) {
      double[] leaves = new double[prior.length];
      Arrays.setAll(leaves, i -> Math.log(prior[i]) + logits[offset + i]);
      return ofLeaves(taxonomy, softmax(leaves));
    }
    Map<Rank, double[]> heads = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int from = offset + taxonomy.offset(rank);
      double[] head = new double[taxonomy.size(rank)];
      Arrays.setAll(head, i -> logits[from + i]);
      heads.put(rank, softmax(head));
    }
    return ofHeads(taxonomy, heads);
  }

  /** What is said where every head is uniform. */
  private static TaxonProbabilities ofNothing(Taxonomy taxonomy) {
    Map<Rank, double[]> heads = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      double[] uniform = new double[taxonomy.size(rank)];
      Arrays.fill(uniform, 1.0 / uniform.length);
      heads.put(rank, uniform);
    }
    return ofHeads(taxonomy, heads);
  }

  /**
   * @param heads what each rank's head says, which becomes what is published
   */
  private static TaxonProbabilities ofHeads(Taxonomy taxonomy, Map<Rank, double[]> heads) {
    sumUp(taxonomy.taxa(Rank.GENUS), heads.get(Rank.GENUS), heads.get(Rank.PHYLUM), OWN_PHYLUM);
    sumUp(taxonomy.taxa(Rank.PHYLUM), heads.get(Rank.PHYLUM), heads.get(Rank.SUPERKINGDOM), 0);
    return new TaxonProbabilities(taxonomy, heads);
  }

  /**
   * Adds what is said of a rank's taxa to what the head of the rank above says.
   *
   * @param own the share that the head above keeps where it has taxa below
   */
  private static void sumUp(List<Taxon> taxa, double[] below, double[] above, double own) {
    double[] sums = new double[above.length];
    boolean[] hasTaxa = new boolean[above.length];
    for (Taxon taxon : taxa) {
      sums[taxon.parent()] += below[taxon.index()];
      hasTaxa[taxon.parent()] = true;
    }
    double total = 0;
    for (int i = 0; i < above.length; i++) {
      above[i] = hasTaxa[i] ? own * above[i] + (1 - own) * sums[i] : above[i];
      total += above[i];
    }
    scale(above, 1 / total);
  }

  /**
   * The weighted mean of several windows' probabilities.
   *
   * @param weights one positive weight a window, such as its tokens
   */
  public static TaxonProbabilities mean(List<TaxonProbabilities> windows, double... weights) {
    if (windows.size() == 1) {
      return windows.get(0);
    }
    Taxonomy taxonomy = windows.get(0).taxonomy;
    if (windows.get(0).leaves.length > 0) {
      return ofLeaves(
          taxonomy, weightedMean(windows.stream().map(w -> w.leaves).toList(), weights));
    }
    Map<Rank, double[]> mean = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      mean.put(rank, weightedMean(windows.stream().map(w -> w.byRank.get(rank)).toList(), weights));
    }
    return new TaxonProbabilities(taxonomy, mean);
  }

  private static double[] weightedMean(List<double[]> windows, double... weights) {
    double total = Arrays.stream(weights).sum();
    double[] mean = new double[windows.get(0).length];
    for (int w = 0; w < weights.length; w++) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += windows.get(w)[i] * weights[w] / total;
      }
    }
    return mean;
  }

  /**
   * Calibrated probabilities: each rank's q (p / q)^(1/T), over their sum, where q is what is said
   * of a taxon when all heads are uniform. T above 1 makes them less certain, below 1 more (Guo et
   * al., "On Calibration of Modern Neural Networks"). It acts on what the heads know, not on how
   * many genera a taxon has: uniform heads yield q at every temperature. Where one softmax decides,
   * it is the leaves that are tempered, by the genus' temperature, and q is their prior.
   *
   * @param temperature of each rank, above 0
   */
  public TaxonProbabilities tempered(ToDoubleFunction<Rank> temperature) {
    if (leaves.length > 0) {
      double exponent = 1 / temperature.applyAsDouble(Rank.GENUS);
      return ofLeaves(taxonomy, power(leaves, taxonomy.leafPrior(), exponent));
    }
    TaxonProbabilities nothing = ofNothing(taxonomy);
    Map<Rank, double[]> tempered = new EnumMap<>(Rank.class);
    byRank.forEach(
        (rank, p) ->
            tempered.put(
                rank, power(p, nothing.byRank.get(rank), 1 / temperature.applyAsDouble(rank))));
    return new TaxonProbabilities(taxonomy, tempered);
  }

  /** What {@link #tempered(ToDoubleFunction)} makes of one taxon's probability. */
  public double tempered(Taxon taxon, double temperature) {
    if (leaves.length > 0) {
      return tempered(rank -> temperature).of(taxon);
    }
    Rank rank = taxon.rank();
    double[] nothing = ofNothing(taxonomy).byRank.get(rank);
    return power(byRank.get(rank), nothing, 1 / temperature)[taxon.index()];
  }

  private static double[] power(double[] p, double[] nothing, double exponent) {
    if (exponent == 1) {
      return p;
    }
    double[] powers = new double[p.length];
    double most = 0;
    for (int i = 0; i < p.length; i++) {
      powers[i] = p[i] / nothing[i];
      most = Math.max(most, powers[i]);
    }
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      powers[i] = nothing[i] * Math.pow(powers[i] / most, exponent);
      sum += powers[i];
    }
    scale(powers, 1 / sum);
    return powers;
  }

  /** In place. */
  private static double[] softmax(double... logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.exp(logits[i] - max);
      sum += logits[i];
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalStateException("the classifier's logits are not finite");
    }
    scale(logits, 1 / sum);
    return logits;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  /** The probability of a taxon, in [0, 1]. */
  public double of(Taxon taxon) {
    return Math.min(1, byRank.get(taxon.rank())[taxon.index()]);
  }

  /**
   * The probability of one class [C] alone, where one softmax over all classes decides.
   *
   * @param leaf in the order of the network's outputs
   */
  public double ofClass(int leaf) {
    return leaves[leaf];
  }

  /** The probability that a read is no organism of interest; 0 where no background is known. */
  public double ofBackground() {
    return Arrays.stream(leaves).skip(taxonomy.size()).sum();
  }

  /** The most probable kind of background; empty where none is known. */
  public Optional<String> bestBackground() {
    return IntStream.range(taxonomy.size(), leaves.length)
        .boxed()
        .max(Comparator.comparingDouble(leaf -> leaves[leaf]))
        .map(leaf -> taxonomy.background().get(leaf - taxonomy.size()));
  }

  /** The most probable taxon of a rank; among equals the first. */
  public Taxon best(Rank rank) {
    double[] p = byRank.get(rank);
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      if (p[i] > p[best]) {
        best = i;
      }
    }
    return taxonomy.taxon(rank, best);
  }

  /** The {@code count} most probable taxa of a rank after the best one, best first. */
  public List<Taxon> alternatives(Rank rank, int count) {
    double[] p = byRank.get(rank);
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -p[i]))
        .skip(1)
        .limit(count)
        .map(i -> taxonomy.taxon(rank, i))
        .toList();
  }

  /**
   * Entropy of a rank's probabilities in nats, at most the logarithm of its labels where they sum
   * to one.
   */
  public double entropy(Rank rank) {
    return Arrays.stream(byRank.get(rank)).filter(p -> p > 0).map(p -> -p * Math.log(p)).sum();
  }
}
