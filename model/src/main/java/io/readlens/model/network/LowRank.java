package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The closest approximation of a matrix by the product of two of lower rank, {@code X ≈ L Rᵀ}: its
 * largest singular values' vectors, each times the root of its singular value (Eckart and Young,
 * "The approximation of one matrix by another of lower rank").
 *
 * @param left L [M,d], row-major
 * @param right R [N,d], row-major
 */
@SuppressWarnings("ArrayRecordComponent") // Two results of one call; nobody compares them.
public record LowRank(float[] left, float[] right) {
  /**
   * @param matrix X [M,N], row-major
   * @param columns N
   * @param rank d; where X has fewer singular values, the columns after those are 0
   */
  public static LowRank of(NDManager manager, float[] matrix, int columns, int rank) {
    int rows = matrix.length / columns;
    int kept = Math.min(rank, Math.min(rows, columns));
    try (NDManager scratch = manager.newSubManager()) {
      NDArray x = scratch.create(matrix, new Shape(rows, columns));
      NDList factors =
          new TorchScript(scratch).call("factors", false, new NDList(x, scratch.create(kept)));
      return new LowRank(
          widen(factors.get(0).toFloatArray(), rows, rank),
          widen(factors.get(1).toFloatArray(), columns, rank));
    }
  }

  private static float[] widen(float[] narrow, int rows, int width) {
    int from = narrow.length / rows;
    float[] wide = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(narrow, row * from, wide, row * width, from);
    }
    return wide;
  }
}
