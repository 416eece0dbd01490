package io.readlens.model.read;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The probability of every taxon: what the heads say of the ranks below, summed up the tree.
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

  private TaxonProbabilities(Taxonomy taxonomy, Map<Rank, double[]> byRank) {
    this.taxonomy = taxonomy;
    this.byRank = byRank;
  }

  /**
   * @param logits the heads' outputs over all ranks, in the taxonomy's order, from {@code offset}
   * @throws IllegalStateException if they are not finite: nothing may be called from such
   */
  public static TaxonProbabilities ofLogits(Taxonomy taxonomy, float[] logits, int offset) {
    Map<Rank, double[]> heads = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int from = offset + taxonomy.offset(rank);
      heads.put(rank, softmax(logits, from, from + taxonomy.size(rank)));
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
    double total = Arrays.stream(weights).sum();
    Map<Rank, double[]> mean = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      double[] sum = new double[windows.get(0).byRank.get(rank).length];
      for (int w = 0; w < weights.length; w++) {
        double[] window = windows.get(w).byRank.get(rank);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += window[i] * weights[w] / total;
        }
      }
      mean.put(rank, sum);
    }
    return new TaxonProbabilities(windows.get(0).taxonomy, mean);
  }

  /**
   * Calibrated probabilities: each rank's q (p / q)^(1/T), over their sum, where q is what is said
   * of a taxon when all heads are uniform. T above 1 makes them less certain, below 1 more (Guo et
   * al., "On Calibration of Modern Neural Networks"). It acts on what the heads know, not on how
   * many genera a taxon has: who knows nothing says q at any temperature.
   *
   * @param temperature of each rank, above 0
   */
  public TaxonProbabilities tempered(ToDoubleFunction<Rank> temperature) {
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

  private static double[] softmax(float[] logits, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, logits[i]);
    }
    double[] p = new double[to - from];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[from + i] - max);
      sum += p[i];
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalStateException("the classifier's logits are not finite");
    }
    scale(p, 1 / sum);
    return p;
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

  /** Entropy of a rank's probabilities in nats, at most the logarithm of its labels. */
  public double entropy(Rank rank) {
    return Arrays.stream(byRank.get(rank)).filter(p -> p > 0).map(p -> -p * Math.log(p)).sum();
  }
}
