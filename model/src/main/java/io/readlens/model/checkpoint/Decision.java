package io.readlens.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.readlens.model.read.Rank;

/**
 * When a read is called and what a mask publishes.
 *
 * @param superkingdom least probability of a superkingdom call; below it a read is unclassified
 * @param phylum least probability of a phylum call
 * @param genus least probability of a genus call
 * @param mask a token is kept if its mask score is larger
 */
public record Decision(
    @JsonProperty("superkingdom_threshold") double superkingdom,
    @JsonProperty("phylum_threshold") double phylum,
    @JsonProperty("genus_threshold") double genus,
    @JsonProperty("mask_threshold") float mask) {
  public Decision {
    for (double threshold : new double[] {superkingdom, phylum, genus, mask}) {
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException("a threshold cannot be " + threshold);
      }
    }
    if (mask == 1) {
      throw new IllegalArgumentException("no score is above a mask_threshold of 1");
    }
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
