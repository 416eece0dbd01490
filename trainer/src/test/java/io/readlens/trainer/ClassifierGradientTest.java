package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Vocabulary;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierGradientTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(
          16,
          1,
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
          true,
          ModelConfig.Kind.SHARED,
          0,
          4,
          3);

  private final ToyPack pack = new ToyPack();
  private NDManager manager;
  private TaxonClassifier classifier;
  private LabelledBatch batch;
  private NDArray gate;
  private NDArray wanted;

  @BeforeEach
  void prepare() {
    TorchThread.forTraining(1);
    manager = NDManager.newBaseManager();
    classifier = new TaxonClassifier(manager, CONFIG, pack.taxonomy(), new RandomWeights(1, 0.6));
    classifier.tensors().requireGradients(true);
    List<LabelledRead> reads =
        new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5)).sampleEvenly(90, 1);
    batch = LabelledBatch.of(manager, reads, 20);
    Shape places = new Shape(batch.rows(), batch.width());
    gate = new RandomWeights(3, 1).tensor(manager, "gate", places).abs().minimum(1);
    Shape logits = new Shape(batch.rows(), pack.taxonomy().size());
    wanted = new RandomWeights(4, 1).tensor(manager, "wanted", logits);
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "esm.embeddings.word_embeddings.weight",
        TaxonClassifier.TRIPLES,
        "esm.encoder.layer.0.attention.self.query.weight",
        "classifier.genus.weight"
      })
  void shouldAgreeWithFiniteDifferences(String name) {
    // Given
    NDArray weight = classifier.tensors().get(name);
    NDArray direction =
        new RandomWeights(9, 1).tensor(manager, name, new Shape(weight.getShape().getShape()));
    double step = 1e-3;

    // When
    NDArray total = total();
    JniUtils.backward((PtNDArray) total, (PtNDArray) manager.ones(total.getShape()), false, false);
    double analytic = weight.getGradient().mul(direction).sum().getFloat();
    double numeric = (moved(weight, direction, step) - moved(weight, direction, -step)) / 2 / step;

    // Then
    assertThat(analytic).isCloseTo(numeric, within(0.01 * Math.abs(numeric) + 2e-3));
    assertThat(Math.abs(analytic)).isGreaterThan(1e-2);
  }

  private NDArray total() {
    return classifier.logits(batch.device(), gate, true).mul(wanted).sum();
  }

  private double moved(NDArray weight, NDArray direction, double step) {
    JniUtils.setGradMode(false);
    float[] before = weight.toFloatArray();
    weight.addi(direction.mul((float) step));
    double total = total().getFloat();
    weight.set(before);
    JniUtils.setGradMode(true);
    return total;
  }
}
