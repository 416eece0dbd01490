package io.readlens.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.readlens.model.read.Rank;

/**
 * When a read is called, how sure that is said to be, and what a mask publishes.
 *
 * @param superkingdom least probability of a superkingdom call; below it a read is unclassified
 * @param phylum least probability of a phylum call
 * @param genus least probability of a genus call
 * @param mask a token is kept if its mask score is larger
 * @param superkingdomTemperature makes the rank's probabilities calibrated, see {@link
 *     #temperature}
 * @param phylumTemperature the same
 * @param genusTemperature the same
 * @param temperatureTokens of how many tokens a window is half as sure as a long one, see {@link
 *     #temperature}; 0 where its length does not matter
 */
public record Decision(
    @JsonProperty("superkingdom_threshold") double superkingdom,
    @JsonProperty("phylum_threshold") double phylum,
    @JsonProperty("genus_threshold") double genus,
    @JsonProperty("mask_threshold") float mask,
    @JsonProperty("superkingdom_temperature") double superkingdomTemperature,
    @JsonProperty("phylum_temperature") double phylumTemperature,
    @JsonProperty("genus_temperature") double genusTemperature,
    @JsonProperty("temperature_tokens") double temperatureTokens) {

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
  }

  /** A decision on probabilities as the model gives them. */
  public static Decision uncalibrated(
      double superkingdom, double phylum, double genus, float mask) {
    return new Decision(superkingdom, phylum, genus, mask, 1, 1, 1, 0);
  }

  /**
   * What a rank's probabilities are tempered with: T (1 + t / n), where T is the rank's temperature
   * and t is {@link #temperatureTokens}. What a short read shows is not only less than what a long
   * one does, which the classifier knows, but also less typical of its taxon.
   *
   * @param tokens n of the window that was classified
   */
  public double temperature(Rank rank, int tokens) {
    double ofRank =
        switch (rank) {
          case SUPERKINGDOM -> superkingdomTemperature;
          case PHYLUM -> phylumTemperature;
          case GENUS -> genusTemperature;
        };
    return temperature(ofRank, temperatureTokens, tokens);
  }

  /** T (1 + t / n), before a decision names T and t. */
  public static double temperature(double ofRank, double temperatureTokens, int tokens) {
    return ofRank * (1 + temperatureTokens / Math.max(1, tokens));
  }

  /** The least probability that a call needs. */
  public double threshold(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }
}
