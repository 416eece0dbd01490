package io.readlens.trainer;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** A file laid out as the published one, with random weights. */
final class PublishedWeights {
  private PublishedWeights() {}

  /** Random weights as safetensors: the header's length, the header, the tensors one by one. */
  static Path write(Path directory, Map<String, Shape> tensors) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long at = 0;
    for (Map.Entry<String, Shape> tensor : tensors.entrySet()) {
      long end = at + tensor.getValue().size() * Float.BYTES;
      header.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  tensor.getKey(),
                  Arrays.toString(tensor.getValue().getShape()).replace(" ", ""),
                  at,
                  end));
      at = end;
    }
    header.append('}');
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    Path file = directory.resolve("model.safetensors");
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length()).flip());
      out.write(ByteBuffer.wrap(header.toString().getBytes(StandardCharsets.US_ASCII)));
      for (Map.Entry<String, Shape> tensor : tensors.entrySet()) {
        float[] values = values(tensor.getKey(), (int) tensor.getValue().size());
        ByteBuffer bytes =
            ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
    return file;
  }

  /** A tensor's values, which follow from its name. */
  static float[] values(String name, int count) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    return values;
  }
}
