package io.readlens.model.abundance;

import java.util.Arrays;

/**
 * Shares of a mixture by expectation and maximization (Dempster, Laird and Rubin, 1977). Reads fall
 * into groups, by length and outcome, within which all are alike; a component gives each group a
 * probability among those of its length. Components may be of different lengths: each length has
 * shares of its own, drawn towards those of all reads by the weight of {@value #POOLED_READS}
 * reads, so that a length of few reads borrows from the others.
 *
 * <p>Threading: immutable.
 */
final class Mixture {
  private static final double POOLED_READS = 50;
  private static final int MOST_STEPS = 5_000;

  /** A group that no component explains would otherwise have no logarithm. */
  private static final double LEAST = 1e-9;

  /** A component of a smaller share of a read is given up. */
  private static final double NO_READ = 1e-4;

  /** So often a component is asked before it may be given up. */
  private static final int PATIENCE = 50;

  private final int[] length;
  private final int lengths;
  private final double[][] rates;

  /**
   * @param length of each group [G], from 0
   * @param rates of each component the probability of each group [K,G], among those of its length
   */
  Mixture(int[] length, double[][] rates) {
    this.length = length;
    this.rates = rates;
    lengths = Arrays.stream(length).max().orElse(-1) + 1;
  }

  /** What was found. Its arrays are not to be written. */
  static final class Found {
    private final double[] reads;
    private final double[] bases;
    private final boolean settled;

    private Found(double[] reads, double[] bases, boolean settled) {
      this.reads = reads;
      this.bases = bases;
      this.settled = settled;
    }

    /** Reads of each component [K], expected. */
    double[] reads() {
      return reads;
    }

    /** Bases of each component [K], expected. */
    double[] bases() {
      return bases;
    }

    /** Whether the search ended by itself. */
    boolean settled() {
      return settled;
    }
  }

  /**
   * Searches the shares that make the reads most probable, until what is expected of no component
   * at any length changes by more than a tolerance in a step, or for {@value #MOST_STEPS} steps.
   *
   * @param reads of each group [G]
   * @param bases of each group [G]
   * @param tolerance as a share of all reads
   */
  Found search(double[] reads, double[] bases, double tolerance) {
    int components = rates.length;
    double total = Arrays.stream(reads).sum();
    double[] ofLength = new double[lengths];
    for (int g = 0; g < reads.length; g++) {
      ofLength[length[g]] += reads[g];
    }
    double[] overall = new double[components];
    Arrays.fill(overall, total / components);
    double[][] shares = new double[lengths][components];
    for (double[] each : shares) {
      Arrays.fill(each, 1.0 / components);
    }
    int[] alive = new int[components];
    Arrays.setAll(alive, k -> k);
    double[][] before = new double[lengths][components];
    boolean settled = total == 0;
    for (int step = 0; step < MOST_STEPS && !settled; step++) {
      double[][] expected = expected(reads, shares, alive);
      double change = 0;
      for (int k : alive) {
        overall[k] = 0;
        for (int l = 0; l < lengths; l++) {
          change = Math.max(change, Math.abs(expected[l][k] - before[l][k]));
          overall[k] += expected[l][k];
        }
      }
      before = expected;
      settled = change <= tolerance * total;
      if (step >= PATIENCE) {
        alive = Arrays.stream(alive).filter(k -> overall[k] >= NO_READ).toArray();
      }
      for (int l = 0; l < lengths; l++) {
        Arrays.fill(shares[l], 0);
        for (int k : alive) {
          shares[l][k] =
              (expected[l][k] + POOLED_READS * overall[k] / total) / (ofLength[l] + POOLED_READS);
        }
      }
    }
    return new Found(
        sum(expected(reads, shares, alive)), sum(expected(bases, shares, alive)), settled);
  }

  /** How many of each length's reads, or bases, are expected to be of each component. */
  private double[][] expected(double[] amounts, double[][] shares, int[] alive) {
    double[][] expected = new double[lengths][rates.length];
    double[] parts = new double[alive.length];
    for (int g = 0; g < amounts.length; g++) {
      if (amounts[g] == 0) {
        continue;
      }
      double[] share = shares[length[g]];
      double sum = 0;
      for (int i = 0; i < alive.length; i++) {
        parts[i] = share[alive[i]] * Math.max(LEAST, rates[alive[i]][g]);
        sum += parts[i];
      }
      double scale = amounts[g] / sum;
      double[] into = expected[length[g]];
      for (int i = 0; i < alive.length; i++) {
        into[alive[i]] += parts[i] * scale;
      }
    }
    return expected;
  }

  private double[] sum(double[][] parts) {
    double[] sum = new double[rates.length];
    for (double[] part : parts) {
      for (int k = 0; k < sum.length; k++) {
        sum[k] += part[k];
      }
    }
    return sum;
  }
}
