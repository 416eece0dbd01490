package io.readlens.model.filter;

/**
 * Stretches of one base over and over, with a few others between: tails of poly-A or poly-T at an
 * end of the read, cycles without light that are read as G; and longer ones anywhere.
 *
 * <p>A stretch scores 1 for each of its base and {@value #PENALTY} less for each other letter; it
 * begins and ends where that sum is the highest, and is given up where the sum has fallen by
 * {@value #DROP}. With a tenth of errors it so gains more than it loses.
 */
final class Tails {
  private static final int PENALTY = 3;
  private static final int DROP = 12;

  /** Score of a stretch at an end of the read, of which that many bases may be missing. */
  private static final int LEAST_AT_END = 12;

  private static final int END_BASES = 4;

  /** Score of a stretch anywhere. */
  private static final int LEAST = 24;

  private Tails() {}

  /**
   * Finds the stretches of a read.
   *
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  static void find(byte[] digits, Stretches.Finding found) {
    int[] score = new int[4];
    int[] start = new int[4];
    int[] best = new int[4];
    int[] end = new int[4];
    int open = 0; // One bit for each base that has a score.
    for (int at = 0; at < digits.length; at++) {
      int digit = digits[at];
      if (digit < 4) {
        if (score[digit] == 0) {
          start[digit] = at;
          best[digit] = 0;
        }
        score[digit]++;
        open |= 1 << digit;
        if (score[digit] > best[digit]) {
          best[digit] = score[digit];
          end[digit] = at + 1;
        }
      }
      for (int others = open & ~(1 << digit); others != 0; others &= others - 1) {
        int base = Integer.numberOfTrailingZeros(others);
        score[base] -= PENALTY;
        if (score[base] <= 0 || score[base] < best[base] - DROP) {
          score[base] = 0;
          open &= ~(1 << base);
          add(start[base], end[base], best[base], digits.length, found);
        }
      }
    }
    for (int base = 0; base < 4; base++) {
      if (score[base] > 0) {
        add(start[base], end[base], best[base], digits.length, found);
      }
    }
  }

  private static void add(int start, int end, int score, int length, Stretches.Finding found) {
    boolean atEnd = start <= END_BASES || end >= length - END_BASES;
    if (score >= (atEnd ? LEAST_AT_END : LEAST)) {
      found.add(start, end);
    }
  }
}
