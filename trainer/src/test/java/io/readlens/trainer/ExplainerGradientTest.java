package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.trainer.ExplainerLoss.Cls;
import io.readlens.trainer.ExplainerLoss.Draw;
import io.readlens.trainer.ExplainerLoss.Labels;
import io.readlens.trainer.ExplainerLoss.Masks;
import io.readlens.trainer.ExplainerLoss.Scope;
import io.readlens.trainer.ExplainerLoss.Settings;
import io.readlens.trainer.MaskLoss.EntropyNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gradient path from the loss through the frozen classifier to the Explainer's weights. */
class ExplainerGradientTest {
  private static final ModelConfig CONFIG =
      ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 6, 4);

  private static final ModelConfig OVERLAPPING =
      new ModelConfig(
          16,
          1,
          2,
          12,
          1e-5,
          true,
          CONFIG.vocabularySize(),
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

  private static final ModelConfig EVIDENCE =
      new ModelConfig(
          16,
          0,
          2,
          12,
          1e-5,
          false,
          CONFIG.vocabularySize(),
          64,
          5,
          false,
          40,
          true,
          true,
          ModelConfig.Kind.EVIDENCE,
          0,
          0,
          3);

  /** Published probabilities of the superkingdom hear the heads below. */
  private enum Path {
    PUBLISHED,
    ROUNDED,
    PAPER,
    PAPER_ROUNDED;

    private Settings settings() {
      return switch (this) {
        case PUBLISHED -> perRank(Gate.SOFT, 0.9);
        case ROUNDED -> perRank(Gate.HARD, 0);
        case PAPER -> joint(EntropyNorm.BY_C, Gate.SOFT, Cls.LEARNED);
        case PAPER_ROUNDED -> joint(EntropyNorm.NONE, Gate.HARD, Cls.ZERO);
      };
    }

    private static Settings perRank(Gate gate, double forcing) {
      return new Settings(
          Scope.PER_RANK,
          Labels.PREDICTED,
          new ExplainerLoss.Weights(0.7, 0.8, 0.5, 0.4, 0.6, forcing),
          EntropyNorm.BY_LOG_C,
          0.1,
          0.4,
          false,
          gate,
          0.5,
          Cls.ONE);
    }

    private static Settings joint(EntropyNorm norm, Gate gate, Cls cls) {
      return new Settings(
          Scope.JOINT,
          Labels.TRUE_LABEL,
          new ExplainerLoss.Weights(0.7, 0.8, 0.5, 0.4, 0.6, 0),
          norm,
          0.1,
          0.4,
          true,
          gate,
          0.5,
          cls);
    }
  }

  private static final List<String> SHARED_WEIGHTS =
      List.of(
          "explainer.near.weight",
          "explainer.near.bias",
          "explainer.whole.weight",
          "explainer.norm.weight",
          "explainer.output.weight");

  private static final List<String> EVIDENCE_WEIGHTS =
      List.of(
          "explainer.output.scale.weight",
          "explainer.output.presence.weight",
          "explainer.output.presence.bias");

  private static final List<String> LSTM_WEIGHTS =
      List.of(
          "explainer.embedding.weight",
          "explainer.lstm.weight_ih_l0",
          "explainer.lstm.weight_hh_l0_reverse",
          "explainer.lstm.weight_ih_l1_reverse",
          "explainer.lstm.weight_hh_l1",
          "explainer.lstm.bias_ih_l1",
          "explainer.norm.weight",
          "explainer.norm.bias",
          "explainer.output.weight",
          "explainer.output.bias");

  static Stream<Arguments> everyWeightOnEveryPath() {
    Map<ModelConfig, List<String>> weights =
        Map.of(CONFIG, LSTM_WEIGHTS, OVERLAPPING, SHARED_WEIGHTS, EVIDENCE, EVIDENCE_WEIGHTS);
    return Stream.of(CONFIG, OVERLAPPING, EVIDENCE)
        .flatMap(
            config ->
                Arrays.stream(Path.values())
                    .flatMap(
                        path ->
                            weights.get(config).stream()
                                .map(weight -> Arguments.of(config, path, weight))));
  }

  private final ToyPack pack = new ToyPack();
  private Taxonomy taxonomy;
  private NDManager manager;
  private TaxonClassifier classifier;
  private Explainer explainer;
  private LabelledBatch batch;

  @BeforeEach
  void prepare() {
    TorchThread.forTraining(1);
    manager = NDManager.newBaseManager();
    build(CONFIG);
    List<LabelledRead> reads = new ArrayList<>();
    ReadSampler sampler = new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5));
    for (int tokens : new int[] {20, 13, 20, 7}) {
      reads.add(sampler.sample(tokens * 6));
    }
    batch = LabelledBatch.of(manager, reads, 20);
  }

  private void build(ModelConfig config) {
    boolean leaves = config.explainerKind() == ModelConfig.Kind.EVIDENCE;
    taxonomy = leaves ? ToyPack.withNothing(pack.taxonomy()) : pack.taxonomy();
    classifier = new TaxonClassifier(manager, config, taxonomy, new RandomWeights(1, 0.6));
    explainer = new Explainer(manager, config, taxonomy.size(), new RandomWeights(2, 0.6));
    explainer.tensors().requireGradients(true);
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("everyWeightOnEveryPath")
  void shouldAgreeWithFiniteDifferences(ModelConfig config, Path path, String name) {
    // Given
    build(config);
    ExplainerLoss loss = new ExplainerLoss(path.settings(), manager, taxonomy, classifier);
    Draw draw = loss.draw(batch, new Random(8));
    NDArray weight = explainer.tensors().get(name);
    NDArray direction =
        new RandomWeights(9, 1).tensor(manager, name, new Shape(weight.getShape().getShape()));
    Function<Masks, Gate.Gates> surrogate =
        path.settings().gate() == Gate.SOFT
            ? masks -> loss.gates(masks.target(), draw.noise())
            : surrogate(loss, draw.noise(), path.settings().cls());
    double step = 4e-4; // a longer one crosses kinks: largest masks, sorted places, ReLU

    // When
    NDArray total = total(loss, draw, masks -> loss.gates(masks.target(), draw.noise()));
    backward(total);
    double analytic = weight.getGradient().mul(direction).sum().getFloat();
    double numeric =
        (moved(loss, draw, surrogate, weight, direction, step)
                - moved(loss, draw, surrogate, weight, direction, -step))
            / (2 * step);

    // Then
    assertThat(analytic).isCloseTo(numeric, within(0.02 * Math.abs(numeric) + 2e-3));
    assertThat(Math.abs(analytic)).isGreaterThan(1e-4);
  }

  @ParameterizedTest
  @EnumSource(Path.class)
  void shouldNotDependOnWhenGarbageIsCollected(Path path) {
    // Given
    ExplainerLoss loss = new ExplainerLoss(path.settings(), manager, taxonomy, classifier);
    Draw draw = loss.draw(batch, new Random(8));
    NDArray weight = explainer.tensors().get("explainer.output.weight");
    backward(total(loss, draw, masks -> loss.gates(masks.target(), draw.noise())));
    float[] expected = weight.getGradient().toFloatArray();
    JniUtils.zeroGrad((PtNDArray) weight);

    // When
    NDArray total = total(loss, draw, masks -> loss.gates(masks.target(), draw.noise()));
    for (int i = 0; i < 3; i++) {
      System.gc(); // and memory that was freed is written to
      for (int j = 0; j < 64; j++) {
        manager.create(new float[] {1e3f + j});
      }
    }
    backward(total);

    // Then
    assertThat(weight.getGradient().toFloatArray()).containsExactly(expected, within(1e-5f));
  }

  @Test
  void shouldLeaveTheClassifierAlone() {
    // Given
    ExplainerLoss loss = new ExplainerLoss(Path.PAPER.settings(), manager, taxonomy, classifier);

    // When
    Draw draw = loss.asPublished(batch);
    backward(total(loss, draw, masks -> loss.gates(masks.target(), draw.noise())));

    // Then
    classifier
        .tensors()
        .byName()
        .forEach((name, tensor) -> assertThat(tensor.hasGradient()).as(name).isFalse());
  }

  private NDArray total(ExplainerLoss loss, Draw draw, Function<Masks, Gate.Gates> gates) {
    Map<Rank, long[]> targets = loss.targets(batch, loss.passes().get(0));
    NDArray logits = explainer.train(classifier, batch.device()).logits();
    Masks masks = loss.masks(logits, targets);
    NDArray forced = loss.forced(batch, logits, targets, draw);
    return loss.of(batch, targets, masks, gates.apply(masks), forced, 1).total();
  }

  /**
   * A HARD gate as its formula says, its hard values and sg(m) held at those of the weights now.
   */
  private Function<Masks, Gate.Gates> surrogate(ExplainerLoss loss, NDArray noise, Cls cls) {
    Map<Rank, long[]> targets = loss.targets(batch, loss.passes().get(0));
    Masks now = loss.masks(explainer.train(classifier, batch.device()).logits(), targets);
    float[] values = Gate.sigmoid(now.target().add(noise)).toFloatArray();
    float[] rounded = new float[values.length];
    float[] token = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = values[i] > .5 ? 1 : 0;
      token[i] = i % batch.width() == 0 ? 0 : 1;
    }
    Shape shape = new Shape(batch.rows(), batch.width());
    NDArray held = manager.create(values, shape);
    NDArray hard = manager.create(rounded, shape);
    NDArray tokens = manager.create(token, shape);
    NDArray ofCls = tokens.neg().add(1f).mul(cls == Cls.ONE ? 1f : 0f);
    return masks -> {
      NDArray moved = Gate.sigmoid(masks.target().add(noise)).sub(held);
      NDArray kept = hard.mul(moved.add(1f));
      NDArray left = hard.neg().add(1f).mul(moved.neg().add(1f));
      return new Gate.Gates(kept.mul(tokens).add(ofCls), left.mul(tokens).add(ofCls));
    };
  }

  /** The loss with a weight moved along a direction, and back. */
  private double moved(
      ExplainerLoss loss,
      Draw draw,
      Function<Masks, Gate.Gates> gates,
      NDArray weight,
      NDArray direction,
      double step) {
    JniUtils.setGradMode(false);
    weight.addi(direction.mul((float) step));
    JniUtils.setGradMode(true);
    double value = total(loss, draw, gates).getFloat();
    JniUtils.setGradMode(false);
    weight.subi(direction.mul((float) step));
    JniUtils.setGradMode(true);
    return value;
  }

  private void backward(NDArray loss) {
    JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.ones(loss.getShape()), false, false);
  }
}
