package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** What multiplies the embeddings and the hidden states while the Explainer trains. */
enum Gate {
  /** The mask m itself, as in the paper; 1 - m for what is left out. */
  SOFT,
  /**
   * The rounded mask, as it is published, with the soft mask's gradient: h (1 + m - sg(m)) for what
   * is kept and (1 - h) (1 - m + sg(m)) for what is left out, where h is the mask rounded after
   * noise on its logits and sg stops gradients. The plain straight-through h + m - sg(m) fails:
   * both Hadamard products are zero at a dropped token, and so is its gradient.
   */
  HARD;

  /**
   * The gates of one pass each, of the mask's shape.
   *
   * @param kept of what the mask keeps
   * @param left of what it leaves out
   */
  record Gates(NDArray kept, NDArray left) {}

  /**
   * The gates of mask logits.
   *
   * @param noise added to the logits of a HARD gate, of their shape; a SOFT one takes none
   */
  Gates of(NDArray logits, NDArray noise) {
    if (this == SOFT) {
      NDArray mask = sigmoid(logits);
      return new Gates(mask, mask.neg().add(1f));
    }
    NDArray mask = sigmoid(logits.add(noise));
    NDArray frozen = mask.stopGradient();
    NDArray hard = frozen.gt(0.5f).toType(DataType.FLOAT32, false);
    NDArray zero = mask.sub(frozen);
    return new Gates(hard.mul(zero.add(1f)), hard.neg().add(1f).mul(zero.neg().add(1f)));
  }

  static NDArray sigmoid(NDArray logits) {
    return logits.getNDArrayInternal().sigmoid();
  }
}
