package io.readlens.model.filter;

import io.readlens.model.read.Hidden;
import io.readlens.model.read.Hidden.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the filters find in one read. */
final class Stretches {
  private final int length;
  private final List<Hidden> all = new ArrayList<>();

  /** Takes stretches of bases: 0-based, half-open, in any order. */
  interface Finding {
    void add(int start, int end);
  }

  /**
   * @param length the read's, in bases
   */
  Stretches(int length) {
    this.length = length;
  }

  /** Takes stretches of a kind. */
  Finding of(Kind kind) {
    return (start, end) -> all.add(new Hidden(start, end, kind));
  }

  /**
   * Adds what is left between two stretches, or between one and an end of the read, if it is short.
   * It is of the kind of the stretch before it or, at the read's start, behind it.
   *
   * @param bases length from which on a remnant stays
   */
  void closeGaps(int bases) {
    if (all.isEmpty()) {
      return;
    }
    List<Hidden> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingInt(Hidden::start));
    int foundTo = 0;
    Kind before = sorted.get(0).kind();
    for (Hidden each : sorted) {
      closeGap(foundTo, each.start(), bases, before);
      if (each.end() > foundTo) {
        foundTo = each.end();
        before = each.kind();
      }
    }
    closeGap(foundTo, length, bases, before);
  }

  private void closeGap(int start, int end, int bases, Kind kind) {
    if (start < end && end - start < bases) {
      all.add(new Hidden(start, end, kind));
    }
  }

  List<Hidden> all() {
    return all;
  }
}
