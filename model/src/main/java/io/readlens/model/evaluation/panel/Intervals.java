package io.readlens.model.evaluation.panel;

import io.readlens.model.evaluation.Hits.Interval;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Intervals of 95 %. */
final class Intervals {
  private static final double Z = 1.959964;
  private static final int REPLICATES = 200;

  private Intervals() {}

  /** Of a share: Wilson, "Probable inference, the law of succession, and statistical inference". */
  static Interval ofShare(long of, long all) {
    if (all == 0) {
      return new Interval(Double.NaN, Double.NaN, Double.NaN);
    }
    double p = (double) of / all;
    double z2 = Z * Z / all;
    double middle = (p + z2 / 2) / (1 + z2);
    double half = Z / (1 + z2) * Math.sqrt(p * (1 - p) / all + z2 / (4 * all));
    return new Interval(p, Math.max(0, middle - half), Math.min(1, middle + half));
  }

  /**
   * Of any figure of reads: percentiles of the same of reads drawn again, with replacement.
   *
   * @param figure of reads, given as their places
   */
  static Interval byBootstrap(int reads, ToDoubleFunction<int[]> figure) {
    int[] once = new int[reads];
    Arrays.setAll(once, i -> i);
    double value = figure.applyAsDouble(once);
    if (reads == 0) {
      return new Interval(value, value, value);
    }
    Random random = new Random(0);
    double[] replicates = new double[REPLICATES];
    for (int r = 0; r < REPLICATES; r++) {
      replicates[r] = figure.applyAsDouble(random.ints(reads, 0, reads).toArray());
    }
    Arrays.sort(replicates);
    return new Interval(
        value, replicates[(int) (REPLICATES * 0.025)], replicates[(int) (REPLICATES * 0.975)]);
  }
}
