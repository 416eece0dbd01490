package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    Path file = PublishedWeights.write(directory, NucleotideTransformer.tensors());

    try (NDManager manager = NDManager.newBaseManager()) {
      // When
      Map<String, NDArray> backbone = NucleotideTransformer.read(directory, manager);

      // Then what the encoder has is there, with the values that were written
      assertThat(Files.size(file)).isCloseTo(FILE_BYTES, within(64L));
      assertThat(backbone).hasSize(192 - 1 - 12 - 2 - 6);
      assertThat(backbone.values().stream().mapToLong(NDArray::size).sum()).isEqualTo(52_484_608);
      String last = "esm.encoder.emb_layer_norm_after.bias";
      assertThat(backbone.get(last).toFloatArray()).isEqualTo(PublishedWeights.values(last, 512));
    }
  }

  @Test
  void shouldMakeACheckpointToTrainOn() throws IOException {
    // Given
    PublishedWeights.write(directory, NucleotideTransformer.tensors());
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
          .isEqualTo(PublishedWeights.values(name, 512 * 2048));
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
      PublishedWeights.write(directory, small);
      assertThatThrownBy(() -> NucleotideTransformer.read(directory, manager))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("word_embeddings.weight is")
          .hasMessageContaining("(4107, 512)");
      PublishedWeights.write(directory, other);
      assertThatThrownBy(() -> NucleotideTransformer.read(directory, manager))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has a tensor that does not belong there: bert.weight");
    }
  }
}
