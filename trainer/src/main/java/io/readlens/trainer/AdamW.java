package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * AdamW with clipping by the global norm of the gradients. The engine does the arithmetic of one
 * tensor; DJL's own optimizer has no clipping by norm (its clipping by value clamps one side only).
 *
 * <p>Threading: one thread.
 */
final class AdamW {
  private static final float EPS = 1e-8f;

  /** One tensor, its two moments, and what its group of tensors is updated with. */
  private record Slot(
      NDArray tensor, NDArray mean, NDArray variance, double rateFactor, double decay) {}

  private final List<Slot> slots = new ArrayList<>();
  private final NDManager manager;
  private final float beta1;
  private final float beta2;
  private final double clip;
  private int step;

  /**
   * @param manager owner of the moments
   * @param clip the gradients' norm is scaled down to at most this
   */
  AdamW(NDManager manager, double beta1, double beta2, double clip) {
    this.manager = manager;
    this.beta1 = (float) beta1;
    this.beta2 = (float) beta2;
    this.clip = clip;
  }

  /**
   * Adds tensors that require gradients.
   *
   * @param rateFactor multiplies the learning rate
   * @param decay weight decay, for tensors of two or more dimensions
   */
  void add(Collection<NDArray> tensors, double rateFactor, double decay) {
    for (NDArray tensor : tensors) {
      boolean matrix = tensor.getShape().dimension() > 1;
      slots.add(
          new Slot(
              tensor,
              manager.zeros(tensor.getShape()),
              manager.zeros(tensor.getShape()),
              rateFactor,
              matrix ? decay : 0));
    }
  }

  /**
   * One step on the gradients that the tensors hold, which it clears.
   *
   * @return the gradients' norm before clipping
   * @throws IllegalStateException if the norm is not finite
   */
  double step(double learningRate) {
    step++;
    try (NDManager scratch = manager.newSubManager()) {
      List<NDArray> gradients = new ArrayList<>();
      double squares = 0;
      for (Slot slot : slots) {
        NDArray gradient = slot.tensor.getGradient();
        gradient.attach(scratch);
        gradients.add(gradient);
        try (NDArray norm = gradient.norm()) {
          double value = norm.getFloat();
          squares += value * value;
        }
      }
      double norm = Math.sqrt(squares);
      if (!Double.isFinite(norm)) {
        throw new IllegalStateException("the gradients are not finite at step " + step);
      }
      float scale = (float) Math.min(1, clip / Math.max(norm, 1e-12));
      double correction = Math.sqrt(1 - Math.pow(beta2, step)) / (1 - Math.pow(beta1, step));
      for (int i = 0; i < slots.size(); i++) {
        Slot slot = slots.get(i);
        double rate = learningRate * slot.rateFactor;
        JniUtils.adamUpdate(
            (PtNDArray) slot.tensor,
            (PtNDArray) gradients.get(i),
            (PtNDArray) slot.mean,
            (PtNDArray) slot.variance,
            (float) rate,
            (float) (rate * correction),
            (float) slot.decay,
            scale,
            -1,
            beta1,
            beta2,
            EPS,
            true);
        JniUtils.zeroGrad((PtNDArray) slot.tensor);
      }
      return norm;
    }
  }
}
