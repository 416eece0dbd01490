package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * The terms of the Explainer's loss (Stalder et al., "What You See is What You Classify", moved
 * from pixels to tokens). Every term is [B], each read's own value over its own n tokens, so that a
 * read in a padded batch counts as it would alone; {@link #mean} makes one number of them.
 *
 * <p>Masks are [B,W] with values in [0, 1]: of a read's n tokens without {@code <cls>}, and of
 * padding between and behind them, whose values have no part in anything. A read of no tokens has
 * no area, no bounds and no variation.
 *
 * <p>Threading: one thread; arrays live as long as the manager.
 */
final class MaskLoss {
  /** What the negative entropy is divided by. */
  enum EntropyNorm {
    /**
     * The labels C, as in the authors' code: at most ln(C) / C, which for many labels is little.
     */
    BY_C,
    /** Nothing: at most ln C. */
    NONE,
    /** The greatest entropy ln C: at most 1. */
    BY_LOG_C;

    private float divisor(long taxa) {
      return switch (this) {
        case BY_C -> (float) taxa;
        case NONE -> 1;
        case BY_LOG_C -> taxa == 1 ? 1 : (float) Math.log((double) taxa);
      };
    }
  }

  /** A number for a read's token, from 0, given its n. */
  private interface Weight {
    double at(int token, int n);
  }

  /** Keeps the logarithm of what a rank's taxa do not have finite. */
  private static final float LEAST_REST = 1e-6f;

  private final NDManager manager;
  private final int width;

  /** Of each place, row-major, whether it is a token. */
  private final boolean[] tokens;

  /** n of each read. */
  private final int[] counts;

  /**
   * @param manager owner of the constants; that of the batch
   * @param width W, places of each mask
   * @param tokens [B,W] row-major, whether a place is a token
   */
  MaskLoss(NDManager manager, int width, boolean... tokens) {
    this.manager = manager;
    this.width = width;
    this.tokens = tokens.clone();
    counts = new int[width == 0 ? 0 : tokens.length / width];
    for (int i = 0; i < tokens.length; i++) {
      counts[i / width] += tokens[i] ? 1 : 0;
    }
  }

  /** The mean mask value. Example: [.9 .8 .3 .1] gives .525. */
  NDArray area(NDArray mask) {
    return sum(mask, table((token, n) -> 1.0 / n));
  }

  /**
   * How far a mask is from one that keeps at least a share {@code a} and at most a share {@code b}
   * of the tokens for certain. With the values in descending order r_1 ... r_n, ka = floor(n a) and
   * kb = floor(n b): (1/n) (sum over j up to ka of (1 - r_j) + sum over j beyond kb of r_j).
   * Example: [.9 .8 .3 .1], a = .25, b = .5 gives ((1 - .9) + .3 + .1) / 4 = .125.
   */
  NDArray bounding(NDArray mask, double a, double b) {
    // Negated, so that what is sorted upwards descends; padding, 1, comes last.
    NDArray valid = table((token, n) -> 1);
    NDArray negated = mask.neg().mul(valid).add(valid.neg().add(1f)).sort(1);
    float[] atLeast = new float[counts.length];
    float[] weights = new float[counts.length * width];
    for (int row = 0; row < counts.length; row++) {
      int n = counts[row];
      atLeast[row] = (float) (Math.floor(n * a) / Math.max(1, n));
      for (int place = 0; place < n; place++) {
        int sign = (place < Math.floor(n * a) ? 1 : 0) - (place < Math.floor(n * b) ? 0 : 1);
        weights[row * width + place] = (float) (sign / (double) n);
      }
    }
    return sum(negated, manager.create(weights, new Shape(counts.length, width)))
        .add(manager.create(atLeast));
  }

  /**
   * Total variation along the read: (1/n) times the sum of |u_i - u_(i+1)| over the tokens that
   * nothing hidden is between. Example: [.9 .8 .3 .1] gives (.1 + .5 + .2) / 4 = .20.
   *
   * @param reflectTail whether the last difference counts twice, as it does in the authors' code,
   *     which pads by reflection: .25 in the example
   */
  NDArray totalVariation(NDArray mask, boolean reflectTail) {
    if (width < 2) {
      return times(area(mask), 0);
    }
    NDArray next = mask.get(new NDIndex(":, 1:"));
    NDArray here = mask.get(new NDIndex(":, 0:" + (width - 1)));
    float[] weights = new float[counts.length * (width - 1)];
    for (int row = 0; row < counts.length; row++) {
      int last = -1;
      for (int place = 0; place < width - 1; place++) {
        if (tokens[row * width + place] && tokens[row * width + place + 1]) {
          last = row * (width - 1) + place;
          weights[last] = (float) (1.0 / counts[row]);
        }
      }
      if (reflectTail && last >= 0) {
        weights[last] *= 2;
      }
    }
    NDArray each = manager.create(weights, new Shape(counts.length, width - 1));
    return next.sub(here).abs().mul(each).sum(new int[] {1});
  }

  /** [B] each read's values times the weights [B,W] of its places. */
  private static NDArray sum(NDArray values, NDArray weights) {
    return values.mul(weights).sum(new int[] {1});
  }

  /** [B,W] the weights of each read's tokens; 0 at padding. */
  private NDArray table(Weight weight) {
    float[] values = new float[tokens.length];
    for (int row = 0; row < counts.length; row++) {
      int token = 0;
      for (int place = row * width; place < (row + 1) * width; place++) {
        if (tokens[place]) {
          values[place] = (float) weight.at(token, counts[row]);
          token++;
        }
      }
    }
    return manager.create(values, new Shape(counts.length, width));
  }

  /**
   * Cross-entropy [B] of one rank's log-probabilities with the labels.
   *
   * @param logProbabilities [B,C_r]
   * @param labels [B,1]
   */
  static NDArray crossEntropy(NDArray logProbabilities, NDArray labels) {
    return logProbabilities.gather(labels, 1).neg().squeeze(1);
  }

  /**
   * Negative entropy [B] of one rank's log-probabilities [B,C_r]: least where they are uniform, 0
   * where they are certain. Minimised on what the mask leaves out. Example: uniform over four
   * labels gives -ln 4 = -1.386294, BY_C -ln(4) / 4 = -.346574, BY_LOG_C -1.
   */
  static NDArray negativeEntropy(NDArray logProbabilities, EntropyNorm norm) {
    NDArray sum = logProbabilities.exp().mul(logProbabilities).sum(new int[] {1});
    return times(sum, 1 / norm.divisor(logProbabilities.getShape().get(1)));
  }

  /**
   * Where one softmax over all classes decides, in the place of the negative entropy: how far [B] a
   * rank's probabilities are from what is said of nothing, the sum of p ln(p / q) (Kullback and
   * Leibler, "On Information and Sufficiency"), 0 where they are the same. What the rank's taxa do
   * not have, of p as of q, counts as one taxon more. Example: p = .5 .3, q = .25 .25 gives .5 ln 2
   * + .3 ln 1.2 + .2 ln .4 = .218012, NONE.
   *
   * @param logProbabilities [B,C_r]
   * @param nothing q of each taxon
   */
  static NDArray divergence(NDArray logProbabilities, EntropyNorm norm, float... nothing) {
    NDManager manager = logProbabilities.getManager();
    float[] logs = new float[nothing.length];
    double left = 1;
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(nothing[i]);
      left -= nothing[i];
    }
    NDArray p = logProbabilities.exp();
    NDArray taxa = p.mul(logProbabilities.sub(manager.create(logs, new Shape(1, logs.length))));
    NDArray rest =
        p.sum(new int[] {1}).neg().add(1f).maximum(manager.create(new float[] {LEAST_REST}));
    NDArray ofRest = rest.mul(rest.log().sub((float) Math.log(Math.max(LEAST_REST, left))));
    NDArray sum = taxa.sum(new int[] {1}).add(ofRest);
    return times(sum, 1 / norm.divisor(logs.length));
  }

  /**
   * Binary cross-entropy [B,T] of mask logits with targets in [0, 1], both [B,T,C], over the taxa:
   * the weighted sum of max(z, 0) - z t + ln(1 + e^-|z|).
   *
   * @param weights [B,1,C] of each read's taxa
   */
  static NDArray binaryCrossEntropy(NDArray logits, NDArray targets, NDArray weights) {
    NDArray soft = logits.abs().neg().exp().add(1f).log();
    NDArray each = logits.getNDArrayInternal().relu().sub(logits.mul(targets)).add(soft);
    return each.mul(weights).sum(new int[] {2});
  }

  /**
   * One number of the reads' values [B].
   *
   * @param shares what each read counts: 1/B, or 0 where the term does not concern it
   */
  static NDArray mean(NDArray ofReads, float... shares) {
    return ofReads.mul(ofReads.getManager().create(shares)).sum();
  }

  /** The sum of several terms, each times its weight. */
  static NDArray weighted(NDList terms, double... weights) {
    NDArray sum = null;
    for (int i = 0; i < weights.length; i++) {
      NDArray term = times(terms.get(i), weights[i]);
      sum = sum == null ? term : sum.add(term);
    }
    return sum;
  }

  /**
   * An array times a number, for whatever gradients pass through. The engine keeps the factor of a
   * product for the way back, but DJL frees the factor that {@code mul(Number)} and {@code
   * div(Number)} make as soon as they return, so that a garbage collection between loss and
   * gradients would leave any number in its place. This one lives as long as the array's manager.
   */
  static NDArray times(NDArray array, double factor) {
    return array.mul(array.getManager().create((float) factor));
  }
}
