package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;

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
 * competitors have a say. It is averaged over neighbouring tokens: spans are wanted, not tokens.
 * The target is high where that mean is among the best that the read's called taxon has in it, so
 * that a read keeps its share of tokens however strong its evidence is.
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
   * Targets [rows][width][taxa of the rank] in [0, 1], row-major; places of {@code <cls>} and of
   * padding are 0.
   *
   * @param evidence [rows][width][all taxa], row-major
   * @param lengths places of each row, {@code <cls>} counted and padding not
   * @param called the taxon that each read is called at the rank
   */
  float[] of(float[] evidence, int[] lengths, int width, Rank rank, long[] called) {
    int rows = lengths.length;
    int all = taxonomy.size();
    int offset = taxonomy.offset(rank);
    int taxa = taxonomy.size(rank);
    float[] targets = new float[rows * width * taxa];
    for (int row = 0; row < rows; row++) {
      int length = lengths[row];
      double[] p = softmax(evidence, row * width * all + offset, length, all, taxa);
      int taxon = (int) called[row];
      double[] margin = margin(evidence, row * width * all + offset, length, all, p, taxon);
      smooth(margin);
      int tokens = length - 1;
      if (tokens == 0) {
        continue;
      }
      double[] best = Arrays.copyOfRange(margin, 1, length);
      Arrays.sort(best);
      double threshold = best[(int) (tokens * (1 - share))];
      double spread = Math.max(1e-3, best[(int) (tokens * 0.84)] - best[tokens / 2]);
      for (int i = 1; i < length; i++) {
        double z = (margin[i] - threshold) / (0.25 * spread);
        targets[(row * width + i) * taxa + taxon] = (float) (1 / (1 + Math.exp(-z)));
      }
    }
    return targets;
  }

  private static double[] softmax(float[] evidence, int from, int length, int all, int taxa) {
    double[] p = new double[taxa];
    for (int taxon = 0; taxon < taxa; taxon++) {
      for (int i = 0; i < length; i++) {
        p[taxon] += evidence[from + i * all + taxon] / length / TEMPERATURE;
      }
    }
    double max = Arrays.stream(p).max().orElseThrow();
    double sum = 0;
    for (int taxon = 0; taxon < taxa; taxon++) {
      p[taxon] = Math.exp(p[taxon] - max);
      sum += p[taxon];
    }
    for (int taxon = 0; taxon < taxa; taxon++) {
      p[taxon] /= sum;
    }
    return p;
  }

  /** e_c of each place; 0 at that of {@code <cls>}. */
  private static double[] margin(
      float[] evidence, int from, int length, int all, double[] p, int taxon) {
    double rest = Math.max(1e-3, 1 - p[taxon]);
    double[] margin = new double[length];
    for (int i = 1; i < length; i++) {
      double others = 0;
      for (int other = 0; other < p.length; other++) {
        others += other == taxon ? 0 : p[other] * evidence[from + i * all + other];
      }
      margin[i] = evidence[from + i * all + taxon] - others / rest;
    }
    return margin;
  }

  /** Replaces each value but the first, that of {@code <cls>}, by the mean of its neighbourhood. */
  private void smooth(double[] values) {
    double[] sums = new double[values.length + 1];
    for (int i = 1; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    for (int i = 1; i < values.length; i++) {
      int from = Math.max(1, i - neighbours);
      int to = Math.min(values.length, i + neighbours + 1);
      values[i] = (sums[to] - sums[from]) / (to - from);
    }
  }
}
