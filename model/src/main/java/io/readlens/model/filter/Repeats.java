package io.readlens.model.filter;

import java.util.Arrays;

/**
 * Tandem repeats of units of one to six bases, by how far a read agrees with itself that many bases
 * earlier.
 *
 * <p>A stretch scores {@value #MATCH} for each base that is the one a unit earlier and {@value
 * #PENALTY} less for each other; it begins and ends where that sum is the highest, and is given up
 * where the sum has fallen by {@value #DROP}. With one error in twenty bases, each of which costs
 * two matches, it so gains more than it loses; random bases lose, at 20 % G and C too.
 */
final class Repeats {
  private static final int LONGEST_UNIT = 6;
  private static final int MATCH = 2;
  private static final int PENALTY = 3;
  private static final int DROP = 24;
  private static final int LEAST = 32;

  private final byte[] digits;
  private final boolean[] repeated;

  /**
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  Repeats(byte[] digits) {
    this.digits = digits;
    repeated = new boolean[digits.length];
  }

  /** For each base of a stretch whether it is part of a repeat; at other bases nothing is said. */
  boolean[] within(int start, int end) {
    for (int unit = 1; unit <= LONGEST_UNIT; unit++) {
      mark(unit, start, end);
    }
    return repeated;
  }

  private void mark(int unit, int start, int end) {
    int score = 0;
    int best = 0;
    int bestStart = 0;
    int bestEnd = 0;
    for (int at = start + unit; at < end; at++) {
      if (digits[at] == digits[at - unit]) {
        if (score == 0) {
          best = 0;
          bestStart = at - unit;
        }
        score += MATCH;
        if (score > best) {
          best = score;
          bestEnd = at + 1;
        }
      } else if (score > 0) {
        score -= PENALTY;
        if (score <= 0 || score < best - DROP) {
          score = 0;
          keep(best, bestStart, bestEnd);
        }
      }
    }
    if (score > 0) {
      keep(best, bestStart, bestEnd);
    }
  }

  private void keep(int score, int start, int end) {
    if (score >= LEAST) {
      Arrays.fill(repeated, start, end, true);
    }
  }
}
