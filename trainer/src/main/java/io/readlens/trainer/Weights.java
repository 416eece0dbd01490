package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Where a training's weights come from: those of a checkpoint, and initial values for what it
 * lacks. New encoder layers start as nothing: their output projections are zero, so that a model
 * with a layer more begins where the model without it stood.
 */
final class Weights implements Tensors.Source {
  private final Map<String, NDArray> known;
  private final Random random;

  /**
   * @param known tensors to go on from, by name; may be empty
   * @param seed of the initial values
   */
  Weights(Map<String, NDArray> known, long seed) {
    this.known = known;
    this.random = new Random(seed);
  }

  @Override
  public NDArray tensor(NDManager manager, String name, Shape shape) {
    NDArray tensor = known.get(name);
    return tensor != null ? tensor : manager.create(initial(name, shape), shape);
  }

  private float[] initial(String name, Shape shape) {
    float[] values = new float[(int) shape.size()];
    if (name.startsWith("explainer.")) {
      fillExplainer(name, shape, values);
    } else if (name.endsWith(".bias") || startsAsNothing(name)) {
      return values;
    } else if (name.contains("LayerNorm") || name.contains("emb_layer_norm_after")) {
      Arrays.fill(values, 1);
    } else {
      normal(values, name.contains(".layer.") ? 0.09 : 0.02);
    }
    return values;
  }

  private static boolean startsAsNothing(String name) {
    return name.contains(".layer.") && name.contains("output.dense");
  }

  private void fillExplainer(String name, Shape shape, float[] values) {
    if (name.endsWith("embedding.weight")) {
      normal(values, 0.3);
    } else if (name.contains(".lstm.")) {
      // Every LSTM tensor's first dimension is 4H.
      uniform(values, 1 / Math.sqrt(shape.get(0) / 4.0));
    } else if (name.endsWith("near.weight") || name.endsWith("whole.weight")) {
      uniform(values, Math.sqrt(3.0 / shape.get(1)));
    } else if (name.endsWith("norm.weight") || name.endsWith("running_var")) {
      Arrays.fill(values, 1);
    } else if (name.endsWith("output.weight")) {
      uniform(values, 0.1);
    } else if (name.endsWith("output.scale.weight")) {
      Arrays.fill(values, EvidenceStart.NEAR);
    } else if (name.endsWith("output.presence.weight")) {
      Arrays.fill(values, EvidenceStart.ABSENT / -Explainer.PRESENT);
    } else if (name.endsWith("output.presence.bias")) {
      Arrays.fill(values, -EvidenceStart.ABSENT);
    }
  }

  private void normal(float[] values, double deviation) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
  }

  private void uniform(float[] values, double bound) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
  }
}
