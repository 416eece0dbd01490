package io.readlens.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.readlens.model.read.Rank;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a read is called, how sure that is said to be, and what a mask publishes.
 *
 * @param superkingdom least probability of a superkingdom call by the checkpoint's own thresholds,
 *     those of {@link Profile#BALANCED}; below it a read is unclassified
 * @param phylum the same of a phylum call
 * @param genus the same of a genus call
 * @param mask a token is kept if its mask score is larger
 * @param superkingdomTemperature makes the rank's probabilities calibrated, see {@link
 *     #temperature}
 * @param phylumTemperature the same
 * @param genusTemperature the same
 * @param temperatureTokens of how many tokens a window is half as sure as a long one, see {@link
 *     #temperature}; 0 where its length does not matter
 * @param temperatureGrowth how much surer a read is that shows more tokens than one window, see
 *     {@link #temperature}, from 0 to 1
 * @param sensitive the thresholds of {@link Profile#SENSITIVE}, nowhere above the checkpoint's own
 * @param strict the thresholds of {@link Profile#STRICT}, nowhere below the checkpoint's own
 */
public record Decision(
    @JsonProperty("superkingdom_threshold") double superkingdom,
    @JsonProperty("phylum_threshold") double phylum,
    @JsonProperty("genus_threshold") double genus,
    @JsonProperty("mask_threshold") float mask,
    @JsonProperty("superkingdom_temperature") double superkingdomTemperature,
    @JsonProperty("phylum_temperature") double phylumTemperature,
    @JsonProperty("genus_temperature") double genusTemperature,
    @JsonProperty("temperature_tokens") double temperatureTokens,
    @JsonProperty("temperature_growth") double temperatureGrowth,
    @JsonProperty(SENSITIVE) Thresholds sensitive,
    @JsonProperty(STRICT) Thresholds strict) {

  /** From how many tokens on what a read shows is evidence of several windows. */
  public static final int GROWTH_FROM_TOKENS = 256;

  static final String SENSITIVE = "sensitive_thresholds";
  static final String STRICT = "strict_thresholds";

  /** Where the most probable taxon would be as good as certain, however little a read shows. */
  private static final double LEAST_TEMPERATURE = 0.01;

  /** Where all taxa would be as good as equally probable. */
  private static final double MOST_TEMPERATURE = 100;

  public Decision {
    for (double threshold : new double[] {superkingdom, phylum, genus, mask}) {
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException("a threshold cannot be " + threshold);
      }
    }
    if (mask == 1) {
      throw new IllegalArgumentException("no score is above a mask_threshold of 1");
    }
    for (double temperature :
        new double[] {superkingdomTemperature, phylumTemperature, genusTemperature}) {
      if (!(temperature >= LEAST_TEMPERATURE && temperature <= MOST_TEMPERATURE)) {
        throw new IllegalArgumentException("a temperature cannot be " + temperature);
      }
    }
    if (!(temperatureTokens >= 0 && temperatureTokens <= MOST_TEMPERATURE)) {
      throw new IllegalArgumentException("temperature_tokens cannot be " + temperatureTokens);
    }
    if (!(temperatureGrowth >= 0 && temperatureGrowth <= 1)) {
      throw new IllegalArgumentException("temperature_growth cannot be " + temperatureGrowth);
    }
    Thresholds own = new Thresholds(superkingdom, phylum, genus);
    requireOrder("sensitive", sensitive, "balanced", own);
    requireOrder("balanced", own, "strict", strict);
  }

  private static void requireOrder(
      String name, Thresholds thresholds, String higherName, Thresholds higher) {
    for (Rank rank : Rank.values()) {
      if (thresholds.of(rank) > higher.of(rank)) {
        throw new IllegalArgumentException(
            "the %s threshold of a %s, %s, is above the %s one, %s"
                .formatted(name, rank.label(), thresholds.of(rank), higherName, higher.of(rank)));
      }
    }
  }

  /** A decision for which no other thresholds were measured than its own. */
  public Decision(
      double superkingdom,
      double phylum,
      double genus,
      float mask,
      double superkingdomTemperature,
      double phylumTemperature,
      double genusTemperature,
      double temperatureTokens,
      double temperatureGrowth) {
    this(
        superkingdom,
        phylum,
        genus,
        mask,
        superkingdomTemperature,
        phylumTemperature,
        genusTemperature,
        temperatureTokens,
        temperatureGrowth,
        Profile.SENSITIVE.unmeasured(new Thresholds(superkingdom, phylum, genus)),
        Profile.STRICT.unmeasured(new Thresholds(superkingdom, phylum, genus)));
  }

  /** The same with other thresholds. */
  public Decision calling(Thresholds sensitiveOnes, Thresholds own, Thresholds strictOnes) {
    return new Decision(
        own.superkingdom(),
        own.phylum(),
        own.genus(),
        mask,
        superkingdomTemperature,
        phylumTemperature,
        genusTemperature,
        temperatureTokens,
        temperatureGrowth,
        sensitiveOnes,
        strictOnes);
  }

  /** A decision on probabilities as the model gives them. */
  public static Decision uncalibrated(
      double superkingdom, double phylum, double genus, float mask) {
    return new Decision(superkingdom, phylum, genus, mask, 1, 1, 1, 0, 0);
  }

  /**
   * What a rank's probabilities are tempered with, by all tokens that a read shows, in one window
   * or in several:
   *
   * <pre>
   *   T (1 + t / n)                 up to {@value #GROWTH_FROM_TOKENS} tokens
   *   T (1 + t / n) (256 / n)^g     beyond
   * </pre>
   *
   * where T is the rank's temperature, t is {@link #temperatureTokens} and g is {@link
   * #temperatureGrowth}. What a short read shows is not only less than what a long one does, which
   * the classifier knows, but also less typical of its taxon. Of many windows the logits are a mean
   * ({@code EvidenceSum}): if windows were independent, g would be 1; since they are of one genome,
   * which may be untypical as a whole, it is less. With g 0, as in checkpoints that do not say it,
   * a long read is surer than a window only as far as its mean is.
   *
   * @param tokens n that the read shows
   */
  public double temperature(Rank rank, int tokens) {
    double ofRank =
        switch (rank) {
          case SUPERKINGDOM -> superkingdomTemperature;
          case PHYLUM -> phylumTemperature;
          case GENUS -> genusTemperature;
        };
    return temperature(ofRank, temperatureTokens, temperatureGrowth, tokens);
  }

  /** The same before a decision names T, t and g. */
  public static double temperature(
      double ofRank, double temperatureTokens, double temperatureGrowth, int tokens) {
    double windows = Math.max(1, tokens / (double) GROWTH_FROM_TOKENS);
    return ofRank
        * (1 + temperatureTokens / Math.max(1, tokens))
        * Math.pow(windows, -temperatureGrowth);
  }

  /** The thresholds of a profile. */
  public Thresholds thresholds(Profile profile) {
    return switch (profile) {
      case SENSITIVE -> sensitive;
      case BALANCED -> new Thresholds(superkingdom, phylum, genus);
      case STRICT -> strict;
    };
  }

  /** What reads are called by where somebody wants these thresholds. */
  public CallRule rule(ThresholdChoice choice) {
    Thresholds chosen = choice.of(this);
    Optional<Profile> profile =
        Stream.of(Profile.BALANCED, Profile.SENSITIVE, Profile.STRICT)
            .filter(each -> thresholds(each).equals(chosen))
            .findFirst();
    return new CallRule(chosen, profile);
  }
}
