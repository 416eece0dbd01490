package io.readlens.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.abundance.CallConfusion;
import io.readlens.model.abundance.Origin;
import io.readlens.model.abundance.Outcome;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String CLASSIFIER = "classifier.safetensors";
  private static final String CONFUSION = "confusion.tsv";
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

  @Test
  void shouldReadBackTheConfusionThatWasSaved() throws IOException {
    // Given
    String without = saveToy(1).id();

    // When
    Checkpoint saved = saveWithConfusion();

    // Then
    assertThat(saved.confusion()).contains(confusion());
    assertThat(saved.id()).isNotEqualTo(without);
    assertThat(saved.digests()).containsKey(CONFUSION).hasSize(6);
    assertThat(saved.deciding(DECISION).confusion()).as("of another decision").isEmpty();
    assertThat(saveToy(1).confusion()).isEmpty();
    assertThat(directory.resolve(CONFUSION)).as("that of the checkpoint before").doesNotExist();
  }

  @Test
  void shouldNotReadAConfusionThatIsNoPartOfTheCheckpoint() throws IOException {
    // Given
    saveToy(1);
    Files.writeString(directory.resolve(CONFUSION), "rubbish");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.confusion()).isEmpty();
  }

  @Test
  void shouldRefuseAConfusionThatIsNone() throws IOException {
    // Given
    saveWithConfusion();
    edit(CONFUSION, "Escherichia", "Nobody");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("confusion.tsv: line 2: origin is 'Nobody', not a label");
  }

  @Test
  void shouldRefuseAConfusionThatIsMissingOrLarge() throws IOException {
    // Given
    saveWithConfusion();
    Path file = directory.resolve(CONFUSION);
    Files.delete(file);

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .hasMessage("%s: %s is missing; copy the whole checkpoint again", directory, CONFUSION);
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(3L << 30);
    }
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .hasMessageContaining("larger than the 4194304 bytes that it may have");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        CLASSIFIER,
        "explainer.safetensors",
        "labels.tsv",
        "metrics.json",
        CONFUSION
      })
  void shouldRefuseAFlippedByte(String file) throws IOException {
    // Given
    saveWithConfusion();
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
        Checkpoint.verify(
            "elsewhere",
            Optional.empty(),
            (name, most) -> Files.readAllBytes(directory.resolve(name)));

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
                    Optional.empty(),
                    (name, most) -> {
                      throw new IOException("nobody is there");
                    }))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage("elsewhere: SHA256SUMS cannot be read: nobody is there")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void shouldSayWhyAPathIsNoCheckpoint() throws IOException {
    // Given
    Path file = Files.createFile(directory.resolve("file"));
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Path none = directory.resolve("none");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(none))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(none + noCheckpoint("there is no such directory"));
    assertThatThrownBy(() -> Checkpoint.load(file))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(file + noCheckpoint("it is no directory"));
    assertThatThrownBy(() -> Checkpoint.load(empty))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(empty + noCheckpoint("it has no SHA256SUMS"));
  }

  private static String noCheckpoint(String why) {
    return " is no checkpoint: " + why + "; name a directory that the trainer wrote";
  }

  @Test
  void shouldRefuseWeightsOfAnotherShape() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"intermediate_size\" : 6", "\"intermediate_size\" : 7");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("esm.encoder.layer.0.intermediate.dense.weight is (12, 8)");
  }

  /** What each line of the configuration may be made, against what would be made of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 1000000000|num_hidden_layers cannot be"
            + " 1000000000",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 999|it has no tensor"
            + " esm.encoder.layer.2",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 1|it has a tensor that does not belong"
            + " there",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 1e9|config.json",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : \"2\"|config.json",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : null|config.json",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 99999999999|config.json",
        "\"hidden_size\" : 8|\"hidden_size\" : 2147483644|hidden_size cannot be",
        "\"hidden_size\" : 8|\"hidden_size\" : 8, \"hidden_size\" : 8|Duplicate",
        "\"num_attention_heads\" : 2|\"num_attention_heads\" : 1073741824|num_attention_heads"
            + " cannot be",
        "\"layer_norm_eps\" : 1.0E-5|\"layer_norm_eps\" : 1e300|layer_norm_eps cannot be",
        "\"layer_norm_eps\" : 1.0E-5|\"layer_norm_eps\" : 1e-300|layer_norm_eps cannot be",
        "\"layer_norm_eps\" : 1.0E-5|\"layer_norm_eps\" : NaN|config.json",
        "\"max_position_embeddings\" : 64|\"max_position_embeddings\" :"
            + " 2147483647|max_position_embeddings cannot be",
        "\"explainer_hidden_size\" : 3|\"explainer_hidden_size\" : 536870912|explainer_hidden_size"
            + " cannot be",
        "\"explainer_hidden_size\" : 3|\"explainer_hidden_size\" : 65536|tensor explainer",
        "\"pooling_prior_tokens\" : 0|\"pooling_prior_tokens\" : 8193|pooling_prior_tokens cannot"
            + " be 8193",
        "\"pooling_prior_tokens\" : 0|\"pooling_prior_tokens\" : -1|pooling_prior_tokens cannot be"
            + " -1",
        "\"explainer\" : \"LSTM\"|\"explainer\" : \"GRU\"|config.json",
        "\"explainer\" : \"LSTM\"|\"explainer\" : \"EVIDENCE\"|explainer_reach cannot be 0",
        "\"vocab_size\" : 4107|\"vocab_size\" : 5|vocab_size cannot be 5",
      })
  void shouldRefuseSizesThatCannotBe(String from, String to, String why) throws IOException {
    // Given
    saveToy(1);
    edit("config.json", from, to);

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(((InvalidCheckpointException) e).isIncomplete()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256SUMS", "config.json", "labels.tsv", "metrics.json"})
  void shouldNotReadASmallFileThatIsLarge(String file) throws IOException {
    // Given
    saveToy(1);
    try (RandomAccessFile large = new RandomAccessFile(directory.resolve(file).toFile(), "rw")) {
      large.setLength(3L << 30);
    }

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(
            "%s: %s cannot be read: it is larger than the 1048576 bytes that it may have",
            directory, file);
  }

  @ParameterizedTest
  @ValueSource(longs = {4L << 20, 3L << 30})
  void shouldReadNoMoreOfTheWeightsThanTheConfigurationSays(long bytes) throws IOException {
    // Given
    saveToy(1);
    try (RandomAccessFile large =
        new RandomAccessFile(directory.resolve(CLASSIFIER).toFile(), "rw")) {
      large.setLength(bytes);
    }

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .hasMessageContaining("classifier.safetensors cannot be read: it is larger than the");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "null", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "{\"a\":", "deep"})
  void shouldRefuseMetricsThatAreNoObject(String content) throws IOException {
    // Given
    saveToy(1);
    String text =
        content.equals("deep")
            ? "{\"a\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}"
            : content;
    Files.writeString(directory.resolve("metrics.json"), text);
    edit("metrics.json", "", "");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("metrics.json: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rubbish", "0123  config.json", "\u001b[2J\u0007  labels.tsv", "config.json\tx"})
  void shouldRefuseDigestsThatAreNone(String line) throws IOException {
    // Given
    saveToy(1);
    Path sums = directory.resolve("SHA256SUMS");
    Files.writeString(sums, Files.readString(sums) + line + "\n");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("SHA256SUMS has the line: ")
        .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
  }

  @Test
  void shouldTellAnotherCheckpointFromTheOneThatIsWanted() {
    // Given
    Checkpoint saved = saveToy(1);
    Checkpoint.Source source = (name, most) -> Files.readAllBytes(directory.resolve(name));

    // When / Then
    assertThat(Checkpoint.verify("there", Optional.of(saved.id()), source).id())
        .isEqualTo(saved.id());
    assertThatThrownBy(() -> Checkpoint.verify("there", Optional.of("0".repeat(64)), source))
        .hasMessage("there is checkpoint " + saved.id() + " now, not " + "0".repeat(64))
        .satisfies(e -> assertThat(((InvalidCheckpointException) e).isIncomplete()).isTrue());
  }

  @Test
  void shouldSayNothingLong() throws IOException {
    // Given
    saveToy(1);
    Path labels = directory.resolve("labels.tsv");
    Files.writeString(labels, Files.readString(labels) + "x".repeat(1_000_000) + "\t1\t2\tn\tNA\n");
    edit("labels.tsv", "", "");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("labels.tsv line")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e-30", "0.0099", "0.0", "-1.0", "100.5", "1e400"})
  void shouldRefuseATemperatureAtWhichAllIsCertainOrNothing(String temperature) throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"phylum_temperature\" : 1.0", "\"phylum_temperature\" : " + temperature);

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("config.json: a temperature cannot be ");
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
    edit("config.json", "\"format_version\" : 5", "\"format_version\" : 1");
    edit("config.json", "  \"amino_acid_triples\" : false,\n", "");
    edit("config.json", "  \"final_norm\" : true,\n", "");
    edit("config.json", "  \"pooling_prior_tokens\" : 0,\n", "");
    edit("config.json", "  \"overlapping_kmers\" : false,\n", "");
    edit("config.json", "  \"explainer\" : \"LSTM\",\n", "");
    edit("config.json", "  \"explainer_reach\" : 0,\n", "");
    edit("config.json", "  \"phylum_temperature\" : 1.0,\n", "");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");
    edit("config.json", ",\n  \"temperature_growth\" : 0.0", "");

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
    edit("config.json", "\"format_version\" : 5", "\"format_version\" : 2");
    edit("config.json", "  \"amino_acid_triples\" : false,\n", "");
    edit("config.json", "  \"final_norm\" : true,\n", "");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");
    edit("config.json", ",\n  \"temperature_growth\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
  }

  @Test
  void shouldReadTheThirdFormat() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 5", "\"format_version\" : 3");
    edit("config.json", "  \"amino_acid_triples\" : false,\n", "");
    edit("config.json", ",\n  \"temperature_tokens\" : 0.0", "");
    edit("config.json", ",\n  \"temperature_growth\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
    assertThat(checkpoint.decision()).isEqualTo(DECISION);
  }

  @Test
  void shouldReadTheFourthFormat() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 5", "\"format_version\" : 4");
    edit("config.json", "  \"amino_acid_triples\" : false,\n", "");
    edit("config.json", ",\n  \"temperature_growth\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.config()).isEqualTo(Toy.CONFIG);
    assertThat(checkpoint.decision()).isEqualTo(DECISION);
  }

  @Test
  void shouldBeNoSurerOfLongReadsThanTheirMeanWhereACheckpointDoesNotSay() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", ",\n  \"temperature_growth\" : 0.0", "");

    // When
    Checkpoint checkpoint = Checkpoint.load(directory);

    // Then
    assertThat(checkpoint.decision().temperature(Rank.GENUS, 20_000)).isEqualTo(1);
  }

  @Test
  void shouldBeSurerOfMoreThanOneWindow() {
    // Given
    Decision decision = new Decision(0, 0, 0, 0.5f, 0.5, 0.6, 0.7, 16, 0.5);

    // When / Then
    assertThat(decision.temperature(Rank.GENUS, 16)).isCloseTo(1.4, within(1e-9));
    assertThat(decision.temperature(Rank.GENUS, 256)).isCloseTo(0.74375, within(1e-9));
    assertThat(decision.temperature(Rank.GENUS, 1_024)).isCloseTo(0.35546875, within(1e-9));
    assertThatThrownBy(() -> new Decision(0, 0, 0, 0.5f, 1, 1, 1, 0, 1.5))
        .hasMessage("temperature_growth cannot be 1.5");
  }

  @Test
  void shouldReadBackAnExplainerOfEvidence() throws IOException {
    // Given
    try (NDManager manager = NDManager.newBaseManager()) {
      Checkpoint.save(
          directory,
          Toy.EVIDENCE,
          DECISION,
          Toy.taxonomyWithBackground(),
          new TaxonClassifier(manager, Toy.EVIDENCE, Toy.taxonomyWithBackground(), new Toy(1))
              .tensors(),
          new Explainer(manager, Toy.EVIDENCE, Toy.taxonomy().size(), new Toy(2)).tensors(),
          new ObjectMapper().createObjectNode());

      // When
      Explainer explainer = Checkpoint.load(directory).explainer(manager);

      // Then
      assertThat(explainer.tensors().get("explainer.output.scale.weight").toFloatArray())
          .isEqualTo(
              new Explainer(manager, Toy.EVIDENCE, Toy.taxonomy().size(), new Toy(2))
                  .tensors()
                  .get("explainer.output.scale.weight")
                  .toFloatArray());
    }
  }

  @Test
  void shouldRefuseAnExplainerOfEvidenceAmongLabelsWithoutBackground() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"explainer\" : \"LSTM\"", "\"explainer\" : \"EVIDENCE\"");
    edit("config.json", "\"explainer_reach\" : 0", "\"explainer_reach\" : 4");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("an Explainer of EVIDENCE needs labels of background");
  }

  @Test
  void shouldKeepTheThresholdsOfEveryProfile() throws IOException {
    // Given
    Decision measured =
        DECISION.calling(
            new Thresholds(0.1, 0.2, 0.3),
            new Thresholds(0.4, 0.5, 0.6),
            new Thresholds(0.7, 0.8, 0.9));
    saveToy(1);

    // When
    try (NDManager manager = NDManager.newBaseManager()) {
      Checkpoint.save(
          directory,
          Toy.CONFIG,
          measured,
          Toy.taxonomy(),
          new TaxonClassifier(manager, Toy.CONFIG, Toy.taxonomy(), new Toy(1)).tensors(),
          new Explainer(manager, Toy.CONFIG, Toy.taxonomy().size(), new Toy(1)).tensors(),
          new ObjectMapper().createObjectNode());
    }

    // Then
    assertThat(Checkpoint.load(directory).decision()).isEqualTo(measured);
    edit("config.json", "\"phylum\" : 0.2", "\"phylum\" : 0.55");
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageEndingWith(
            "the sensitive threshold of a phylum, 0.55, is above the balanced one, 0.5");
  }

  @Test
  void shouldReadACheckpointOfNoProfiles() throws IOException {
    // Given
    saveToy(1);
    String profiles = ",\\s+\"(sensitive|strict)_thresholds\" : \\{[^}]*}";
    Path config = directory.resolve("config.json");
    String whole = Files.readString(config);
    String rest = whole.replaceAll(profiles, "");

    // When
    edit("config.json", whole, rest);

    // Then
    assertThat(rest).doesNotContain("sensitive", "strict");
    assertThat(Checkpoint.load(directory).decision()).isEqualTo(DECISION);
    assertThat(Checkpoint.load(directory).decision().thresholds(Profile.STRICT))
        .isEqualTo(new Thresholds(0.95, 0.95, 0.95));
  }

  @Test
  void shouldRefuseAFormatOfTheFuture() throws IOException {
    // Given
    saveToy(1);
    edit("config.json", "\"format_version\" : 5", "\"format_version\" : 6");

    // When / Then
    assertThatThrownBy(() -> Checkpoint.load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("format_version is 6");
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

  private static CallConfusion confusion() {
    CallConfusion.Builder builder = new CallConfusion.Builder();
    Taxon genus = Toy.taxonomy().find(Rank.GENUS, "Escherichia").orElseThrow();
    builder.add(Origin.of(genus), 1_500, Outcome.called(genus));
    return builder.build();
  }

  private Checkpoint saveWithConfusion() {
    try (NDManager manager = NDManager.newBaseManager()) {
      return Checkpoint.save(
          directory,
          Toy.CONFIG,
          DECISION,
          Toy.taxonomy(),
          new TaxonClassifier(manager, Toy.CONFIG, Toy.taxonomy(), new Toy(1)).tensors(),
          new Explainer(manager, Toy.CONFIG, Toy.taxonomy().size(), new Toy(1)).tensors(),
          new ObjectMapper().createObjectNode(),
          Optional.of(confusion()));
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
