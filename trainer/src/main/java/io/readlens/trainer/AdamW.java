package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW with clipping by the global norm of the gradients. The engine does the arithmetic of one
 * tensor; DJL's own optimizer has no clipping by norm (its clipping by value clamps one side only).
 *
 * <p>It can keep a running average of the tensors, {@link #withAverages}, which does better than
 * any one step's (Polyak and Juditsky, "Acceleration of stochastic approximation by averaging").
 *
 * <p>Threading: one thread.
 */
final class AdamW {
  private static final float EPS = 1e-8f;

  /** Of the first steps, a tenth is kept: the start is no part of an average for long. */
  private static final double FIRST_STEPS = 10;

  /** One tensor, its moments, its average if any, and what its group is updated with. */
  private record Slot(
      String name,
      NDArray tensor,
      NDArray mean,
      NDArray variance,
      Optional<NDArray> average,
      double rateFactor,
      double decay) {}

  private final List<Slot> slots = new ArrayList<>();
  private final NDManager manager;
  private final float beta1;
  private final float beta2;
  private final double clip;
  private final double averaging;
  private int step;

  /** Without averages. */
  AdamW(NDManager manager, double beta1, double beta2, double clip) {
    this(manager, beta1, beta2, clip, 0);
  }

  /**
   * @param manager owner of the moments and averages
   * @param clip the gradients' norm is scaled down to at most this
   * @param averaging what a step keeps of the tensors' averages, less in the first steps; 0: there
   *     are none
   */
  AdamW(NDManager manager, double beta1, double beta2, double clip, double averaging) {
    this.manager = manager;
    this.beta1 = (float) beta1;
    this.beta2 = (float) beta2;
    this.clip = clip;
    this.averaging = averaging;
  }

  /**
   * Adds named tensors that are to require gradients.
   *
   * @param rateFactor multiplies the learning rate
   * @param decay weight decay, for tensors of two or more dimensions
   */
  void add(Map<String, NDArray> tensors, double rateFactor, double decay) {
    tensors.forEach(
        (name, tensor) -> {
          boolean matrix = tensor.getShape().dimension() > 1;
          slots.add(
              new Slot(
                  name,
                  tensor,
                  manager.zeros(tensor.getShape()),
                  manager.zeros(tensor.getShape()),
                  averaging == 0 ? Optional.empty() : Optional.of(tensor.duplicate()),
                  rateFactor,
                  matrix ? decay : 0));
        });
  }

  /**
   * The moments and the average of every tensor by its name, as they are; with {@link #steps} all
   * of its state.
   */
  Map<String, NDArray> moments() {
    Map<String, NDArray> moments = new LinkedHashMap<>();
    for (Slot slot : slots) {
      slot.average.ifPresent(average -> moments.put(slot.name + ".average", average));
      moments.put(slot.name + ".adam_mean", slot.mean);
      moments.put(slot.name + ".adam_variance", slot.variance);
    }
    return moments;
  }

  /** Steps made so far. */
  int steps() {
    return step;
  }

  /** Goes on after so many steps; the {@link #moments} are set by the caller. */
  void goOnAfter(int steps) {
    step = steps;
  }

  /**
   * One step on the gradients that the tensors hold, which it clears.
   *
   * @return the gradients' norm before clipping
   * @throws IllegalStateException naming a tensor whose gradient is not finite
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
          if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                "the gradient of " + slot.name + " is " + value + " at step " + step);
          }
          squares += value * value;
        }
      }
      double norm = Math.sqrt(squares);
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
      withoutGradients(this::average);
      return norm;
    }
  }

  private void average() {
    double kept = Math.min(averaging, step / (FIRST_STEPS + step));
    for (Slot slot : slots) {
      if (slot.average.isPresent()) {
        try (NDArray added = slot.tensor.mul(1 - kept)) {
          slot.average.get().muli(kept).addi(added);
        }
      }
    }
  }

  /** Does something while the tensors are their averages, if there are any. */
  void withAverages(Runnable work) {
    withoutGradients(this::exchange);
    try {
      work.run();
    } finally {
      withoutGradients(this::exchange);
    }
  }

  /** The tensors become their averages, and the other way round. */
  private void exchange() {
    for (Slot slot : slots) {
      if (slot.average.isPresent()) {
        NDArray average = slot.average.get();
        try (NDArray tensor = slot.tensor.duplicate()) {
          slot.tensor.muli(0).addi(average);
          average.muli(0).addi(tensor);
        }
      }
    }
  }

  private static void withoutGradients(Runnable work) {
    boolean gradients = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    try {
      work.run();
    } finally {
      JniUtils.setGradMode(gradients);
    }
  }
}
