package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.Vocabulary;

/**
 * A batch of token windows on the device; it belongs to the manager that it was made on.
 *
 * @param ids [B,T] vocabulary ids, {@code <cls>} first, then tokens, then padding; what is hidden
 *     of a read is padding among its tokens
 * @param valid [B,T] 1 at {@code <cls>} and tokens, 0 at padding
 * @param attentionBias [B,1,1,T] 0 at valid keys, very negative at padding; empty where nothing is
 *     padded
 */
public record DeviceBatch(NDArray ids, NDArray valid, NDArray attentionBias) {
  private static final float MASKED = -3.4028235e38f;

  public static DeviceBatch of(NDManager manager, TokenBatch batch) {
    int rows = batch.rows();
    int width = batch.width();
    long[] ids = batch.ids();
    float[] valid = new float[ids.length];
    float[] bias = new float[ids.length];
    boolean padded = false;
    for (int place = 0; place < ids.length; place++) {
      boolean token = ids[place] != Vocabulary.PAD;
      padded |= !token;
      valid[place] = token ? 1 : 0;
      bias[place] = token ? 0 : MASKED;
    }
    Shape shape = new Shape(rows, width);
    return new DeviceBatch(
        manager.create(ids, shape),
        manager.create(valid, shape),
        padded ? manager.create(bias, new Shape(rows, 1, 1, width)) : manager.create(new Shape(0)));
  }

  /** Some of the rows, in the order given; as wide as before. */
  DeviceBatch take(int... rows) {
    NDArray index = ids.getManager().create(rows);
    NDArray bias = attentionBias.isEmpty() ? attentionBias : attentionBias.get(index);
    return new DeviceBatch(ids.get(index), valid.get(index), bias);
  }

  public int rows() {
    return (int) ids.getShape().get(0);
  }

  /** T, {@code <cls>} and padding included. */
  public int width() {
    return (int) ids.getShape().get(1);
  }
}
