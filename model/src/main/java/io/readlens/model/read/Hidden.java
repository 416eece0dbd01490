package io.readlens.model.read;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a read's bases that the model is not shown, because nothing can be read off it.
 *
 * @param start first base, 0-based
 * @param end one past the last base (half-open), greater than {@code start}
 * @param kind what the stretch is
 */
public record Hidden(int start, int end, Kind kind) {
  /** Why bases are hidden. Where stretches of several kinds overlap, the first kind is named. */
  public enum Kind {
    /** Letters other than A, C, G and T, and the single bases that they leave between them. */
    UNKNOWN,
    /** An adapter or a barcode of the sequencing library. */
    ADAPTER,
    /** The backbone of a cloning vector. */
    VECTOR,
    /** One base over and over, such as a poly-A tail or the dark cycles that are read as G. */
    TAIL,
    /** A short motif over and over, or another stretch of few different words. */
    LOW_COMPLEXITY
  }

  public Hidden {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("not a stretch: [" + start + "," + end + ")");
    }
  }

  /** Length in bases. */
  public int length() {
    return end - start;
  }

  /** What of some stretches lies within some bases, counted from the first of them. */
  static List<Hidden> within(List<Hidden> stretches, int from, int to) {
    List<Hidden> within = new ArrayList<>();
    for (Hidden each : stretches) {
      int start = Math.max(from, each.start);
      int end = Math.min(to, each.end);
      if (start < end) {
        within.add(new Hidden(start - from, end - from, each.kind));
      }
    }
    return within;
  }

  @Override
  public String toString() {
    return "[" + start + "," + end + ") " + kind;
  }
}
