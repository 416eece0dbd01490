package io.readlens.trainer;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Fits on validation reads what a checkpoint decides with: a temperature a rank, so that its
 * probabilities mean what they say, and the threshold below which a read is called nothing.
 *
 * <p>Immutable.
 */
final class Calibration {
  /** Temperatures are looked for from e^-2 to e^2. */
  private static final double RANGE = 2;

  private static final double PRECISION = 1e-3;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double LEAST = 1e-12;

  /** Below the superkingdom a call needs to be right rather than wrong. */
  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  private final Taxonomy taxonomy;
  private final List<LabelledRead> reads;
  private final List<TaxonProbabilities> probabilities;

  /**
   * @param reads reads whose taxa are known, not trained on
   * @param probabilities the model's for each, not tempered
   */
  Calibration(Taxonomy taxonomy, List<LabelledRead> reads, List<TaxonProbabilities> probabilities) {
    this.taxonomy = taxonomy;
    this.reads = reads;
    this.probabilities = probabilities;
  }

  /**
   * The decision that suits the reads.
   *
   * @param random the model's probabilities for reads of no organism, not tempered
   * @param refused the share of those that are to be called nothing
   * @param called the share of the reads that is to be called at least; goes first
   * @param mask the threshold on masks, kept
   */
  Decision fit(List<TaxonProbabilities> random, double refused, double called, float mask) {
    Map<Rank, Double> temperatures = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      temperatures.put(rank, temperature(rank));
    }
    double[] ofRandom = best(random, temperatures);
    double[] ofReads = best(probabilities, temperatures);
    double refusing = quantile(ofRandom, refused);
    double calling = quantile(ofReads, 1 - called);
    return new Decision(
        Math.min(refusing, calling),
        MORE_LIKELY_THAN_NOT,
        MORE_LIKELY_THAN_NOT,
        mask,
        temperatures.get(Rank.SUPERKINGDOM),
        temperatures.get(Rank.PHYLUM),
        temperatures.get(Rank.GENUS));
  }

  /** The probability of each read's best superkingdom, in ascending order. */
  private static double[] best(List<TaxonProbabilities> all, Map<Rank, Double> temperatures) {
    return all.stream()
        .map(each -> each.tempered(temperatures::get))
        .mapToDouble(each -> each.of(each.best(Rank.SUPERKINGDOM)))
        .sorted()
        .toArray();
  }

  private static double quantile(double[] ascending, double share) {
    int place = (int) Math.floor(share * ascending.length);
    return ascending[Math.max(0, Math.min(ascending.length - 1, place))];
  }

  /** The temperature at which the true taxa are the most probable, by golden-section search. */
  double temperature(Rank rank) {
    double low = -RANGE;
    double high = RANGE;
    while (high - low > PRECISION) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      if (loss(rank, Math.exp(left)) < loss(rank, Math.exp(right))) {
        high = right;
      } else {
        low = left;
      }
    }
    return Math.exp((low + high) / 2);
  }

  /** Mean negative log-likelihood of the true taxa of a rank. */
  private double loss(Rank rank, double temperature) {
    double[] losses = new double[reads.size()];
    int count = 0;
    for (int i = 0; i < losses.length; i++) {
      int label = reads.get(i).label(rank);
      if (label >= 0) {
        double p =
            probabilities.get(i).tempered(any -> temperature).of(taxonomy.taxon(rank, label));
        losses[count] = -Math.log(Math.max(LEAST, p));
        count++;
      }
    }
    return count == 0 ? 0 : Arrays.stream(losses, 0, count).sum() / count;
  }
}
