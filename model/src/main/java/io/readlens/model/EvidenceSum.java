package io.readlens.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Logits of a whole read of those of its windows. A window's logits are the sum of what its tokens
 * say, over their number n and a prior p: evidence of p tokens that say nothing ({@code
 * pooling_prior_tokens}). Added up are the sums, so that the prior counts once, as it would in one
 * window that held the whole read:
 *
 * <pre>
 *   mean of a token   m = the sum over the windows of l (n + p), over the sum of their n
 *   the whole read    l = m N / (N + p)
 *
 *   two windows, each n = 25, l = 1, and p = 64: m = 2 x 1 x 89 / 50 = 3.56, l = 3.56 x 50 / 114 = 1.56
 * </pre>
 *
 * where N are the tokens that the windows show, one that several show counted once. Without a prior
 * it is the mean of the windows' logits by their tokens. The order of windows does not matter.
 *
 * <p>Threading: one thread.
 */
final class EvidenceSum {
  private final int prior;
  private final List<float[]> logits = new ArrayList<>();
  private final List<Double> factors = new ArrayList<>();
  private double tokens;

  /**
   * @param prior p, 0 if the model's pooling divides by all tokens, shown or not
   */
  EvidenceSum(int prior) {
    this.prior = prior;
  }

  /**
   * Adds a window.
   *
   * @param ofWindow [C] its logits; kept, not written
   * @param shown n, as far as gates show its tokens
   * @param all n where there are no gates
   */
  void add(float[] ofWindow, double shown, int all) {
    double pooled = prior == 0 ? all : shown;
    logits.add(ofWindow);
    factors.add(pooled == 0 ? 0 : pooled + prior);
    tokens += pooled;
  }

  /**
   * The read's logits [C].
   *
   * @param once how many tokens are left of the windows' where each is counted once, as a share
   */
  float[] logits(double once) {
    double distinct = tokens * once;
    double scale = tokens == 0 ? 0 : distinct / (tokens * (distinct + prior));
    double[] sum = new double[logits.get(0).length];
    for (int window = 0; window < logits.size(); window++) {
      // Where nothing is shown, each window says what the read would: what <cls> does.
      double factor = tokens == 0 ? 1.0 / logits.size() : factors.get(window) * scale;
      float[] ofWindow = logits.get(window);
      for (int c = 0; c < sum.length; c++) {
        sum[c] += factor * ofWindow[c];
      }
    }
    float[] whole = new float[sum.length];
    for (int c = 0; c < whole.length; c++) {
      whole[c] = (float) sum[c];
    }
    return whole;
  }
}
