package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every gradient path from the loss through the frozen classifier to the Explainer's weights. */
class ExplainerGradientTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(16, 1, 2, 12, 1e-5, 4107, 64, false, 40, 6, 4);

  /** The rank whose probabilities hear all three heads. */
  private static final Rank RANK = Rank.SUPERKINGDOM;

  private final ToyPack pack = new ToyPack();
  private NDManager manager;
  private TaxonClassifier classifier;
  private Explainer explainer;
  private ExplainerTraining training;
  private DeviceBatch batch;

  @BeforeEach
  void prepare() {
    TorchThread.forTraining(1);
    manager = NDManager.newBaseManager();
    classifier = new TaxonClassifier(manager, CONFIG, pack.taxonomy(), new RandomWeights(1, 0.6));
    explainer = new Explainer(manager, CONFIG, pack.taxonomy().size(), new RandomWeights(2, 0.6));
    training =
        new ExplainerTraining(
            new ExplainerTraining.Recipe(
                0,
                1,
                4,
                List.of(20),
                new Schedule(1e-3, 1, 1),
                new ExplainerTraining.LossWeights(0.7, 0.8, 0.5, 0.4, 0.6, 0.1, 0.4),
                ExplainerTraining.Gate.SOFT,
                0,
                3,
                1),
            manager,
            pack.taxonomy(),
            classifier,
            explainer,
            pack.genomes());
    explainer.tensors().requireGradients(true);
    List<Window> windows = new ArrayList<>();
    ReadSampler sampler = new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5));
    for (int i = 0; i < 4; i++) {
      windows.add(new Window(sampler.sample(120).tokens(), 0, 20));
    }
    batch = DeviceBatch.of(manager, TokenBatch.of(windows));
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explainer.embedding.weight",
        "explainer.lstm.weight_ih_l0",
        "explainer.lstm.weight_hh_l0_reverse",
        "explainer.lstm.weight_ih_l1_reverse",
        "explainer.lstm.weight_hh_l1",
        "explainer.lstm.bias_ih_l1",
        "explainer.norm.weight",
        "explainer.norm.bias",
        "explainer.output.weight",
        "explainer.output.bias"
      })
  void shouldAgreeWithFiniteDifferences(String name) {
    // Given
    NDArray weight = explainer.tensors().get(name);
    NDArray direction =
        new RandomWeights(9, 1).tensor(manager, name, new Shape(weight.getShape().getShape()));
    double step = 2e-3;

    // When
    training.gradients(batch, RANK);
    double analytic = weight.getGradient().mul(direction).sum().getFloat();
    double numeric = (loss(weight, direction, step) - loss(weight, direction, -step)) / (2 * step);

    // Then
    assertThat(analytic).isCloseTo(numeric, within(0.02 * Math.abs(numeric) + 2e-3));
    assertThat(Math.abs(analytic)).isGreaterThan(1e-4);
  }

  @Test
  void shouldLeaveTheClassifierAlone() {
    // When
    training.gradients(batch, RANK);

    // Then
    classifier
        .tensors()
        .byName()
        .forEach((name, tensor) -> assertThat(tensor.hasGradient()).as(name).isFalse());
  }

  /** The loss with a weight moved along a direction, and back. */
  private double loss(NDArray weight, NDArray direction, double step) {
    JniUtils.setGradMode(false);
    weight.addi(direction.mul((float) step));
    JniUtils.setGradMode(true);
    double loss = training.gradients(batch, RANK);
    JniUtils.setGradMode(false);
    weight.subi(direction.mul((float) step));
    JniUtils.setGradMode(true);
    Map<String, NDArray> all = explainer.tensors().byName();
    all.values().forEach(tensor -> JniUtils.zeroGrad((PtNDArray) tensor));
    return loss;
  }
}
