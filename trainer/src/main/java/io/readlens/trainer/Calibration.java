package io.readlens.trainer;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.evaluation.CallCurve;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.Lengths;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
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

  /** Calls that a profile's precision is measured on at least. */
  private static final int LEAST_CALLS = 50;

  /** The share of reads whose genus is no label, where such reads are given. */
  private static final double STRANGERS = 0.1;

  /** Below the superkingdom a call needs to be right rather than wrong. */
  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  private static final Predicate<Answer> ONE_WINDOW =
      answer -> answer.tokens <= Decision.GROWTH_FROM_TOKENS;
  private static final Predicate<Answer> LONGER = ONE_WINDOW.negate();

  private final Taxonomy taxonomy;
  private final List<LabelledRead> reads;
  private final List<Answer> answers;
  private final List<LabelledRead> strangers;
  private final List<Answer> ofStrangers;

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
    this(taxonomy, reads, answers, List.of(), List.of());
  }

  private Calibration(
      Taxonomy taxonomy,
      List<LabelledRead> reads,
      List<Answer> answers,
      List<LabelledRead> strangers,
      List<Answer> ofStrangers) {
    this.taxonomy = taxonomy;
    this.reads = reads;
    this.answers = answers;
    this.strangers = strangers;
    this.ofStrangers = ofStrangers;
  }

  /**
   * The same, whose profiles keep their precision where one read in ten, or as many as there are,
   * is of a genus that is no label: whatever such a read is called at a rank where it has none is
   * wrong. Temperatures do not change.
   *
   * @param others reads of such genera, in random order
   * @param theirs what the model says of each
   */
  Calibration amid(List<LabelledRead> others, List<Answer> theirs) {
    return new Calibration(taxonomy, reads, answers, List.copyOf(others), List.copyOf(theirs));
  }

  /**
   * The decision that suits the reads. Temperatures and threshold are those of reads of at most
   * {@value Decision#GROWTH_FROM_TOKENS} tokens; what longer ones show beyond that decides how much
   * surer they are.
   *
   * @param random what the model says of reads of no organism
   * @param refused the share of those that are to be called nothing
   * @param called the share of the reads that is to be called at least; goes first
   * @param precision of each profile, the share of its calls that is to be right, at every rank and
   *     in every class of lengths; goes before what is refused and called
   * @param mask the threshold on masks, kept
   */
  Decision fit(
      List<Answer> random,
      double refused,
      double called,
      Map<Profile, Double> precision,
      float mask) {
    double tokens = least(0, MOST_TOKENS, t -> loss(tempered(t, mask), ONE_WINDOW));
    Decision tempered = tempered(tokens, mask);
    double refusing = quantile(best(random, tempered), refused);
    double calling = quantile(best(answers, tempered), 1 - called);
    boolean none = answers.stream().noneMatch(LONGER);
    double growth = none ? 0 : least(0, 1, g -> loss(growing(tempered, g), LONGER));
    Decision grown = growing(tempered, growth);
    Thresholds least =
        new Thresholds(MORE_LIKELY_THAN_NOT, MORE_LIKELY_THAN_NOT, MORE_LIKELY_THAN_NOT);
    Thresholds balanced =
        atLeast(
            precise(precision.get(Profile.BALANCED), grown),
            least.with(Rank.SUPERKINGDOM, Math.min(refusing, calling)));
    Thresholds sensitive = atLeast(precise(precision.get(Profile.SENSITIVE), grown), least);
    Thresholds strict = precise(precision.get(Profile.STRICT), grown);
    return grown.calling(atMost(sensitive, balanced), balanced, atLeast(strict, balanced));
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

  /** The thresholds by which calls of all lengths are right as often, where that can be. */
  private Thresholds precise(double precision, Decision tempered) {
    Thresholds thresholds = new Thresholds(0, 0, 0);
    for (Rank rank : Rank.values()) {
      double highest =
          curves(rank, tempered).values().stream()
              .flatMapToDouble(curve -> curve.threshold(precision, LEAST_CALLS).stream())
              .max()
              .orElse(0);
      thresholds = thresholds.with(rank, highest);
    }
    return thresholds;
  }

  /**
   * Where a profile's precision cannot be had, however few reads are called, or cannot be told: its
   * threshold is then as the other lengths have it.
   */
  List<String> unreached(double precision, Decision fitted) {
    List<String> unreached = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      curves(rank, fitted)
          .forEach(
              (lengths, curve) -> {
                if (curve.threshold(precision, LEAST_CALLS).isEmpty()) {
                  unreached.add(rank.label() + " of " + lengths);
                }
              });
    }
    return unreached;
  }

  private Map<Lengths, CallCurve> curves(Rank rank, Decision tempered) {
    Map<Lengths, List<Integer>> places = new TreeMap<>();
    for (int i = 0; i < reads.size(); i++) {
      Lengths lengths = Lengths.of(reads.get(i).bases().length());
      places.computeIfAbsent(lengths, any -> new ArrayList<>()).add(i);
    }
    Map<Lengths, CallCurve> curves = new TreeMap<>();
    places.forEach(
        (lengths, some) -> {
          CallCurve curve =
              CallCurve.of(
                  rank,
                  some.stream().map(reads::get).toList(),
                  some.stream().map(i -> answers.get(i).tempered(tempered)).toList());
          IntStream.range(0, strangers.size())
              .filter(i -> Lengths.of(strangers.get(i).bases().length()).equals(lengths))
              .limit(Math.round(some.size() * STRANGERS / (1 - STRANGERS)))
              .forEach(
                  i -> {
                    TaxonProbabilities theirs = ofStrangers.get(i).tempered(tempered);
                    Taxon best = theirs.best(rank);
                    curve.add(theirs.of(best), best.index() == strangers.get(i).label(rank));
                  });
          curves.put(lengths, curve);
        });
    return curves;
  }

  private static Thresholds atLeast(Thresholds some, Thresholds least) {
    return each(rank -> Math.max(some.of(rank), least.of(rank)));
  }

  private static Thresholds atMost(Thresholds some, Thresholds most) {
    return each(rank -> Math.min(some.of(rank), most.of(rank)));
  }

  private static Thresholds each(ToDoubleFunction<Rank> threshold) {
    return new Thresholds(
        threshold.applyAsDouble(Rank.SUPERKINGDOM),
        threshold.applyAsDouble(Rank.PHYLUM),
        threshold.applyAsDouble(Rank.GENUS));
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
