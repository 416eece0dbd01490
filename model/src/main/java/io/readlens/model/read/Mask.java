package io.readlens.model.read;

import java.util.Arrays;

/** One score in [0, 1] for each token of a read, {@code <cls>} left out. Immutable. */
public final class Mask {
  private final float[] scores;

  private Mask(float[] scores) {
    this.scores = scores;
  }

  /**
   * Takes the scores as they are (no copy is made: hand the array over).
   *
   * @throws IllegalArgumentException if a score lies outside [0, 1] or is not a number
   */
  public static Mask of(float... scores) {
    for (int i = 0; i < scores.length; i++) {
      if (!(scores[i] >= 0 && scores[i] <= 1)) {
        throw new IllegalArgumentException("mask score " + scores[i] + " of token " + i);
      }
    }
    return new Mask(scores);
  }

  /** The number of tokens. */
  public int tokens() {
    return scores.length;
  }

  /** The score of one token, in [0, 1]. */
  public float score(int token) {
    return scores[token];
  }

  /** Token by token the larger score of two masks of one read. */
  public Mask max(Mask other) {
    if (other.tokens() != tokens()) {
      throw new IllegalArgumentException(tokens() + " tokens against " + other.tokens());
    }
    float[] larger = new float[scores.length];
    for (int i = 0; i < larger.length; i++) {
      larger[i] = Math.max(scores[i], other.scores[i]);
    }
    return new Mask(larger);
  }

  /** One byte a token, unsigned: the score times 255, rounded. */
  public byte[] toBytes() {
    byte[] bytes = new byte[scores.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (scores[i] * 255 + 0.5f);
    }
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mask mask && Arrays.equals(scores, mask.scores);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(scores);
  }

  @Override
  public String toString() {
    return "Mask" + Arrays.toString(scores);
  }
}
