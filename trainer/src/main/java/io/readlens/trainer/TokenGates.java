package io.readlens.trainer;

import java.util.Random;

/**
 * Gates that hide tokens from the classifier while it trains, so that a read with tokens missing is
 * nothing new to it: half of them lose single tokens, half lose stretches.
 */
final class TokenGates {
  private static final double MOST_HIDDEN = 0.9;

  private TokenGates() {}

  /**
   * Fills one row.
   *
   * @param gate where to write; {@code <cls>} at {@code from} stays 1
   * @param from first place of the row
   * @param width the row's places, {@code <cls>} included
   */
  static void hideTokens(float[] gate, int from, int width, Random random) {
    double keep = 1 - random.nextDouble() * MOST_HIDDEN;
    if (random.nextBoolean()) {
      for (int i = 0; i < width; i++) {
        gate[from + i] = random.nextDouble() < keep ? 1 : 0;
      }
    } else {
      double hiddenRun = 3 + random.nextInt(20);
      double keptRun = hiddenRun * keep / (1 - keep + 0.02) + 1;
      boolean kept = random.nextDouble() < keep;
      int i = 0;
      while (i < width) {
        double mean = kept ? keptRun : hiddenRun;
        int run = 1 + (int) (-Math.log(1 - random.nextDouble()) * mean);
        for (int end = Math.min(width, i + run); i < end; i++) {
          gate[from + i] = kept ? 1 : 0;
        }
        kept = !kept;
      }
    }
    gate[from] = 1;
  }
}
