package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.network.Tensors;
import java.util.Random;

/** Normal random weights, none zero, for tests. */
final class RandomWeights implements Tensors.Source {
  private final Random random;
  private final double deviation;

  RandomWeights(long seed, double deviation) {
    random = new Random(seed);
    this.deviation = deviation;
  }

  @Override
  public NDArray tensor(NDManager manager, String name, Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      float value = (float) (random.nextGaussian() * deviation);
      values[i] = name.endsWith("running_var") ? 0.1f + Math.abs(value) : value;
    }
    return manager.create(values, shape);
  }
}
