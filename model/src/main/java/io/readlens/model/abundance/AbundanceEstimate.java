package io.readlens.model.abundance;

import java.util.List;

/**
 * What a sample is made of. Shares are of the reads, or of their bases, that the model was asked
 * about; they sum to 1.
 *
 * @param corrected whether the calls were corrected by a confusion, or counted as they are
 * @param settled whether the search ended before it was given up; always, where it only counts
 * @param shares one an origin, the largest share of reads first
 * @param unknown all origins together whose genus is not known
 * @param background all kinds of background together
 */
public record AbundanceEstimate(
    boolean corrected, boolean settled, List<Share> shares, Amount unknown, Amount background) {
  public AbundanceEstimate {
    shares = List.copyOf(shares);
  }

  /**
   * A share, 0 to 1, and the interval that holds it in 95 of 100 cases.
   *
   * @param low 2.5th percentile of the bootstrap
   * @param high 97.5th percentile
   */
  public record Interval(double value, double low, double high) {}

  /**
   * A part of the sample.
   *
   * @param reads share of the reads
   * @param bases share of the bases: larger than that of the reads where its reads are longer
   */
  public record Amount(Interval reads, Interval bases) {}

  /**
   * What is of an origin.
   *
   * @param called how many reads were called just that: the origin's own taxon and no lower one
   */
  public record Share(Origin origin, long called, Amount amount) {}
}
