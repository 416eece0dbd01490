package io.readlens.trainer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.process.InputFile;
import io.readlens.model.process.NewFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a training stands, in one file: all that it needs to go on as if it had never ended. Its
 * random numbers are not in it, since each step's follow from the seed and the step.
 *
 * <p>The file: the line {@value #MAGIC}; an int and so many bytes of JSON with settings and
 * position; an int, the number of tensors; for each its name (modified UTF-8 after a short), an int
 * n and n floats; all big-endian.
 *
 * @param settings what the training was asked to do
 * @param position where it is
 * @param tensors weights, running statistics and the optimizer's moments by name
 */
record TrainingState(JsonNode settings, Position position, Map<String, float[]> tensors) {
  private static final String MAGIC = "readlens-training-state 1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A place between two steps.
   *
   * @param phase of the training's phases, from 0
   * @param step steps done in the phase
   * @param reads reads seen in the phase
   * @param seconds that the phase took so far
   * @param updates the optimizer's steps in all phases
   * @param terms running means of the loss's terms
   * @param stopping what the measurements have shown
   * @param curveBytes length of the learning curve
   */
  record Position(
      int phase,
      long step,
      long reads,
      double seconds,
      int updates,
      List<Double> terms,
      EarlyStopping stopping,
      long curveBytes) {}

  /** What {@link #write} puts before the tensors. */
  private record Header(JsonNode settings, Position position) {}

  /**
   * Writes the state of a training whose tensors are given, in place of an older one: the file is
   * whole at any moment, and on the disk when this returns.
   */
  static void write(Path file, JsonNode settings, Position position, Map<String, NDArray> tensors)
      throws IOException {
    try (NewFile state = NewFile.of(file);
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(state.out(), 1 << 16))) {
      out.writeBytes(MAGIC + "\n");
      byte[] header = JSON.writeValueAsBytes(new Header(settings, position));
      out.writeInt(header.length);
      out.write(header);
      out.writeInt(tensors.size());
      for (Map.Entry<String, NDArray> tensor : tensors.entrySet()) {
        float[] values = tensor.getValue().toFloatArray();
        out.writeUTF(tensor.getKey());
        out.writeInt(values.length);
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        buffer.asFloatBuffer().put(values);
        out.write(buffer.array());
      }
      out.flush();
      state.sync();
      state.appear();
    }
  }

  /**
   * Reads a state; empty where there is no such file.
   *
   * @throws IOException if the file is not the state of a training
   */
  static Optional<TrainingState> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(InputFile.open(file), 1 << 16))) {
      byte[] magic = new byte[MAGIC.length() + 1];
      in.readFully(magic);
      if (!new String(magic, US_ASCII).equals(MAGIC + "\n")) {
        throw new IOException(file + " is not a training's state that this version reads");
      }
      Header header = JSON.readValue(in.readNBytes(in.readInt()), Header.class);
      Map<String, float[]> tensors = new LinkedHashMap<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        float[] values = new float[in.readInt()];
        byte[] content = in.readNBytes(Math.multiplyExact(values.length, Float.BYTES));
        ByteBuffer.wrap(content).asFloatBuffer().get(values);
        tensors.put(name, values);
      }
      return Optional.of(new TrainingState(header.settings, header.position, tensors));
    } catch (EOFException | JacksonException | RuntimeException e) {
      throw new IOException(file + " is not a whole training's state: remove it", e);
    }
  }

  /**
   * Sets tensors, none of which may carry gradients yet, to what was written.
   *
   * @throws IllegalStateException naming a tensor that the state lacks or has in another size
   */
  void restore(Map<String, NDArray> live) {
    live.forEach(
        (name, tensor) -> {
          float[] values = tensors.get(name);
          if (values == null || values.length != tensor.size()) {
            throw new IllegalStateException("the training's state has no such tensor: " + name);
          }
          tensor.set(FloatBuffer.wrap(values));
        });
  }
}
