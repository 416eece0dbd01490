package io.readlens.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.readlens.model.read.Rank;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The least probability that a call needs at each rank, in [0, 1].
 *
 * @param superkingdom of a superkingdom; below it a read is unclassified
 * @param phylum of a phylum
 * @param genus of a genus
 */
public record Thresholds(
    @JsonProperty("superkingdom") double superkingdom,
    @JsonProperty("phylum") double phylum,
    @JsonProperty("genus") double genus) {
  public Thresholds {
    for (double threshold : new double[] {superkingdom, phylum, genus}) {
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException("a threshold cannot be " + threshold);
      }
    }
  }

  /** The threshold of a rank. */
  public double of(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }

  /** The same, with another threshold at one rank. */
  public Thresholds with(Rank rank, double threshold) {
    return switch (rank) {
      case SUPERKINGDOM -> new Thresholds(threshold, phylum, genus);
      case PHYLUM -> new Thresholds(superkingdom, threshold, genus);
      case GENUS -> new Thresholds(superkingdom, phylum, threshold);
    };
  }

  /**
   * As {@link ThresholdChoice#numbers} reads it: {@code superkingdom:0.9,phylum:0.9,genus:0.95}.
   */
  @Override
  public String toString() {
    return Arrays.stream(Rank.values())
        .map(rank -> rank.label() + ":" + BigDecimal.valueOf(of(rank)).toPlainString())
        .collect(Collectors.joining(","));
  }
}
