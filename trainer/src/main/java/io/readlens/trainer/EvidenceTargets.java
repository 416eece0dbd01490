package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where in a batch of reads the classifier itself finds evidence for a rank's taxa: what the
 * Explainer is shown before it learns from the paper's loss, whose signal is sparse (one taxon a
 * read).
 *
 * <p>Since the logits are the mean of what the tokens add, token i speaks for taxon c against what
 * else the read could be by
 *
 * <pre>
 *   e_c[i] = z_c[i] - sum over c' other than c of q_c' z_c'[i],   q_c' = p_c' / (1 - p_c)
 * </pre>
 *
 * where z are the tokens' logits and p the softmax of half the read's logits, so that several
 * competitors have a say. Where one softmax over all classes decides, z_c is the mean of what the
 * tokens add to the taxon's classes, c' are all other classes, each weighed by p, and p hears their
 * prior. It is averaged over neighbouring tokens: spans are wanted, not tokens. The target is high
 * where that mean is among the best that the read's called taxon has in it, so that a read keeps
 * its share of tokens however strong its evidence is.
 */
final class EvidenceTargets {
  private static final double TEMPERATURE = 2;

  private final Taxonomy taxonomy;
  private final int neighbours;
  private final double share;

  /**
   * @param neighbours tokens on either side that a token's evidence is averaged with
   * @param share of a read's tokens that the mask of its called taxon should keep
   */
  EvidenceTargets(Taxonomy taxonomy, int neighbours, double share) {
    this.taxonomy = taxonomy;
    this.neighbours = neighbours;
    this.share = share;
  }

  /**
   * Targets [rows][width][taxa of the rank] in [0, 1], row-major; places that hold no token are 0,
   * and so are all of a read that is called nothing.
   *
   * @param evidence [rows][width][all classes], row-major
   * @param tokens [rows][width] which places hold a token
   * @param called the taxon that each read is called at the rank, -1 for none
   */
  float[] of(float[] evidence, boolean[] tokens, int width, Rank rank, long[] called) {
    int all = taxonomy.classes();
    int taxa = taxonomy.size(rank);
    float[] targets = new float[tokens.length * taxa];
    for (int row = 0; row < called.length; row++) {
      int first = row * width;
      int[] places = IntStream.range(0, width).filter(place -> tokens[first + place]).toArray();
      if (places.length == 0 || called[row] < 0) {
        continue;
      }
      // What each of the tokens adds to the classes.
      double[][] added = new double[places.length][all];
      for (int i = 0; i < places.length; i++) {
        int from = (first + places[i]) * all;
        Arrays.setAll(added[i], leaf -> evidence[from + leaf]);
      }
      int taxon = (int) called[row];
      double[] weights = weights(added, rank, taxon);
      double[] margin = Arrays.stream(added).mapToDouble(each -> product(each, weights)).toArray();
      double[] smooth = smooth(margin, places);
      double[] best = smooth.clone();
      Arrays.sort(best);
      double threshold = best[(int) (best.length * (1 - share))];
      double spread = Math.max(1e-3, best[(int) (best.length * 0.84)] - best[best.length / 2]);
      for (int i = 0; i < places.length; i++) {
        double z = (smooth[i] - threshold) / (0.25 * spread);
        targets[(first + places[i]) * taxa + taxon] = (float) (1 / (1 + Math.exp(-z)));
      }
    }
    return targets;
  }

  /** By what a token's evidence for each class is multiplied: above 0 for the taxon, else below. */
  private double[] weights(double[][] added, Rank rank, int taxon) {
    int all = taxonomy.classes();
    boolean[] inside = new boolean[all];
    boolean[] outside = new boolean[all];
    double[] prior = taxonomy.leafPrior();
    int offset = taxonomy.offset(rank);
    if (prior.length == 0) {
      Arrays.fill(outside, offset, offset + taxonomy.size(rank), true);
      inside[offset + taxon] = true;
    } else {
      Arrays.fill(outside, true);
      taxonomy.leaves(taxonomy.taxon(rank, taxon)).forEach(leaf -> inside[leaf] = true);
    }
    double[] z = new double[all];
    for (int leaf = 0; leaf < all; leaf++) {
      for (double[] each : added) {
        z[leaf] += each[leaf] / added.length / TEMPERATURE;
      }
      z[leaf] += prior.length == 0 ? 0 : Math.log(prior[leaf]);
      outside[leaf] &= !inside[leaf];
    }
    double[] weights = softmax(z, inside);
    double[] others = softmax(z, outside);
    Arrays.setAll(weights, leaf -> weights[leaf] - others[leaf]);
    return weights;
  }

  /** The softmax over some classes, 0 for the others. */
  private static double[] softmax(double[] z, boolean... among) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < z.length; i++) {
      max = among[i] ? Math.max(max, z[i]) : max;
    }
    double[] p = new double[z.length];
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      p[i] = among[i] ? Math.exp(z[i] - max) : 0;
      sum += p[i];
    }
    for (int i = 0; i < z.length && sum > 0; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * The mean of each token's neighbourhood.
   *
   * @param values of the tokens
   * @param places of the tokens, ascending
   */
  private double[] smooth(double[] values, int... places) {
    double[] means = new double[values.length];
    int from = 0;
    int to = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      while (to < values.length && places[to] <= places[i] + neighbours) {
        sum += values[to];
        to++;
      }
      while (places[from] < places[i] - neighbours) {
        sum -= values[from];
        from++;
      }
      means[i] = sum / (to - from);
    }
    return means;
  }
}
