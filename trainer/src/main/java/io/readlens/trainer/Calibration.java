package io.readlens.trainer;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Fits on validation reads what a checkpoint decides with: temperatures, so that its probabilities
 * mean what they say, and the threshold below which a read is called nothing.
 *
 * <p>Immutable.
 */
final class Calibration {
  /** Temperatures are looked for from e^-2 to e^2. */
  private static final double RANGE = 2;

  /** In how many tokens a window may be half as sure, at most. */
  private static final double MOST_TOKENS = 64;

  /** Of what is looked for, over the range that it is looked for in. */
  private static final double PRECISION = 2e-3;

  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double LEAST = 1e-12;

  /** Below the superkingdom a call needs to be right rather than wrong. */
  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  private static final Predicate<Answer> ONE_WINDOW =
      answer -> answer.tokens <= Decision.GROWTH_FROM_TOKENS;
  private static final Predicate<Answer> LONGER = ONE_WINDOW.negate();

  private final Taxonomy taxonomy;
  private final List<LabelledRead> reads;
  private final List<Answer> answers;

  /**
   * What the model says of a read, not tempered.
   *
   * @param tokens of the read that the model is shown
   */
  record Answer(int tokens, TaxonProbabilities probabilities) {
    TaxonProbabilities tempered(Decision decision) {
      return probabilities.tempered(rank -> decision.temperature(rank, tokens));
    }
  }

  /**
   * @param reads reads whose taxa are known, not trained on
   * @param answers what the model says of each
   */
  Calibration(Taxonomy taxonomy, List<LabelledRead> reads, List<Answer> answers) {
    this.taxonomy = taxonomy;
    this.reads = reads;
    this.answers = answers;
  }

  /**
   * The decision that suits the reads. Temperatures and threshold are those of reads of at most
   * {@value Decision#GROWTH_FROM_TOKENS} tokens; what longer ones show beyond that decides how much
   * surer they are.
   *
   * @param random what the model says of reads of no organism
   * @param refused the share of those that are to be called nothing
   * @param called the share of the reads that is to be called at least; goes first
   * @param mask the threshold on masks, kept
   */
  Decision fit(List<Answer> random, double refused, double called, float mask) {
    double tokens = least(0, MOST_TOKENS, t -> loss(tempered(t, mask), ONE_WINDOW));
    Decision tempered = tempered(tokens, mask);
    double refusing = quantile(best(random, tempered), refused);
    double calling = quantile(best(answers, tempered), 1 - called);
    boolean none = answers.stream().noneMatch(LONGER);
    double growth = none ? 0 : least(0, 1, g -> loss(growing(tempered, g), LONGER));
    Decision decision =
        new Decision(
            Math.min(refusing, calling),
            tempered.phylum(),
            tempered.genus(),
            mask,
            tempered.superkingdomTemperature(),
            tempered.phylumTemperature(),
            tempered.genusTemperature(),
            tempered.temperatureTokens(),
            0);
    return growing(decision, growth);
  }

  private static Decision growing(Decision decision, double growth) {
    return new Decision(
        decision.superkingdom(),
        decision.phylum(),
        decision.genus(),
        decision.mask(),
        decision.superkingdomTemperature(),
        decision.phylumTemperature(),
        decision.genusTemperature(),
        decision.temperatureTokens(),
        growth);
  }

  /** The temperatures at which the true taxa are the most probable, given the tokens. */
  private Decision tempered(double tokens, float mask) {
    return new Decision(
        0,
        MORE_LIKELY_THAN_NOT,
        MORE_LIKELY_THAN_NOT,
        mask,
        temperature(Rank.SUPERKINGDOM, tokens),
        temperature(Rank.PHYLUM, tokens),
        temperature(Rank.GENUS, tokens),
        tokens,
        0);
  }

  private double temperature(Rank rank, double tokens) {
    return Math.exp(
        least(
            -RANGE,
            RANGE,
            log ->
                loss(
                    rank, any -> Decision.temperature(Math.exp(log), tokens, 0, any), ONE_WINDOW)));
  }

  private double loss(Decision decision, Predicate<Answer> counted) {
    return Arrays.stream(Rank.values())
        .mapToDouble(rank -> loss(rank, tokens -> decision.temperature(rank, tokens), counted))
        .sum();
  }

  /** Mean negative log-likelihood of the true taxa of a rank, at a temperature by tokens. */
  private double loss(Rank rank, IntToDoubleFunction temperature, Predicate<Answer> counted) {
    return IntStream.range(0, reads.size())
        .filter(i -> reads.get(i).label(rank) >= 0 && counted.test(answers.get(i)))
        .mapToDouble(
            i -> {
              Taxon truth = taxonomy.taxon(rank, reads.get(i).label(rank));
              Answer answer = answers.get(i);
              double p =
                  answer.probabilities.tempered(truth, temperature.applyAsDouble(answer.tokens));
              return -Math.log(Math.max(LEAST, p));
            })
        .average()
        .orElse(0);
  }

  /** Where a function of one valley is least, by golden-section search. */
  private static double least(double from, double to, DoubleUnaryOperator function) {
    double low = from;
    double high = to;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = function.applyAsDouble(left);
    double atRight = function.applyAsDouble(right);
    while (high - low > PRECISION * (to - from)) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = function.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = function.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }

  /** The probability of each shorter read's best superkingdom, in ascending order. */
  private static double[] best(List<Answer> all, Decision decision) {
    return all.stream()
        .filter(ONE_WINDOW)
        .map(each -> each.tempered(decision))
        .mapToDouble(each -> each.of(each.best(Rank.SUPERKINGDOM)))
        .sorted()
        .toArray();
  }

  private static double quantile(double[] ascending, double share) {
    int place = (int) Math.floor(share * ascending.length);
    return ascending[Math.max(0, Math.min(ascending.length - 1, place))];
  }
}
