package io.readlens.model.read;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The probability of every taxon, with what each rank's head says of the lineage taken together:
 * each rank is the mean of its own head and of the rank below summed up the tree.
 *
 * <pre>
 *   P(genus)        = g
 *   P(phylum)       = (p + sum of its genera's g) / 2, or p where no genus of it has a label; over
 *                     the sum of all phyla
 *   P(superkingdom) = (s + sum of its phyla's P) / 2
 * </pre>
 *
 * where s, p and g are the softmax of the three heads; each rank sums to one. A head that has more
 * labels knows more of the composition: summing genera up calls superkingdoms better than the
 * superkingdom head alone. Immutable.
 */
public final class TaxonProbabilities {
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
    double[] genus = heads.get(Rank.GENUS);
    double[] phylum = heads.get(Rank.PHYLUM);
    double[] superkingdom = heads.get(Rank.SUPERKINGDOM);
    double[] below = new double[phylum.length];
    boolean[] hasGenera = new boolean[phylum.length];
    for (Taxon taxon : taxonomy.taxa(Rank.GENUS)) {
      below[taxon.parent()] += genus[taxon.index()];
      hasGenera[taxon.parent()] = true;
    }
    double sum = 0;
    for (int i = 0; i < phylum.length; i++) {
      phylum[i] = hasGenera[i] ? (phylum[i] + below[i]) / 2 : phylum[i];
      sum += phylum[i];
    }
    scale(phylum, 1 / sum);
    for (Taxon taxon : taxonomy.taxa(Rank.PHYLUM)) {
      superkingdom[taxon.parent()] += phylum[taxon.index()];
    }
    scale(superkingdom, 0.5);
    return new TaxonProbabilities(taxonomy, heads);
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
   * Calibrated probabilities: each rank's p to the power of 1/T, over their sum (Guo et al., "On
   * Calibration of Modern Neural Networks"; here the logits are the logarithms of the lineage's
   * probabilities). T above 1 makes them less certain, below 1 more; the order of taxa stays.
   *
   * @param temperature of each rank, above 0
   */
  public TaxonProbabilities tempered(ToDoubleFunction<Rank> temperature) {
    Map<Rank, double[]> tempered = new EnumMap<>(Rank.class);
    byRank.forEach((rank, p) -> tempered.put(rank, power(p, 1 / temperature.applyAsDouble(rank))));
    return new TaxonProbabilities(taxonomy, tempered);
  }

  private static double[] power(double[] p, double exponent) {
    if (exponent == 1) {
      return p;
    }
    double most = Arrays.stream(p).max().orElse(1);
    double[] powers = Arrays.stream(p).map(each -> Math.pow(each / most, exponent)).toArray();
    scale(powers, 1 / Arrays.stream(powers).sum());
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
