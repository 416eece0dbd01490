package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What reads of each taxon of a rank are most probably said to be. Taxa are their indices.
 *
 * <p>Threading: one thread.
 */
public final class Confusion {
  private final int[][] reads;

  /**
   * A mistake.
   *
   * @param truth the taxon
   * @param called the other one
   * @param reads of the taxon that were called the other
   * @param share of the taxon's reads
   */
  public record Pair(int truth, int called, int reads, double share) {}

  Confusion(int taxa) {
    reads = new int[taxa][taxa];
  }

  /** The best taxa of a rank; reads without a label there are left out. */
  static Confusion of(
      Rank rank, int taxa, List<LabelledRead> reads, List<TaxonProbabilities> probabilities) {
    Confusion confusion = new Confusion(taxa);
    for (int i = 0; i < reads.size(); i++) {
      int label = reads.get(i).label(rank);
      if (label >= 0) {
        confusion.add(label, probabilities.get(i).best(rank).index());
      }
    }
    return confusion;
  }

  void add(int truth, int called) {
    reads[truth][called]++;
  }

  /** The labels of the rank. */
  public int taxa() {
    return reads.length;
  }

  /** How many reads of a taxon were called what. */
  public int reads(int truth, int called) {
    return reads[truth][called];
  }

  /** How many reads of a taxon there were. */
  public int reads(int truth) {
    int sum = 0;
    for (int count : reads[truth]) {
      sum += count;
    }
    return sum;
  }

  /** The mistakes made most often, that of the most reads first. */
  public List<Pair> worst(int most) {
    List<Pair> pairs = new ArrayList<>();
    for (int truth = 0; truth < taxa(); truth++) {
      for (int called = 0; called < taxa(); called++) {
        int count = reads[truth][called];
        if (truth != called && count > 0) {
          pairs.add(new Pair(truth, called, count, (double) count / reads(truth)));
        }
      }
    }
    pairs.sort(
        Comparator.comparingInt(Pair::reads)
            .thenComparingDouble(Pair::share)
            .reversed()
            .thenComparingInt(Pair::truth)
            .thenComparingInt(Pair::called));
    return List.copyOf(pairs.subList(0, Math.min(most, pairs.size())));
  }
}
