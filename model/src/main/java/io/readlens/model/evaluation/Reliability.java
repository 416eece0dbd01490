package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether probabilities mean what they say: calls are put into bins by their probability, and each
 * bin's mean probability is held against the share of its calls that are right (Guo et al., "On
 * Calibration of Modern Neural Networks").
 */
public final class Reliability {
  private static final int BINS = 15;

  private final long[] calls = new long[BINS];
  private final long[] right = new long[BINS];
  private final double[] probability = new double[BINS];

  /**
   * One bin of calls.
   *
   * @param calls how many
   * @param probability their mean probability
   * @param right the share of them that is right
   */
  public record Bin(long calls, double probability, double right) {}

  /**
   * How reliable the best taxa of a rank are; reads without a label there are left out.
   *
   * @param probabilities one a read, in their order
   */
  public static Reliability of(
      Rank rank, List<LabelledRead> reads, List<TaxonProbabilities> probabilities) {
    Reliability reliability = new Reliability();
    for (int i = 0; i < reads.size(); i++) {
      Taxon best = probabilities.get(i).best(rank);
      int label = reads.get(i).label(rank);
      if (label >= 0) {
        reliability.add(probabilities.get(i).of(best), best.index() == label);
      }
    }
    return reliability;
  }

  /** Counts a call made with a probability in [0, 1]. */
  public void add(double p, boolean isRight) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("a probability cannot be " + p);
    }
    int bin = Math.min(BINS - 1, (int) (p * BINS));
    calls[bin]++;
    probability[bin] += p;
    right[bin] += isRight ? 1 : 0;
  }

  /** The bins that hold calls, from the least probable up. */
  public List<Bin> bins() {
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      if (calls[i] > 0) {
        bins.add(new Bin(calls[i], probability[i] / calls[i], (double) right[i] / calls[i]));
      }
    }
    return bins;
  }

  /**
   * Expected calibration error: the mean over all calls of how far their bin's probability is from
   * its share of right calls. 0 without calls.
   */
  public double error() {
    double sum = 0;
    long all = 0;
    for (Bin bin : bins()) {
      sum += bin.calls * Math.abs(bin.probability - bin.right);
      all += bin.calls;
    }
    return all == 0 ? 0 : sum / all;
  }
}
