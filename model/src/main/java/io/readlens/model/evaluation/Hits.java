package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
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

  private enum Outcome {
    RIGHT,
    WRONG,
    LEFT_OUT
  }

  private final List<Integer> truths = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Integer> genomes = new ArrayList<>();
  private final Map<String, Integer> genomeIndex = new LinkedHashMap<>();

  /** An estimate and its 95 % interval, bootstrapped over genomes. */
  public record Interval(double value, double low, double high) {}

  /** The most probable taxa of reads at every rank where their taxon is known. */
  static Map<Rank, Hits> byRank(List<LabelledRead> reads, List<TaxonProbabilities> probabilities) {
    Map<Rank, Hits> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      Hits hits = new Hits();
      for (int i = 0; i < reads.size(); i++) {
        LabelledRead read = reads.get(i);
        if (read.label(rank) >= 0) {
          hits.add(read.genome(), read.label(rank), probabilities.get(i).best(rank).index());
        }
      }
      byRank.put(rank, hits);
    }
    return byRank;
  }

  /** Counts one read of a known taxon. */
  void add(String genome, int truth, int called) {
    add(genome, truth, truth == called ? Outcome.RIGHT : Outcome.WRONG);
  }

  /** A read of a known taxon of which the condition shows nothing at all. */
  void leaveOut(String genome, int truth) {
    add(genome, truth, Outcome.LEFT_OUT);
  }

  private void add(String genome, int truth, Outcome outcome) {
    truths.add(truth);
    outcomes.add(outcome);
    genomes.add(genomeIndex.computeIfAbsent(genome, g -> genomeIndex.size()));
  }

  /** The reads counted, without those left out. */
  public int reads() {
    return truths.size() - leftOut();
  }

  /** The reads left out. */
  public int leftOut() {
    return (int) outcomes.stream().filter(outcome -> outcome == Outcome.LEFT_OUT).count();
  }

  /** The share of reads that were called right. */
  public Interval accuracy() {
    Cells cells = new Cells(this, this);
    return interval(cells::accuracy);
  }

  /** Mean recall over the taxa, in [0, 1]; NaN without reads. */
  public Interval balancedAccuracy() {
    Cells cells = new Cells(this, this);
    return interval(cells::balancedAccuracy);
  }

  /**
   * How much better these reads were called than the same reads under another condition; reads that
   * either leaves out do not count.
   */
  public Interval advantageOver(Hits other) {
    Cells these = new Cells(this, other);
    Cells those = new Cells(other, this);
    return interval(weights -> these.balancedAccuracy(weights) - those.balancedAccuracy(weights));
  }

  /** As {@link #advantageOver}, but the balanced accuracy over the other's. */
  public Interval ratioTo(Hits other) {
    Cells these = new Cells(this, other);
    Cells those = new Cells(other, this);
    return interval(
        weights -> {
          double whole = those.balancedAccuracy(weights);
          return whole == 0 ? Double.NaN : these.balancedAccuracy(weights) / whole;
        });
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

  /** Reads of one genome and taxon. */
  private static final class Cell {
    private final int genome;
    private final int taxon;
    private int reads;
    private int right;

    Cell(int genome, int taxon) {
      this.genome = genome;
      this.taxon = taxon;
    }
  }

  /** The reads that neither of two conditions leaves out, counted by genome and taxon. */
  private static final class Cells {
    private final Collection<Cell> cells;
    private final int taxa;

    Cells(Hits hits, Hits other) {
      if (!other.truths.equals(hits.truths)) {
        throw new IllegalArgumentException("the two conditions did not see the same reads");
      }
      taxa = hits.truths.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
      Map<Long, Cell> byPlace = new LinkedHashMap<>();
      for (int i = 0; i < hits.truths.size(); i++) {
        if (hits.outcomes.get(i) != Outcome.LEFT_OUT && other.outcomes.get(i) != Outcome.LEFT_OUT) {
          int genome = hits.genomes.get(i);
          int taxon = hits.truths.get(i);
          Cell cell =
              byPlace.computeIfAbsent((long) genome * taxa + taxon, p -> new Cell(genome, taxon));
          cell.reads++;
          cell.right += hits.outcomes.get(i) == Outcome.RIGHT ? 1 : 0;
        }
      }
      cells = byPlace.values();
    }

    double accuracy(int[] genomeWeights) {
      long reads = 0;
      long right = 0;
      for (Cell cell : cells) {
        reads += (long) genomeWeights[cell.genome] * cell.reads;
        right += (long) genomeWeights[cell.genome] * cell.right;
      }
      return reads == 0 ? Double.NaN : (double) right / reads;
    }

    /** Mean recall over the taxa, each genome's reads counted as often as its weight says. */
    double balancedAccuracy(int[] genomeWeights) {
      long[] reads = new long[taxa];
      long[] right = new long[taxa];
      for (Cell cell : cells) {
        reads[cell.taxon] += (long) genomeWeights[cell.genome] * cell.reads;
        right[cell.taxon] += (long) genomeWeights[cell.genome] * cell.right;
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
}
