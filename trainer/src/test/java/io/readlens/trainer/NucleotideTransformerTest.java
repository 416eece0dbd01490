package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NucleotideTransformerTest {
  /** As published. */
  private static final long FILE_BYTES = 223_642_688;

  @TempDir private Path directory;

  @Test
  void shouldNameWhatWasPublished() {
    // When
    Map<String, Shape> tensors = NucleotideTransformer.tensors();

    // Then
    assertThat(tensors).hasSize(192);
    assertThat(tensors.values().stream().mapToLong(Shape::size).sum()).isEqualTo(55_905_164);
  }

  @Test
  void shouldReadAFileOfThatLayout() throws IOException {
    // Given
    Path file = write(NucleotideTransformer.tensors());

    try (NDManager manager = NDManager.newBaseManager()) {
      // When
      Map<String, NDArray> backbone = NucleotideTransformer.read(directory, manager);

      // Then what the encoder has is there, with the values that were written
      assertThat(Files.size(file)).isCloseTo(FILE_BYTES, within(64L));
      assertThat(backbone).hasSize(192 - 1 - 12 - 2 - 6);
      assertThat(backbone.values().stream().mapToLong(NDArray::size).sum()).isEqualTo(52_484_608);
      String last = "esm.encoder.emb_layer_norm_after.bias";
      assertThat(backbone.get(last).toFloatArray()).isEqualTo(values(last, 512));
    }
  }

  @Test
  void shouldMakeACheckpointToTrainOn() throws IOException {
    // Given
    write(NucleotideTransformer.tensors());
    ToyPack pack = new ToyPack();

    // When
    int exitCode =
        Main.commandLine()
            .execute(
                "import",
                "--weights=" + directory,
                "--genomes=" + pack.directory(),
                "--out=" + directory.resolve("made"),
                "--accept-licence=CC-BY-NC-SA-4.0");

    // Then
    assertThat(exitCode).isZero();
    Checkpoint made = Checkpoint.load(directory.resolve("made"));
    assertThat(made.metrics().at("/import/licence").asText()).isEqualTo("CC-BY-NC-SA-4.0");
    assertThat(made.taxonomy()).isEqualTo(pack.taxonomy());
    try (NDManager manager = NDManager.newBaseManager()) {
      String name = "esm.encoder.layer.11.output.dense.weight";
      assertThat(made.classifierTensors(manager).get(name).toFloatArray())
          .isEqualTo(values(name, 512 * 2048));
    }
  }

  @Test
  void shouldNameTheFirstTensorThatDiffers() throws IOException {
    // Given
    Map<String, Shape> small = Map.of("esm.embeddings.word_embeddings.weight", new Shape(4107, 8));
    Map<String, Shape> other = Map.of("bert.weight", new Shape(3));

    try (NDManager manager = NDManager.newBaseManager()) {
      // When
      // Then
      write(small);
      assertThatThrownBy(() -> NucleotideTransformer.read(directory, manager))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("word_embeddings.weight is")
          .hasMessageContaining("(4107, 512)");
      write(other);
      assertThatThrownBy(() -> NucleotideTransformer.read(directory, manager))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has no tensor esm.embeddings.word_embeddings.weight");
    }
  }

  /** Random weights as safetensors: the header's length, the header, the tensors one by one. */
  private Path write(Map<String, Shape> tensors) throws IOException {
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

  private static float[] values(String name, int count) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    return values;
  }
}
