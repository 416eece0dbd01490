package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExplainerTrainingTest {
  private static final ModelConfig CONFIG =
      ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 6, 4);

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @TempDir private Path directory;
  private final ToyPack pack = new ToyPack();
  private ModelConfig config = CONFIG;
  private Taxonomy taxonomy = pack.taxonomy();
  private int saves;

  /** Two steps of imitation and six by the loss, on reads of several lengths in one batch. */
  private static ExplainerTraining.Recipe recipe(Method method, double rate, int patience) {
    return new ExplainerTraining.Recipe(
        8,
        24,
        4,
        ReadLengths.ofTokens(12, 20),
        true,
        new Schedule(rate, 2, 0.1),
        0.99,
        1,
        0.01,
        0.5,
        6,
        patience,
        1e9,
        method.recipe().loss(),
        5);
  }

  private static JsonNode settings(ExplainerTraining.Recipe recipe) {
    return new ObjectMapper().valueToTree(recipe);
  }

  /**
   * Trains in a directory, killed as it is about to save for the so-manieth time; weights after.
   */
  private Map<String, float[]> train(ExplainerTraining.Recipe recipe, String name, int killedAt)
      throws IOException {
    Path out = Files.createDirectories(directory.resolve(name));
    saves = 0;
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier classifier =
          new TaxonClassifier(manager, config, taxonomy, new RandomWeights(1, 0.6));
      Explainer explainer =
          new Explainer(manager, config, taxonomy.size(), new Weights(Map.of(), 2));
      List<LabelledRead> validation =
          new ReadSampler(pack.genomes(), taxonomy, new Random(7)).sampleEvenly(120, 2);
      Map<String, float[]> weights = new TreeMap<>();
      TrainingReads reads =
          new GenomeSet(pack.pack(), SequencingErrors.NONE, InputFilter.NONE)
              .reads(
                  taxonomy,
                  new TrainingSet.Showing(recipe.lengths(), true, TrainingSet.Balance.EVEN, 40, 5));
      new ExplainerTraining(recipe, manager, taxonomy, classifier, explainer, reads, validation, 40)
          .run(
              out,
              settings(recipe),
              1,
              () -> {
                saves++;
                if (saves == killedAt) {
                  throw new Killed();
                }
                explainer
                    .tensors()
                    .byName()
                    .forEach((tensor, values) -> weights.put(tensor, values.toFloatArray()));
              });
      return weights;
    }
  }

  private List<String> steps(String name) throws IOException {
    return Files.readAllLines(directory.resolve(name).resolve("learning-curve-explainer.tsv"))
        .stream()
        .map(line -> line.split("\t")[0])
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void shouldEndAlikeWhetherKilledOrNot(Method method) throws IOException {
    // Given
    ExplainerTraining.Recipe recipe = recipe(method, 0.01, 0);
    Map<String, float[]> atOnce = train(recipe, "at once", 0);
    assertThatThrownBy(() -> train(recipe, "killed", 5)).isInstanceOf(Killed.class);

    // When
    Map<String, float[]> resumed = train(recipe, "killed", 0);

    // Then
    assertThat(saves).as("only what is left").isEqualTo(3);
    assertThat(resumed.keySet()).isEqualTo(atOnce.keySet());
    atOnce.forEach(
        (name, values) -> assertThat(resumed.get(name)).as(name).containsExactly(values));
    assertThat(steps("killed"))
        .containsExactly("step", "2", "1", "2", "3", "4", "5", "6")
        .isEqualTo(steps("at once"));
    assertThat(directory.resolve("killed/training.state")).doesNotExist();
  }

  @Test
  void shouldTrainTheNumbersOfAnExplainerOfEvidence() throws IOException {
    // Given
    config = CONFIG.withExplainer(ModelConfig.Kind.EVIDENCE, 0, 0, 3);
    taxonomy = ToyPack.withNothing(taxonomy);
    ExplainerTraining.Recipe recipe = recipe(Method.READLENS, 0.01, 0);

    // When
    Map<String, float[]> weights = train(recipe, "out", 0);
    Map<String, float[]> again = train(recipe, "again", 0);

    // Then
    assertThat(weights).hasSize(3);
    weights.forEach(
        (name, values) -> {
          float[] start = new float[taxonomy.size()];
          Arrays.fill(start, name.contains("scale") ? 2 : name.endsWith("weight") ? 1.2f : -6);
          assertThat(values).as(name).hasSameSizeAs(start).isNotEqualTo(start);
          assertThat(again.get(name)).as(name).containsExactly(values);
        });
  }

  @Test
  void shouldTrainAsManyWeightsAsThePaper() {
    // Given
    config = ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 100, 40);
    try (NDManager manager = NDManager.newBaseManager()) {
      // When
      Explainer explainer = new Explainer(manager, config, 1937, new Weights(Map.of(), 1));

      // Then
      assertThat(
              explainer.tensors().byName().entrySet().stream()
                  .filter(tensor -> !tensor.getKey().contains(".running_"))
                  .mapToLong(tensor -> tensor.getValue().size())
                  .sum())
          .isEqualTo(807_357);
    }
  }

  @Test
  void shouldRefuseTheStateOfAnotherTraining() {
    // Given
    assertThatThrownBy(() -> train(recipe(Method.PAPER, 0.01, 0), "out", 3))
        .isInstanceOf(Killed.class);

    // When / Then
    assertThatThrownBy(() -> train(recipe(Method.PAPER, 0.02, 0), "out", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("training.state is of another training")
        .hasMessageContaining("its peak is 0.01, not 0.02");
  }

  @Test
  void shouldRefuseAFileThatIsNoState() throws IOException {
    // Given
    Files.createDirectories(directory.resolve("out"));
    Files.writeString(directory.resolve("out/training.state"), "readlens-training-state 1\nxx");

    // When / Then
    assertThatThrownBy(() -> train(recipe(Method.PAPER, 0.01, 0), "out", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("training.state is not a whole training's state");
  }

  @Test
  void shouldStopEarlyAndKeepTheBest() throws IOException {
    // When
    train(recipe(Method.PAPER, 0.01, 2), "out", 0);

    // Then: the imitation's end, and the first of three measurements, as none is lower by 1e9
    assertThat(saves).isEqualTo(2);
    assertThat(steps("out")).containsExactly("step", "2", "1", "2", "3");
  }
}
