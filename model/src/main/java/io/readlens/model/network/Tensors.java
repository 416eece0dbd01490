package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's named tensors, in the order in which the script takes them.
 *
 * <p>Threading: the map is never changed after construction; training changes the tensors' values
 * in place.
 */
public final class Tensors {
  private final Map<String, NDArray> byName;

  private Tensors(Map<String, NDArray> byName) {
    this.byName = byName;
  }

  /**
   * Where a network's tensors come from: initial values, or a file.
   *
   * @see Layout#build
   */
  @FunctionalInterface
  public interface Source {
    /** The tensor of a name and shape, on the given manager. */
    NDArray tensor(NDManager manager, String name, Shape shape);
  }

  /** The names and shapes that a network of one configuration has. */
  static final class Layout {
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    Map<String, Shape> shapes() {
      return Collections.unmodifiableMap(shapes);
    }

    void add(String name, long... shape) {
      shapes.put(name, new Shape(shape));
    }

    /**
     * Takes every tensor from the source.
     *
     * @throws IllegalArgumentException naming a tensor whose shape or type is not the layout's
     */
    Tensors build(NDManager manager, Source source) {
      Map<String, NDArray> tensors = new LinkedHashMap<>();
      shapes.forEach(
          (name, shape) -> {
            NDArray tensor = source.tensor(manager, name, shape);
            if (tensor.getDataType() != DataType.FLOAT32) {
              throw new IllegalArgumentException(
                  "tensor " + name + " is " + tensor.getDataType() + ", not float32");
            }
            if (!tensor.getShape().equals(shape)) {
              throw new IllegalArgumentException(
                  "tensor " + name + " is " + tensor.getShape() + ", not " + shape);
            }
            tensors.put(name, tensor);
          });
      return new Tensors(tensors);
    }
  }

  public Map<String, NDArray> byName() {
    return byName;
  }

  public NDArray get(String name) {
    NDArray tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  /** The tensors of some names as one list argument of the script. */
  NDList asList(String argument, List<String> names) {
    List<NDArray> arrays = new ArrayList<>();
    for (String name : names) {
      NDArray tensor = get(name);
      tensor.setName(argument + "[]");
      arrays.add(tensor);
    }
    return new NDList(arrays);
  }

  /** Whether training may change the tensors: turns their gradients on or off. */
  public void requireGradients(boolean on) {
    byName.values().forEach(tensor -> tensor.setRequiresGradient(on));
  }
}
