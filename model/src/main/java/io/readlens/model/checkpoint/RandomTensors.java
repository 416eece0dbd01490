package io.readlens.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.network.Tensors;
import java.util.Arrays;
import java.util.Random;

/** Weights that keep activations of every layer at the size of one. */
final class RandomTensors implements Tensors.Source {
  private final Random random;

  RandomTensors(long seed) {
    random = new Random(seed);
  }

  @Override
  public NDArray tensor(NDManager manager, String name, Shape shape) {
    float[] values = new float[(int) shape.size()];
    if (shape.dimension() == 1) {
      boolean factor = name.endsWith("weight") || name.endsWith("running_var");
      Arrays.fill(values, factor ? 1 : 0);
    } else {
      float bound = (float) Math.sqrt(3.0 / shape.get(1));
      for (int i = 0; i < values.length; i++) {
        values[i] = (2 * random.nextFloat() - 1) * bound;
      }
    }
    return manager.create(values, shape);
  }
}
