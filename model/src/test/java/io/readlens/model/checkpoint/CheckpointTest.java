package io.readlens.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String CLASSIFIER = "classifier.safetensors";
  private static final Decision DECISION = Decision.uncalibrated(0.5, 0.4, 0.3, 0.5f);

  @TempDir private Path directory;

  @Test
  void shouldReadBackWhatWasSaved() {
    try (NDManager manager = NDManager.newBaseManager()) {
      // Given
      TaxonClassifier classifier =
          new TaxonClassifier(manager, Toy.CONFIG, Toy.taxonomy(), new Toy(1));
      Explainer explainer = new Explainer(manager, Toy.CONFIG, Toy.taxonomy().size(), new Toy(2));

      // When
      Checkpoint saved = save(classifier, explainer, 5);
      Checkpoint loaded = Checkpoint.load(directory);

      // Then
      assertThat(loaded.id()).hasSize(64).isEqualTo(saved.id());
      assertThat(loaded.config()).isEqualTo(Toy.CONFIG);
      assertThat(loaded.decision()).isEqualTo(DECISION);
      assertThat(loaded.taxonomy()).isEqualTo(Toy.taxonomy());
      assertThat(loaded.metrics().get("reads").asInt()).isEqualTo(5);
      classifier
          .tensors()
          .byName()
          .forEach(
              (name, tensor) ->
                  assertThat(loaded.classifier(manager).tensors().get(name).toFloatArray())
                      .as(name)
                      .isEqualTo(tensor.toFloatArray()));
      explainer
          .tensors()
          .byName()
          .forEach(
              (name, tensor) ->
                  assertThat(loaded.explainer(manager).tensors().get(name).toFloatArray())
                      .as(name)
                      .isEqualTo(tensor.toFloatArray()));
    }
  }

  @Test
  void shouldBeAnotherCheckpointWhenAByteIsAnother() {
    // Given
    String one = saveToy(1).id();

    // When
    String other = saveToy(2).id();

    // Then
    assertThat(other).isNotEqualTo(one);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", CLASSIFIER, "explainer.safetensors", "labels.tsv", "metrics.json"})
  void shouldRefuseAFlippedByte(String file) throws IOException {
    // Given
    saveToy(1);
    byte[] content = Files.readAllBytes(directory.resolve(file));
    content[content.length / 2] ^= 1;
    Files.write(directory.resolve(file), content);

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(
            "%s: %s differs from its digest in SHA256SUMS; copy the whole checkpoint again",
            directory, file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", CLASSIFIER, "labels.tsv", "SHA256SUMS"})
  void shouldRefuseAMissingFile(String file) throws IOException {
    // Given
    saveToy(1);
    Files.delete(directory.resolve(file));

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(file);
  }

  @Test
  void shouldNameTheDigestsOfItsFilesAndLabels() throws IOException {
    // Given
    saveToy(1);
    Checkpoint checkpoint = Checkpoint.load(directory);

    // When
    Map<String, String> digests = checkpoint.digests();

    // Then
    assertThat(digests).hasSize(5);
    for (Map.Entry<String, String> each : digests.entrySet()) {
      assertThat(each.getValue())
          .isEqualTo(Sha256.of(Files.readAllBytes(directory.resolve(each.getKey()))));
    }
    assertThat(checkpoint.labelsDigest()).isEqualTo(digests.get("labels.tsv"));
  }

  @Test
  void shouldVerifyFilesThatSomebodyElseFetches() {
    // Given
    Checkpoint saved = saveToy(1);

    // When
    Checkpoint fetched =
        Checkpoint.verify("elsewhere", name -> Files.readAllBytes(directory.resolve(name)));

    // Then
    assertThat(fetched.id()).isEqualTo(saved.id());
    assertThat(fetched).hasToString("elsewhere (" + saved.id().substring(0, 12) + ")");
  }

  @Test
  void shouldSayThatAFileCannotBeRead() {
    // When / Then
    assertThatThrownBy(
            () ->
                Checkpoint.verify(
                    "elsewhere",
                    name -> {
                      throw new IOException("nobody is there");
                    }))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage("elsewhere cannot be read: nobody is there")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void shouldRefuseADirectoryThatIsNoCheckpoint() {
    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory.resolve("none")))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("is no checkpoint")
        .hasMessageContaining("name a directory that the trainer wrote");
  }

  @Test
  void shouldRefuseWeightsOfAnotherShape() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"intermediate_size\" : 6", "\"intermediate_size\" : 7");
    Checkpoint checkpoint = Checkpoint.load(directory);

    // When / Then
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThatThrownBy(() -> checkpoint.classifier(manager))
          .isInstanceOf(InvalidCheckpointException.class)
          .hasMessageContaining("esm.encoder.layer.0.intermediate.dense.weight is (12, 8)");
    }
  }

  @Test
  void shouldRefuseAnotherTokenizer() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", Checkpoint.TOKENIZER, "bpe");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("config.json: tokenizer is bpe");
  }

  @Test
  void shouldReadTheFirstFormat() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 4", "\"format_version\" : 1");
    edit("config.json", "  \"final_norm\" : true,\n", "");
    edit("config.json", "  \"pooling_prior_tokens\" : 0,\n", "");
    edit("config.json", "  \"overlapping_kmers\" : false,\n", "");
    edit("config.json", "  \"explainer\" : \"LSTM\",\n", "");
    edit("config.json", "  \"explainer_reach\" : 0,\n", "");
    edit("config.json", "  \"phylum_temperature\" : 1.0,\n", "");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
    assertThat(checkpoint.decision().temperature(Rank.PHYLUM, 100)).isEqualTo(1);
  }

  @Test
  void shouldReadTheSecondFormat() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 4", "\"format_version\" : 2");
    edit("config.json", "  \"final_norm\" : true,\n", "");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
  }

  @Test
  void shouldReadTheThirdFormat() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 4", "\"format_version\" : 3");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
    assertThat(checkpoint.decision()).isEqualTo(DECISION);
  }

  @Test
  void shouldRefuseAFormatOfTheFuture() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 4", "\"format_version\" : 5");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("format_version is 5");
  }

  @Test
  void shouldBundleATrainedCheckpoint() {
    // When
    Checkpoint bundled = Checkpoint.bundled();

    // Then
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThat(bundled.classifier(manager)).isNotNull();
      assertThat(bundled.explainer(manager)).isNotNull();
    }
    assertThat(bundled.metrics().path("explainer").path("imitation").asLong()).isPositive();
  }

  @Test
  void shouldGiveTheSameRandomWeightsForASeed() {
    // Given
    Checkpoint one = Checkpoint.random(Toy.CONFIG, Toy.taxonomy(), 1);
    Checkpoint other = Checkpoint.random(Toy.CONFIG, Toy.taxonomy(), 2);
    String name = "esm.encoder.layer.0.attention.self.query.weight";

    // When / Then
    try (NDManager manager = NDManager.newBaseManager()) {
      float[] ofOne = one.classifier(manager).tensors().get(name).toFloatArray();
      assertThat(one.classifier(manager).tensors().get(name).toFloatArray()).isEqualTo(ofOne);
      assertThat(other.classifier(manager).tensors().get(name).toFloatArray()).isNotEqualTo(ofOne);
      assertThat(other.id()).hasSize(64).isNotEqualTo(one.id());
      assertThat(one.explainer(manager)).isNotNull();
      assertThatThrownBy(() -> one.classifierTensors(manager))
          .isInstanceOf(InvalidCheckpointException.class)
          .hasMessageContaining("its weights are random");
    }
  }

  /** Changes a file and makes the digests agree with it, as one who edits a checkpoint would. */
  private void edit(String file, String from, String to) throws IOException {
    Path path = directory.resolve(file);
    Files.writeString(path, Files.readString(path).replace(from, to));
    Path sums = directory.resolve("SHA256SUMS");
    String name = "  " + file;
    String digest = Sha256.of(Files.readAllBytes(path));
    Files.writeString(
        sums,
        Files.readString(sums)
            .lines()
            .map(line -> line.endsWith(name) ? digest + name : line)
            .reduce("", (a, b) -> a + b + "\n"));
  }

  private Checkpoint saveToy(long seed) {
    try (NDManager manager = NDManager.newBaseManager()) {
      return save(
          new TaxonClassifier(manager, Toy.CONFIG, Toy.taxonomy(), new Toy(seed)),
          new Explainer(manager, Toy.CONFIG, Toy.taxonomy().size(), new Toy(seed)),
          5);
    }
  }

  private Checkpoint save(TaxonClassifier classifier, Explainer explainer, int reads) {
    return Checkpoint.save(
        directory,
        Toy.CONFIG,
        DECISION,
        Toy.taxonomy(),
        classifier.tensors(),
        explainer.tensors(),
        new ObjectMapper().createObjectNode().put("reads", reads));
  }
}
