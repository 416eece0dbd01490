package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NaiveBayesStartTest {
  private final ToyPack pack = new ToyPack();
  private NDManager manager;

  @BeforeEach
  void open() {
    TorchThread.forInference(1);
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static ModelConfig config(boolean aminoAcids) {
    return new ModelConfig(
        16,
        0,
        2,
        12,
        1e-5,
        false,
        Vocabulary.SIZE,
        64,
        5,
        false,
        40,
        true,
        aminoAcids,
        ModelConfig.Kind.SHARED,
        0,
        4,
        3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldCallReadsOfItsGenomesBeforeAnyTraining(boolean aminoAcids) {
    // Given
    ModelConfig config = config(aminoAcids);
    TaxonClassifier classifier =
        new TaxonClassifier(manager, config, pack.taxonomy(), new Weights(Map.of(), 2));
    List<LabelledRead> reads =
        new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5)).sampleEvenly(120, 4);
    LabelledBatch batch = LabelledBatch.of(manager, reads, 40);

    // When
    float size =
        new NaiveBayesStart(pack.taxonomy(), pack.genomes(), List.of())
            .set(config, classifier, manager);

    // Then
    float[] logits = classifier.logits(batch.device()).toFloatArray();
    int taxa = pack.taxonomy().size();
    for (int row = 0; row < reads.size(); row++) {
      TaxonProbabilities probabilities =
          TaxonProbabilities.ofLogits(pack.taxonomy(), logits, row * taxa);
      for (Rank rank : Rank.values()) {
        int label = reads.get(row).label(rank);
        if (label >= 0) {
          assertThat(probabilities.best(rank).index())
              .as("%s of %s", rank, reads.get(row).genome())
              .isEqualTo(label);
        }
      }
    }
    assertThat(rms(classifier.tensors().get("classifier.genus.weight").toFloatArray()))
        .isCloseTo(size, within(size / 2));
  }

  private static float rms(float... values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return (float) Math.sqrt(sum / values.length);
  }
}
