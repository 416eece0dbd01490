package io.readlens.trainer;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What a training step costs beside the forward pass of the same reads.
 *
 * @param tokens of all steps, padding counted
 * @param forward tokens a second of the forward pass, as a worker runs it
 * @param training tokens a second of whole steps: reads drawn, forward and backward pass, update
 * @param ratio training over forward, the median over the steps
 */
record StepCost(long tokens, double forward, double training, double ratio) {
  private static final int WARM_UP = 3;

  /**
   * Takes turns, so that a busy machine slows both alike. The weights stay as they are but for a
   * hair; gradients are off afterwards.
   *
   * @param steps that are counted; a few more come before
   * @param optimizer of the tensors, which require gradients
   * @param forward draws the reads of a step and runs them, without gradients; gives their tokens
   * @param accumulate adds the gradients of the same reads
   */
  static StepCost measure(
      int steps, AdamW optimizer, ToLongFunction<Random> forward, Consumer<Random> accumulate) {
    long tokens = 0;
    long forwardNanos = 0;
    long trainingNanos = 0;
    double[] ratios = new double[steps];
    for (int step = -WARM_UP; step < steps; step++) {
      JniUtils.setGradMode(false);
      long start = System.nanoTime();
      long ofStep = forward.applyAsLong(new Random(step));
      long between = System.nanoTime();
      JniUtils.setGradMode(true);
      accumulate.accept(new Random(step));
      optimizer.step(Float.MIN_NORMAL);
      long end = System.nanoTime();
      if (step >= 0) {
        tokens += ofStep;
        forwardNanos += between - start;
        trainingNanos += end - between;
        ratios[step] = (double) (between - start) / (end - between);
      }
    }
    JniUtils.setGradMode(false);
    Arrays.sort(ratios);
    return new StepCost(
        tokens, tokens * 1e9 / forwardNanos, tokens * 1e9 / trainingNanos, ratios[steps / 2]);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,.0f tokens/s trained, %,.0f forward, ratio %.2f (%,d tokens)",
        training,
        forward,
        ratio,
        tokens);
  }
}
