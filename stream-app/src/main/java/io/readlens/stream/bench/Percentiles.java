package io.readlens.stream.bench;

import java.util.Arrays;

/** Some values in order; a percentile is one of them (nearest rank), never made up between two. */
final class Percentiles {
  private final long[] sorted;

  Percentiles(long[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values, no percentiles");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /**
   * The smallest value that at least so many of the values do not exceed.
   *
   * @param percent in (0, 100]
   */
  long at(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("no percentile " + percent);
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[rank - 1];
  }

  int count() {
    return sorted.length;
  }
}
