package io.readlens.model.abundance;

import io.readlens.model.abundance.AbundanceEstimate.Amount;
import io.readlens.model.abundance.AbundanceEstimate.Interval;
import io.readlens.model.abundance.AbundanceEstimate.Share;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Estimates what samples are made of from what their reads were called.
 *
 * <p>With a confusion the calls are taken apart into the origins that explain them best: candidates
 * are the genera that any read was called, an unknown genus of each phylum and an unknown phylum of
 * each superkingdom that any read was called within, organisms unknown altogether, and background.
 * Without one the calls are counted as they are: a read called a phylum and no genus is of an
 * unknown genus of it, and one called nothing is unknown.
 *
 * <p>Intervals are a bootstrap's: each time the sample's reads are drawn anew (each counts as often
 * as a Poisson variable of mean 1 says: Hanley and MacGibbon, 2006), and so is, from its posterior,
 * what is known of how reads of each origin are called. The same input and seed give the same
 * estimate.
 *
 * <p>Immutable.
 */
public final class AbundanceEstimator {
  /** How often the reads are drawn anew. */
  private static final int REPLICATES = 200;

  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;

  /** Where the search ends: a hundred-thousandth of a percent of the reads. */
  private static final double TOLERANCE = 1e-7;

  /** The same for reads that are drawn anew, whose intervals are wider by far. */
  private static final double ROUGH = 1e-5;

  private final Taxonomy taxonomy;
  private final Optional<CallConfusion> confusion;

  /**
   * @param taxonomy the labels of the checkpoint that called the reads
   * @param confusion how it calls reads of known origin; empty where that was not measured
   */
  public AbundanceEstimator(Taxonomy taxonomy, Optional<CallConfusion> confusion) {
    this.taxonomy = taxonomy;
    this.confusion = confusion;
  }

  /** An estimate of one sample; without shares where the model was asked about no read. */
  public AbundanceEstimate estimate(SampleCalls calls, long seed) {
    Groups groups = new Groups(calls, confusion);
    List<Origin> origins = confusion.isEmpty() ? groups.counted() : candidates(groups.outcomes);
    Rows rows =
        confusion.isEmpty()
            ? new Identity(origins, groups)
            : new Posterior(
                origins, groups, new CallRates(taxonomy, confusion.get(), groups.outcomes));
    Mixture.Found found =
        new Mixture(groups.length, rows.mean()).search(groups.reads, groups.bases, TOLERANCE);
    SplittableRandom seeds = new SplittableRandom(seed);
    long[] ofReplicate = seeds.longs(REPLICATES).toArray();
    List<Mixture.Found> drawn =
        IntStream.range(0, REPLICATES)
            .parallel()
            .mapToObj(
                i -> {
                  SplittableRandom random = new SplittableRandom(ofReplicate[i]);
                  double[][] sampled = groups.draw(random);
                  return new Mixture(groups.length, rows.draw(random))
                      .search(sampled[0], sampled[1], ROUGH);
                })
            .toList();
    return summary(origins, groups, found, drawn);
  }

  private AbundanceEstimate summary(
      List<Origin> origins, Groups groups, Mixture.Found found, List<Mixture.Found> drawn) {
    List<Share> shares = new ArrayList<>();
    for (int k = 0; k < origins.size(); k++) {
      Origin origin = origins.get(k);
      Amount amount = amount(origins, found, drawn, origin::equals);
      if (amount.reads().value() > 0 || amount.reads().high() > 0) {
        shares.add(new Share(origin, groups.called(origin), amount));
      }
    }
    shares.sort(
        Comparator.comparingDouble((Share share) -> -share.amount().reads().value())
            .thenComparing(Share::origin));
    return new AbundanceEstimate(
        confusion.isPresent(),
        found.settled(),
        shares,
        amount(origins, found, drawn, Origin::isUnknown),
        amount(origins, found, drawn, Origin::isBackground));
  }

  private static Amount amount(
      List<Origin> origins,
      Mixture.Found found,
      List<Mixture.Found> drawn,
      Predicate<Origin> which) {
    return new Amount(
        interval(
            share(origins, found.reads(), which),
            drawn.stream().mapToDouble(each -> share(origins, each.reads(), which))),
        interval(
            share(origins, found.bases(), which),
            drawn.stream().mapToDouble(each -> share(origins, each.bases(), which))));
  }

  private static double share(List<Origin> origins, double[] amounts, Predicate<Origin> which) {
    double all = Arrays.stream(amounts).sum();
    double part =
        IntStream.range(0, origins.size())
            .filter(k -> which.test(origins.get(k)))
            .mapToDouble(k -> amounts[k])
            .sum();
    return all == 0 ? 0 : part / all;
  }

  private static Interval interval(double value, DoubleStream drawn) {
    double[] sorted = drawn.sorted().toArray();
    // Of a skewed bootstrap the estimate may lie outside; an interval that leaves it out misleads.
    return new Interval(
        value, Math.min(value, quantile(sorted, LOW)), Math.max(value, quantile(sorted, HIGH)));
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  private List<Origin> candidates(List<Outcome> outcomes) {
    TreeSet<Origin> candidates = new TreeSet<>();
    candidates.add(Origin.unknown());
    for (Outcome outcome : outcomes) {
      outcome
          .taxon()
          .map(taxonomy::lineage)
          .ifPresent(lineage -> lineage.forEach(taxon -> candidates.add(Origin.of(taxon))));
    }
    if (outcomes.stream().anyMatch(Outcome::isBackground)) {
      List<Origin> measured = confusion.orElseThrow().background();
      candidates.addAll(measured);
      if (measured.isEmpty()) {
        outcomes.stream()
            .filter(Outcome::isBackground)
            .map(Groups::origin)
            .forEach(candidates::add);
      }
    }
    return new ArrayList<>(candidates);
  }

  /** A sample's reads by the length that rates are known of, and by outcome. */
  private static final class Groups {
    private final int[] length;
    private final List<Integer> lengths;
    private final List<Outcome> outcomes;
    private final int[] outcome;
    private final double[] reads;
    private final double[] bases;

    /** Reads of like length, their group, and their mean length. */
    private final List<Finer> finer = new ArrayList<>();

    private record Finer(int group, long reads, double meanBases) {}

    Groups(SampleCalls calls, Optional<CallConfusion> confusion) {
      TreeMap<Integer, TreeSet<Outcome>> found = new TreeMap<>();
      TreeSet<Outcome> all = new TreeSet<>();
      calls.forEach(
          (informative, called, cell) -> {
            found.computeIfAbsent(length(confusion, informative), l -> new TreeSet<>()).add(called);
            all.add(called);
          });
      lengths = List.copyOf(found.keySet());
      outcomes = List.copyOf(all);
      int groups = found.values().stream().mapToInt(TreeSet::size).sum();
      length = new int[groups];
      outcome = new int[groups];
      reads = new double[groups];
      bases = new double[groups];
      TreeMap<Integer, TreeMap<Outcome, Integer>> places = new TreeMap<>();
      int next = 0;
      for (int l = 0; l < lengths.size(); l++) {
        TreeMap<Outcome, Integer> ofLength = new TreeMap<>();
        for (Outcome each : found.get(lengths.get(l))) {
          length[next] = l;
          outcome[next] = outcomes.indexOf(each);
          ofLength.put(each, next++);
        }
        places.put(lengths.get(l), ofLength);
      }
      calls.forEach(
          (informative, called, cell) -> {
            int group = places.get(length(confusion, informative)).get(called);
            reads[group] += cell.reads();
            bases[group] += cell.bases();
            finer.add(new Finer(group, cell.reads(), (double) cell.bases() / cell.reads()));
          });
    }

    private static int length(Optional<CallConfusion> confusion, int informative) {
      return confusion.map(known -> known.nearestLength(informative)).orElse(0);
    }

    /** The origins of which reads were called just that. */
    List<Origin> counted() {
      return outcomes.stream().map(Groups::origin).distinct().toList();
    }

    static Origin origin(Outcome outcome) {
      return outcome
          .taxon()
          .map(Origin::of)
          .orElseGet(
              () ->
                  outcome.isBackground()
                      ? Origin.background(outcome.background())
                      : Origin.unknown());
    }

    /** How many reads were called just the origin. */
    long called(Origin origin) {
      return (long)
          IntStream.range(0, reads.length)
              .filter(g -> origin(outcomes.get(outcome[g])).equals(origin))
              .mapToDouble(g -> reads[g])
              .sum();
    }

    /** The reads and bases of each group [2,G] when all reads are drawn anew. */
    double[][] draw(SplittableRandom random) {
      double[][] drawn = new double[2][reads.length];
      for (Finer each : finer) {
        long count = Draws.poisson((double) each.reads, random);
        drawn[0][each.group] += count;
        drawn[1][each.group] += count * each.meanBases;
      }
      return drawn;
    }
  }

  /** How probable each group is for each origin [K,G]. */
  private interface Rows {
    double[][] mean();

    /** As they may also be, by what is known. */
    double[][] draw(SplittableRandom random);
  }

  /** Each read is what it was called. */
  private record Identity(List<Origin> origins, Groups groups) implements Rows {
    @Override
    public double[][] mean() {
      double[][] rates = new double[origins.size()][groups.reads.length];
      for (int g = 0; g < groups.reads.length; g++) {
        rates[origins.indexOf(Groups.origin(groups.outcomes.get(groups.outcome[g])))][g] = 1;
      }
      return rates;
    }

    @Override
    public double[][] draw(SplittableRandom random) {
      return mean();
    }
  }

  /** By a confusion. */
  private static final class Posterior implements Rows {
    private final Groups groups;

    /** Pseudo-counts of each origin, length and outcome [K,L,O + 1]. */
    private final double[][][] counts;

    Posterior(List<Origin> origins, Groups groups, CallRates rates) {
      this.groups = groups;
      counts = new double[origins.size()][groups.lengths.size()][];
      for (int k = 0; k < counts.length; k++) {
        for (int l = 0; l < counts[k].length; l++) {
          counts[k][l] = rates.posterior(origins.get(k), groups.lengths.get(l), groups.outcomes);
        }
      }
    }

    @Override
    public double[][] mean() {
      return rates(CallRates::mean);
    }

    @Override
    public double[][] draw(SplittableRandom random) {
      return rates(row -> CallRates.draw(row, random));
    }

    private double[][] rates(UnaryOperator<double[]> row) {
      double[][] rates = new double[counts.length][groups.reads.length];
      for (int k = 0; k < counts.length; k++) {
        double[][] ofOrigin = new double[counts[k].length][];
        for (int l = 0; l < ofOrigin.length; l++) {
          ofOrigin[l] = row.apply(counts[k][l]);
        }
        for (int g = 0; g < groups.reads.length; g++) {
          rates[k][g] = ofOrigin[groups.length[g]][groups.outcome[g]];
        }
      }
      return rates;
    }
  }
}
