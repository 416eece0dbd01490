package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTrainingTest {
  private static final ModelConfig CONFIG =
      ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 6, 4);

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @TempDir private Path directory;
  private final ToyPack pack = new ToyPack();
  private final Taxonomy taxonomy = pack.taxonomy();
  private int saves;

  /** Six steps of four reads, whose weights are averaged. */
  private static ClassifierTraining.Recipe recipe(double rate) {
    return new ClassifierTraining.Recipe(
        24, 80, new Schedule(rate, 2, 0.1), 0.99, 1, 0.01, 0.5, 0.3, 0.2, 0.5, false, 6, 5);
  }

  private static JsonNode settings(ClassifierTraining.Recipe recipe) {
    return new ObjectMapper().valueToTree(recipe);
  }

  /**
   * Trains in a directory, killed as it is about to save for the so-manieth time; weights after.
   */
  private Map<String, float[]> train(
      ClassifierTraining.Recipe recipe, TrainingSet set, String name, int killedAt)
      throws IOException {
    Path out = Files.createDirectories(directory.resolve(name));
    saves = 0;
    try (NDManager manager = NDManager.newBaseManager();
        TrainingReads reads =
            set.reads(
                taxonomy,
                new TrainingSet.Showing(
                    ReadLengths.ofTokens(20), false, TrainingSet.Balance.BY_BASES, 20, 5))) {
      TaxonClassifier classifier =
          new TaxonClassifier(manager, CONFIG, taxonomy, new Weights(Map.of(), 2));
      List<LabelledRead> validation = set.validation(taxonomy, List.of(120), 2, 7);
      Map<String, float[]> weights = new TreeMap<>();
      new ClassifierTraining(recipe, manager, taxonomy, classifier, reads, validation, 40)
          .run(
              out,
              settings(recipe),
              1,
              accuracy -> {
                saves++;
                if (saves == killedAt) {
                  throw new Killed();
                }
                classifier
                    .tensors()
                    .byName()
                    .forEach((tensor, values) -> weights.put(tensor, values.toFloatArray()));
              });
      return weights;
    }
  }

  /** Ten reads, so that a training takes several passes. */
  private TrainingSet reads() throws IOException {
    ToyReads reads =
        new ToyReads(directory)
            .add(5, 130, "Bacteria,Pseudomonadota,Escherichia", "AAACCCGGTT")
            .add(5, 700, "Archaea,Promethearchaeota,NA", "GGGCCCAT")
            .write();
    return new ReadSet(reads.reads(), reads.truth(), Optional.empty(), InputFilter.NONE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldEndAlikeWhetherKilledOrNot(boolean ofGenomes) throws IOException {
    // Given
    TrainingSet set =
        ofGenomes ? new GenomeSet(pack.pack(), SequencingErrors.NONE, InputFilter.NONE) : reads();
    Map<String, float[]> atOnce = train(recipe(0.01), set, "at once", 0);
    assertThatThrownBy(() -> train(recipe(0.01), set, "killed", 5)).isInstanceOf(Killed.class);

    // When
    Map<String, float[]> resumed = train(recipe(0.01), set, "killed", 0);

    // Then
    assertThat(saves).as("only what is left").isEqualTo(2);
    assertThat(resumed.keySet()).isEqualTo(atOnce.keySet());
    atOnce.forEach(
        (name, values) -> assertThat(resumed.get(name)).as(name).containsExactly(values));
    assertThat(Files.readAllLines(directory.resolve("killed/learning-curve-classifier.tsv")))
        .extracting(line -> line.split("\t")[0])
        .containsExactly("step", "1", "2", "3", "4", "5", "6");
    assertThat(directory.resolve("killed/training.state")).doesNotExist();
  }

  @Test
  void shouldRefuseTheStateOfAnotherTraining() throws IOException {
    // Given
    TrainingSet genomes = new GenomeSet(pack.pack(), SequencingErrors.NONE, InputFilter.NONE);
    assertThatThrownBy(() -> train(recipe(0.01), genomes, "out", 3)).isInstanceOf(Killed.class);

    // When / Then
    assertThatThrownBy(() -> train(recipe(0.02), genomes, "out", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("training.state is of another training")
        .hasMessageContaining("its peak is 0.01, not 0.02");
  }

  @Test
  void shouldTakeTaxaForEquallyCommonHoweverOftenTheyAreDrawn() throws IOException {
    // Given the same read, of one phylum three times out of four and of another the fourth time
    int often = taxonomy.find(Rank.PHYLUM, "Bacillota").orElseThrow().index();
    int seldom = taxonomy.find(Rank.PHYLUM, "Pseudomonadota").orElseThrow().index();
    int from = taxonomy.offset(Rank.PHYLUM);
    Read bases = Read.of("read", "ACGTTG".repeat(20));
    IntFunction<LabelledRead> of =
        phylum -> new LabelledRead(bases, Tokenizer.tokenize(bases), "genome", -1, phylum, -1);
    float[] imbalance = new float[taxonomy.size()];
    imbalance[from + often] = (float) Math.log(3);
    TrainingReads uneven =
        new TrainingReads() {
          @Override
          public Draw draw(long seen, Random random) {
            return new Draw(
                Stream.generate(() -> of.apply(random.nextInt(4) == 0 ? seldom : often)).iterator(),
                40);
          }

          @Override
          public float[] imbalance() {
            return imbalance;
          }
        };
    ClassifierTraining.Recipe recipe =
        new ClassifierTraining.Recipe(
            4_000, 800, new Schedule(0.01, 2, 0.1), 0.99, 1, 0, 0, 0, 0, 1, false, 1, 5);

    // When
    double more;
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier classifier =
          new TaxonClassifier(manager, CONFIG, taxonomy, new Weights(Map.of(), 2));
      new ClassifierTraining(recipe, manager, taxonomy, classifier, uneven, List.of(), 40)
          .run(directory, settings(recipe), 1, accuracy -> {});
      LabelledBatch batch = LabelledBatch.of(manager, List.of(of.apply(often)), 40);
      float[] logits = classifier.logits(batch.device()).toFloatArray();
      more = logits[from + often] - logits[from + seldom];
    }

    // Then
    assertThat(more).isCloseTo(0, offset(0.2));
  }
}
