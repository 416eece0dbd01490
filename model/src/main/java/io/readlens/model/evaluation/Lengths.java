package io.readlens.model.evaluation;

import java.util.Comparator;

/**
 * Reads of like length: each class begins at twice the bases of the one before, so that whatever
 * lengths reads have there are few.
 *
 * @param from bases of the shortest, 0-based count: 0, 100, 200, 400 and so on
 * @param to one more than the bases of the longest
 */
public record Lengths(int from, int to) implements Comparable<Lengths> {
  private static final int SHORTEST = 100;

  /** The class of a read of so many bases. */
  public static Lengths of(int bases) {
    if (bases < SHORTEST) {
      return new Lengths(0, SHORTEST);
    }
    int from = SHORTEST * Integer.highestOneBit(bases / SHORTEST);
    return new Lengths(from, 2 * from);
  }

  @Override
  public int compareTo(Lengths other) {
    return Comparator.comparingInt(Lengths::from).compare(this, other);
  }

  /** As in {@code 800 to 1599 bases}. */
  @Override
  public String toString() {
    return from + " to " + (to - 1) + " bases";
  }
}
