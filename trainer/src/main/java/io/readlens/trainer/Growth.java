package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes room in a checkpoint's tensors for new labels. Heads and the Explainer's output have a row
 * a label: old rows keep their numbers and move to where {@code now} has their labels, new rows get
 * initial values. Kinds of background are never added to.
 *
 * @param before the labels that the tensors know
 * @param now these with the same indices, and others after them
 */
record Growth(Taxonomy before, Taxonomy now) {
  private static final String HEAD = "classifier.";
  private static final String BACKGROUND = HEAD + "background.";
  private static final String OUTPUT = "explainer.output.";

  /**
   * Tensors of the new labels, on a manager; those without a row a label are the old ones.
   *
   * @param seed of the initial values
   */
  Map<String, NDArray> of(Map<String, NDArray> tensors, NDManager manager, long seed) {
    if (before.size() == now.size()) {
      return tensors;
    }
    Weights initial = new Weights(Map.of(), seed);
    Map<String, NDArray> grown = new LinkedHashMap<>(tensors);
    grown.replaceAll((name, tensor) -> grow(name, tensor, manager, initial));
    return grown;
  }

  private NDArray grow(String name, NDArray tensor, NDManager manager, Weights initial) {
    boolean output = name.startsWith(OUTPUT);
    if (name.startsWith(BACKGROUND) || (!output && !name.startsWith(HEAD))) {
      return tensor;
    }
    long[] dimensions = tensor.getShape().getShape().clone();
    int width = (int) (tensor.size() / dimensions[0]);
    float[] old = tensor.toFloatArray();
    Rank head = output ? null : rank(name);
    dimensions[0] = output ? now.size() : now.size(head);
    Shape shape = new Shape(dimensions);
    NDArray fresh = initial.tensor(manager, name, shape);
    float[] values = fresh.toFloatArray();
    fresh.close();
    for (Rank rank : Rank.values()) {
      if (output) {
        copy(old, before.offset(rank), values, now.offset(rank), before.size(rank), width);
      } else if (rank == head) {
        copy(old, 0, values, 0, before.size(rank), width);
      }
    }
    return manager.create(values, shape);
  }

  private static Rank rank(String head) {
    for (Rank rank : Rank.values()) {
      if (head.startsWith(HEAD + rank.label() + ".")) {
        return rank;
      }
    }
    throw new IllegalStateException("no rank's head: " + head);
  }

  private static void copy(float[] from, int fromRow, float[] to, int toRow, int rows, int width) {
    System.arraycopy(from, fromRow * width, to, toRow * width, rows * width);
  }
}
