package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;

/**
 * The terms of the Explainer's loss (Stalder et al., "What You See is What You Classify", moved
 * from pixels to tokens). Masks are [B,n]: n content tokens, no {@code <cls>} and no padding. Every
 * term is a scalar: a mean over the batch of each read's own value.
 */
final class MaskLoss {
  /** Added to a probability before its logarithm. */
  private static final float LEAST = 1e-9f;

  private MaskLoss() {}

  /** The mean mask value. Example: [.9 .8 .3 .1] gives .525. */
  static NDArray area(NDArray mask) {
    return mask.mean();
  }

  /**
   * How far a mask is from one that keeps at least a share {@code a} and at most a share {@code b}
   * of the tokens for certain. With the values in descending order r_1 ... r_n, ka = floor(n a) and
   * kb = floor(n b): (1/n) (sum over j up to ka of (1 - r_j) + sum over j beyond kb of r_j).
   * Example: [.9 .8 .3 .1], a = .25, b = .5 gives ((1 - .9) + .3 + .1) / 4 = .125.
   */
  static NDArray bounding(NDArray mask, double a, double b) {
    long n = mask.getShape().get(1);
    long ka = (long) Math.floor(n * a);
    long kb = (long) Math.floor(n * b);
    NDArray ascending = mask.sort(1);
    NDArray sum = ascending.mul(0f).sum(new int[] {1});
    if (kb < n) {
      sum = sum.add(ascending.get(new NDIndex(":, 0:" + (n - kb))).sum(new int[] {1}));
    }
    if (ka > 0) {
      NDArray top = ascending.get(new NDIndex(":, " + (n - ka) + ":"));
      sum = sum.add(top.neg().add(1f).sum(new int[] {1}));
    }
    return sum.div((float) n).mean();
  }

  /**
   * Total variation along the read: (1/n) times the sum of |u_i - u_(i+1)|. Example: [.9 .8 .3 .1]
   * gives (.1 + .5 + .2) / 4 = .20.
   */
  static NDArray totalVariation(NDArray mask) {
    long n = mask.getShape().get(1);
    NDArray next = mask.get(new NDIndex(":, 1:"));
    NDArray here = mask.get(new NDIndex(":, 0:" + (n - 1)));
    return next.sub(here).abs().sum(new int[] {1}).div((float) n).mean();
  }

  /** Cross-entropy of one rank's probabilities [B,C_r] with targets [B,1]. */
  static NDArray crossEntropy(NDArray probabilities, NDArray targets) {
    return probabilities.gather(targets, 1).add(LEAST).log().neg().mean();
  }

  /**
   * Negative entropy of one rank's probabilities [B,C_r] over its greatest value ln C_r: -1 where
   * they are uniform, 0 where they are certain. Minimised on what the mask leaves out.
   */
  static NDArray negativeEntropy(NDArray probabilities) {
    if (probabilities.getShape().get(1) == 1) {
      return probabilities.sum().mul(0f); // One label is certain, whatever is shown.
    }
    float greatest = (float) Math.log((double) probabilities.getShape().get(1));
    NDArray log = probabilities.add(LEAST).log();
    return probabilities.mul(log).sum(new int[] {1}).mean().div(greatest);
  }

  /**
   * Binary cross-entropy of mask logits with targets in [0, 1], both of one shape: max(z, 0) - z t
   * + ln(1 + e^-|z|).
   */
  static NDArray binaryCrossEntropy(NDArray logits, NDArray targets) {
    NDArray soft = logits.abs().neg().exp().add(1f).log();
    return logits.getNDArrayInternal().relu().sub(logits.mul(targets)).add(soft).mean();
  }

  /** The sum of several terms, each times its weight. */
  static NDArray weighted(NDList terms, double... weights) {
    NDArray sum = null;
    for (int i = 0; i < weights.length; i++) {
      NDArray term = terms.get(i).mul((float) weights[i]);
      sum = sum == null ? term : sum.add(term);
    }
    return sum;
  }
}
