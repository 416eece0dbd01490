package io.readlens.model.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Which reads were called right, under one condition at one rank, and what follows from that.
 *
 * <p>Threading: one thread.
 */
public final class Hits {
  private static final int REPLICATES = 1_000;

  private final List<Integer> truths = new ArrayList<>();
  private final List<Boolean> hits = new ArrayList<>();
  private final List<Integer> genomes = new ArrayList<>();
  private final Map<String, Integer> genomeIndex = new LinkedHashMap<>();

  /** An estimate and its 95 % interval. */
  public record Interval(double value, double low, double high) {}

  /** Counts one read of a known taxon. */
  void add(String genome, int truth, int called) {
    truths.add(truth);
    hits.add(truth == called);
    genomes.add(genomeIndex.computeIfAbsent(genome, g -> genomeIndex.size()));
  }

  /** The reads counted. */
  public int reads() {
    return truths.size();
  }

  /** Balanced accuracy, in [0, 1], with an interval bootstrapped over genomes. */
  public Interval balancedAccuracy() {
    return interval(weights -> balancedAccuracy(weights));
  }

  /** How much better these reads were called than the same reads under another condition. */
  public Interval advantageOver(Hits other) {
    if (!other.truths.equals(truths)) {
      throw new IllegalArgumentException("the two conditions did not see the same reads");
    }
    return interval(weights -> balancedAccuracy(weights) - other.balancedAccuracy(weights));
  }

  private interface Statistic {
    double of(int[] genomeWeights);
  }

  private Interval interval(Statistic statistic) {
    int[] once = new int[genomeIndex.size()];
    Arrays.fill(once, 1);
    Random random = new Random(0);
    double[] replicates = new double[REPLICATES];
    for (int i = 0; i < REPLICATES; i++) {
      int[] drawn = new int[once.length];
      for (int draw = 0; draw < drawn.length; draw++) {
        drawn[random.nextInt(drawn.length)]++;
      }
      replicates[i] = statistic.of(drawn);
    }
    Arrays.sort(replicates);
    return new Interval(
        statistic.of(once),
        replicates[(int) (REPLICATES * 0.025)],
        replicates[(int) (REPLICATES * 0.975)]);
  }

  /** Mean recall over the taxa, each genome's reads counted as often as its weight says. */
  private double balancedAccuracy(int[] genomeWeights) {
    int taxa = truths.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    long[] reads = new long[taxa];
    long[] right = new long[taxa];
    for (int i = 0; i < truths.size(); i++) {
      int weight = genomeWeights[genomes.get(i)];
      reads[truths.get(i)] += weight;
      right[truths.get(i)] += hits.get(i) ? weight : 0;
    }
    double sum = 0;
    int present = 0;
    for (int taxon = 0; taxon < taxa; taxon++) {
      if (reads[taxon] > 0) {
        sum += (double) right[taxon] / reads[taxon];
        present++;
      }
    }
    return present == 0 ? Double.NaN : sum / present;
  }
}
