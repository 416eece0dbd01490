package io.readlens.model.abundance;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How probable each outcome is for a read of an origin and a length: what the confusion counted,
 * shrunk, since most origins have few validation reads or none.
 *
 * <p>The prior of a row says how often a read is called right or wrong, and how far down, not what:
 * outcomes fall into ways of being called, by the rank of the call and the ranks at which it is
 * right, and by the reason, or the kind of background, where there is no call. The rates of the
 * ways are those of the genus' phylum, shrunk towards its superkingdom's, these towards those of
 * all genera, each with the weight of {@value #PRIOR_READS} reads; a genus counts for no more than
 * {@value #MOST_READS} reads in them. Within a way, outcomes are as probable as they are wrongly
 * called anywhere, plus half a read each. A row of n reads is then (counts + m prior) / (n + m)
 * with m of {@value #PRIOR_READS} (the mean of a Dirichlet posterior).
 *
 * <p>A read of an unknown genus of a phylum is called, before any such reads were measured, as
 * reads of the phylum's known genera are where they are not called their own; one of an unknown
 * phylum likewise where not called their own phylum, one of nothing known where not their own
 * superkingdom. Reads of origins of the same kind that were measured count for more than that from
 * {@value #PRIOR_READS} reads on. Where no background was measured, a kind of it is what is called
 * so, and nothing else.
 *
 * <p>Immutable.
 */
final class CallRates {
  static final double PRIOR_READS = 10;
  private static final double MOST_READS = 20;
  private static final double EACH_OUTCOME = 0.5;

  /** Ways of being called, without those of being called nothing: see {@link #way}. */
  private static final int CALLED_WAYS = 12;

  private final Taxonomy taxonomy;
  private final CallConfusion confusion;
  private final List<Outcome> uncalled;

  /** By outcome, how often it was wrong, at any length. */
  private final Map<Outcome, Double> wrong = new HashMap<>();

  /** By length and way; the wrong outcomes' weights are added up for each origin on demand. */
  private final Map<Integer, Levels> levels = new TreeMap<>();

  /**
   * @param outcomes what a sample's reads are called: reasons that were never measured need a place
   */
  CallRates(Taxonomy taxonomy, CallConfusion confusion, Iterable<Outcome> outcomes) {
    this.taxonomy = taxonomy;
    this.confusion = confusion;
    TreeSet<Outcome> known = new TreeSet<>();
    outcomes.forEach(known::add);
    for (int length : confusion.lengths()) {
      confusion
          .at(length)
          .forEach(
              (origin, counts) ->
                  counts.forEach(
                      (outcome, reads) -> {
                        known.add(outcome);
                        if (!isRight(origin, outcome)) {
                          wrong.merge(outcome, (double) reads, Double::sum);
                        }
                      }));
    }
    known.removeIf(outcome -> outcome.taxon().isPresent());
    uncalled = List.copyOf(known);
    for (int length : confusion.lengths()) {
      levels.put(length, new Levels(length));
    }
  }

  private boolean isRight(Origin origin, Outcome outcome) {
    return outcome.taxon().isPresent()
        && common(origin, outcome.taxon().get()) == taxonomy.lineage(outcome.taxon().get()).size();
  }

  /** How many ranks, from the root down, a read's own taxa and those it was called agree in. */
  private int common(Origin origin, Taxon called) {
    if (origin.taxon().isEmpty()) {
      return 0;
    }
    List<Taxon> own = taxonomy.lineage(origin.taxon().get());
    List<Taxon> other = taxonomy.lineage(called);
    int ranks = 0;
    while (ranks < Math.min(own.size(), other.size()) && own.get(ranks).equals(other.get(ranks))) {
      ranks++;
    }
    return ranks;
  }

  /**
   * The way in which a read of an origin is called an outcome: 4 r + c for a call at rank r (0 the
   * superkingdom) that is right at the first c ranks, {@value #CALLED_WAYS} and more for reasons
   * and kinds of background. Of a genus 11 is right; 10 is another genus of its phylum, 6 its
   * phylum and no genus.
   */
  private int way(Origin origin, Outcome outcome) {
    return outcome
        .taxon()
        .map(called -> 4 * (taxonomy.lineage(called).size() - 1) + common(origin, called))
        .orElseGet(() -> CALLED_WAYS + uncalled.indexOf(outcome));
  }

  private int ways() {
    return CALLED_WAYS + uncalled.size();
  }

  /** How much all outcomes of each way together weigh, for an origin; that of a reason is 1. */
  private double[] weights(Origin origin) {
    double[] weights = new double[ways()];
    Arrays.fill(weights, CALLED_WAYS, ways(), 1);
    for (Rank rank : Rank.values()) {
      for (Taxon taxon : taxonomy.taxa(rank)) {
        Outcome outcome = Outcome.called(taxon);
        weights[way(origin, outcome)] += weight(outcome);
      }
    }
    return weights;
  }

  private double weight(Outcome outcome) {
    return outcome.taxon().isEmpty() ? 1 : EACH_OUTCOME + wrong.getOrDefault(outcome, 0.0);
  }

  /** The rates of the ways at one length, for all origins of a kind together, and finer. */
  private final class Levels {
    private final Map<Origin, Map<Outcome, Integer>> measured;
    private final Map<Taxon, double[]> knownByTaxon = new HashMap<>();
    private final double[] known;
    private final double[] background;

    Levels(int length) {
      measured = confusion.at(length);
      double[] all = new double[ways()];
      Map<Taxon, double[]> sums = new HashMap<>();
      double[] ofBackground = new double[ways()];
      measured.forEach(
          (origin, counts) -> {
            double[] ofOrigin = ways(origin, counts);
            if (origin.isBackground()) {
              add(ofBackground, ofOrigin);
            } else if (origin.isGenus()) {
              add(all, ofOrigin);
              for (Taxon above : taxonomy.lineage(origin.taxon().get()).subList(0, 2)) {
                add(sums.computeIfAbsent(above, a -> new double[ways()]), ofOrigin);
              }
            }
          });
      double[] even = new double[ways()];
      Arrays.fill(even, 1.0 / even.length);
      known = shrunk(all, even, 1);
      background = shrunk(ofBackground, even, 1);
      for (Taxon superkingdom : taxonomy.taxa(Rank.SUPERKINGDOM)) {
        knownByTaxon.put(superkingdom, shrunk(sums.get(superkingdom), known, PRIOR_READS));
      }
      for (Taxon phylum : taxonomy.taxa(Rank.PHYLUM)) {
        double[] above = knownByTaxon.get(taxonomy.parent(phylum));
        knownByTaxon.put(phylum, shrunk(sums.get(phylum), above, PRIOR_READS));
      }
    }

    /** The counts of ways, of no more reads than one origin counts for. */
    private double[] ways(Origin origin, Map<Outcome, Integer> counts) {
      double[] ways = new double[ways()];
      double sum = 0;
      for (Map.Entry<Outcome, Integer> each : counts.entrySet()) {
        ways[way(origin, each.getKey())] += each.getValue();
        sum += each.getValue();
      }
      for (int way = 0; way < ways.length; way++) {
        ways[way] *= Math.min(1, MOST_READS / sum);
      }
      return ways;
    }

    private int ways() {
      return CallRates.this.ways();
    }

    /**
     * What is said of the ways of an origin before its own reads are counted; sums to 1.
     *
     * @param weights of the ways, 0 for one in which no label can be called
     */
    double[] prior(Origin origin, double[] weights) {
      double[] prior;
      if (origin.isBackground()) {
        prior = background.clone();
      } else if (origin.isGenus()) {
        prior = knownByTaxon.get(taxonomy.parent(origin.taxon().get())).clone();
      } else {
        prior = ofUnknown(origin);
      }
      for (int way = 0; way < CALLED_WAYS; way++) {
        if (weights[way] == 0) {
          prior[way] = 0;
        }
      }
      return scaled(prior);
    }

    private double[] ofUnknown(Origin origin) {
      double[] from = origin.taxon().map(knownByTaxon::get).orElse(known).clone();
      int mostRight = origin.taxon().map(taxon -> taxonomy.lineage(taxon).size()).orElse(0);
      for (int way = 0; way < CALLED_WAYS; way++) {
        if (way % 4 > mostRight) {
          from[way] = 0;
        }
      }
      double[] ofKind = new double[ways()];
      measured.forEach(
          (other, counts) -> {
            if (other.isUnknown()
                && other.taxon().map(Taxon::rank).equals(origin.taxon().map(Taxon::rank))) {
              add(ofKind, ways(other, counts));
            }
          });
      return shrunk(ofKind, scaled(from), PRIOR_READS);
    }
  }

  private static void add(double[] sum, double[] more) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += more[i];
    }
  }

  /** Rates of what was counted, with a prior of the weight of some reads. */
  private static double[] shrunk(double[] counts, double[] prior, double reads) {
    double[] rates = new double[prior.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = reads * prior[i] + (counts == null ? 0 : counts[i]);
    }
    return scaled(rates);
  }

  private static double[] scaled(double[] rates) {
    double sum = 0;
    for (double rate : rates) {
      sum += rate;
    }
    for (int i = 0; i < rates.length; i++) {
      rates[i] /= sum;
    }
    return rates;
  }

  /**
   * The pseudo-counts of a row's Dirichlet posterior, for some outcomes and, last, for all others.
   */
  double[] posterior(Origin origin, int length, List<Outcome> outcomes) {
    double[] row = new double[outcomes.size() + 1];
    if (origin.isBackground() && confusion.background().isEmpty()) {
      Arrays.setAll(row, i -> i < outcomes.size() && isOf(outcomes.get(i), origin) ? 1 : 0);
      return row;
    }
    Levels ofLength = levels.get(length);
    double[] weights = weights(origin);
    double[] prior = ofLength.prior(origin, weights);
    Map<Outcome, Integer> counts = ofLength.measured.getOrDefault(origin, new TreeMap<>());
    double rest = PRIOR_READS + counts.values().stream().mapToDouble(count -> count).sum();
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      int way = way(origin, outcome);
      double share = weight(outcome) / weights[way];
      row[i] = counts.getOrDefault(outcome, 0) + PRIOR_READS * prior[way] * share;
      rest -= row[i];
    }
    row[outcomes.size()] = Math.max(0, rest);
    return row;
  }

  private static boolean isOf(Outcome outcome, Origin background) {
    return outcome.background().equals(background.background());
  }

  /** The mean of a posterior's row, without the last. */
  static double[] mean(double[] posterior) {
    double sum = 0;
    for (double each : posterior) {
      sum += each;
    }
    double[] mean = new double[posterior.length - 1];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = posterior[i] / sum;
    }
    return mean;
  }

  /** A row drawn from its posterior, without the last. */
  static double[] draw(double[] posterior, SplittableRandom random) {
    double[] drawn = new double[posterior.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = Draws.gamma(posterior[i], random);
    }
    return mean(drawn);
  }
}
