package io.readlens.stream.bench;

import java.util.List;

/** Reads and the seconds that they took. */
record Rate(long reads, double seconds) {
  double perSecond() {
    return reads / seconds;
  }

  /** All of several turns taken together. */
  static Rate of(List<Rate> turns) {
    return new Rate(
        turns.stream().mapToLong(Rate::reads).sum(),
        turns.stream().mapToDouble(Rate::seconds).sum());
  }

  double over(Rate other) {
    return perSecond() / other.perSecond();
  }
}
