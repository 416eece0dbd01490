package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.network.TorchThread;
import io.readlens.trainer.MaskLoss.EntropyNorm;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskLossTest {
  private static final float[] GOLDEN = {.9f, .8f, .3f, .1f};

  private static final Map<String, BiFunction<MaskLoss, NDArray, NDArray>> TERMS =
      Map.of(
          "area", MaskLoss::area,
          "bounding", (loss, mask) -> loss.bounding(mask, .25, .5),
          "variation", (loss, mask) -> loss.totalVariation(mask, false),
          "reflecting", (loss, mask) -> loss.totalVariation(mask, true));

  private NDManager manager;

  @BeforeEach
  void open() {
    TorchThread.forTraining(1);
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  /** The terms of reads of some lengths, none of which has anything hidden. */
  private MaskLoss loss(int width, int... lengths) {
    boolean[] tokens = new boolean[lengths.length * width];
    for (int row = 0; row < lengths.length; row++) {
      Arrays.fill(tokens, row * width, row * width + lengths[row], true);
    }
    return new MaskLoss(manager, width, tokens);
  }

  @ParameterizedTest
  @CsvSource({"area,.525", "bounding,.125", "variation,.20", "reflecting,.25"})
  void shouldHaveTheGoldenValue(String term, double expected) {
    // Given
    NDArray mask = manager.create(GOLDEN, new Shape(1, 4));

    // When
    NDArray value = TERMS.get(term).apply(loss(4, 4), mask);

    // Then
    assertValues(value, expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"area", "bounding", "variation", "reflecting"})
  void shouldTakeEachReadOfAPaddedBatchAsAlone(String term) {
    // Given
    float[][] alone = {{.2f, .9f, .4f, .6f, 1, .3f, .3f}, GOLDEN, {.7f}, {.1f, .8f}, {}};
    float[] padded = new float[alone.length * 7];
    double[] expected = new double[alone.length];
    for (int row = 0; row < alone.length; row++) {
      int n = alone[row].length;
      for (int i = 0; i < 7; i++) {
        padded[row * 7 + i] = i < n ? alone[row][i] : 5 - 2 * i;
      }
      if (n > 0) {
        NDArray mask = manager.create(alone[row], new Shape(1, n));
        expected[row] = TERMS.get(term).apply(loss(n, n), mask).getFloat(0);
      }
    }

    // When
    NDArray together =
        TERMS.get(term).apply(loss(7, 7, 4, 1, 2, 0), manager.create(padded, new Shape(5, 7)));

    // Then
    assertValues(together, expected);
    assertThat(together.getFloat(0)).isNotZero();
  }

  /** Only what is hidden at an end leaves the same neighbours. */
  @ParameterizedTest
  @CsvSource({"area,.525,.525", "bounding,.125,.125", "variation,.20,.075", "reflecting,.25,.125"})
  void shouldLeaveOutWhatIsHidden(String term, double atTheEnds, double between) {
    // Given
    NDArray ends = manager.create(new float[] {7, -3, .9f, .8f, .3f, .1f, 5}, new Shape(1, 7));
    NDArray middle = manager.create(new float[] {.9f, .8f, 7, -3, 5, .3f, .1f}, new Shape(1, 7));

    // When
    NDArray ofEnds =
        TERMS
            .get(term)
            .apply(new MaskLoss(manager, 7, false, false, true, true, true, true, false), ends);
    NDArray ofMiddle =
        TERMS
            .get(term)
            .apply(new MaskLoss(manager, 7, true, true, false, false, false, true, true), middle);

    // Then
    assertValues(ofEnds, atTheEnds);
    assertValues(ofMiddle, between);
  }

  @ParameterizedTest
  @ValueSource(strings = {"area", "bounding", "variation", "reflecting"})
  void shouldHaveTheSlopeOfItsValues(String term) {
    // Given
    float[] values = {.2f, .9f, .4f, .6f, .95f, .3f, .8f, .1f, 7, -7};
    MaskLoss loss = loss(5, 5, 3);
    NDArray mask = manager.create(values, new Shape(2, 5));
    mask.setRequiresGradient(true);

    // When
    NDArray sum = TERMS.get(term).apply(loss, mask).sum();
    JniUtils.backward((PtNDArray) sum, (PtNDArray) manager.ones(sum.getShape()), false, false);
    float[] gradient = mask.getGradient().toFloatArray();

    // Then
    JniUtils.setGradMode(false);
    for (int i = 0; i < values.length; i++) {
      double slope =
          (moved(term, loss, values, i, .01f) - moved(term, loss, values, i, -.01f)) / .02;
      assertThat((double) gradient[i]).as("place %d", i).isCloseTo(slope, within(1e-3));
    }
    assertThat(gradient[8]).isZero();
    assertThat(gradient[9]).isZero();
  }

  private double moved(String term, MaskLoss loss, float[] values, int place, float by) {
    float[] other = values.clone();
    other[place] += by;
    NDArray mask = manager.create(other, new Shape(2, 5));
    return TERMS.get(term).apply(loss, mask).sum().getFloat();
  }

  @Test
  void shouldNotBoundWhatIsInBounds() {
    // Given
    NDArray mask = manager.create(new float[] {1, 0, 1, 0, 0, 0, 0, 0}, new Shape(1, 8));
    MaskLoss loss = loss(8, 8);

    // When / Then
    assertValues(loss.bounding(mask, 0.25, 0.25), 0);
    assertValues(loss.bounding(mask, 0, 1), 0);
    assertValues(loss.bounding(mask, 0.5, 1), 2.0 / 8);
  }

  @Test
  void shouldCountTokensForTheBoundsWithinEachRead() {
    // Given
    float[] half = new float[2 * 250];
    Arrays.fill(half, .5f);

    // When
    NDArray values =
        loss(250, 250, 30).bounding(manager.create(half, new Shape(2, 250)), 0.05, 0.3);

    // Then: 12 below and 175 above of 250; 1 below and 21 above of 30
    assertValues(values, (12 + 175) * .5 / 250, (1 + 21) * .5 / 30);
  }

  @ParameterizedTest
  @CsvSource({"BY_C,-.346574", "NONE,-1.386294", "BY_LOG_C,-1"})
  void shouldBeLeastWhereWhatIsLeftOutSaysNothing(EntropyNorm norm, double expected) {
    // Given
    float few = (float) Math.log(1e-16);
    NDArray uniform = manager.create(new float[4]).add((float) Math.log(.25)).reshape(1, 4);
    NDArray certain = manager.create(new float[] {few, 0, few, few}, new Shape(1, 4));

    // When / Then
    assertValues(MaskLoss.negativeEntropy(uniform, norm), expected);
    assertValues(MaskLoss.negativeEntropy(certain, norm), 0);
  }

  @ParameterizedTest
  @CsvSource({"BY_C", "NONE", "BY_LOG_C"})
  void shouldHaveNoEntropyWithOneLabel(EntropyNorm norm) {
    // When / Then
    assertValues(MaskLoss.negativeEntropy(manager.zeros(new Shape(2, 1)), norm), 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"BY_C,.109006", "NONE,.218012", "BY_LOG_C,.314525"})
  void shouldBeNothingWhereWhatIsLeftOutSaysWhatNothingDoes(EntropyNorm norm, double expected) {
    // Given
    NDArray some = manager.create(new float[] {.5f, .3f}, new Shape(1, 2)).log();
    NDArray none = manager.create(new float[] {.25f, .25f}, new Shape(1, 2)).log();

    // When / Then
    assertValues(MaskLoss.divergence(some, norm, .25f, .25f), expected);
    assertValues(MaskLoss.divergence(none, norm, .25f, .25f), 0);
  }

  @Test
  void shouldHaveTheSlopeOfTheDivergence() {
    // Given
    NDArray logits = manager.create(new float[] {.3f, -.4f, 1.2f, .1f}, new Shape(1, 4));
    logits.setRequiresGradient(true);

    // When
    NDArray value = divergence(logits);
    JniUtils.backward((PtNDArray) value, (PtNDArray) manager.ones(value.getShape()), false, false);
    float[] gradient = logits.getGradient().toFloatArray();

    // Then
    JniUtils.setGradMode(false);
    for (int i = 0; i < 4; i++) {
      float[] up = logits.toFloatArray();
      float[] down = up.clone();
      up[i] += .01f;
      down[i] -= .01f;
      double slope =
          (divergence(manager.create(up, new Shape(1, 4))).getFloat()
                  - divergence(manager.create(down, new Shape(1, 4))).getFloat())
              / .02;
      assertThat((double) gradient[i]).isCloseTo(slope, within(1e-3));
    }
  }

  /** Of two taxa of a rank, beside which there are two more classes. */
  private NDArray divergence(NDArray logits) {
    NDArray taxa = logits.softmax(1).get(new NDIndex(":, 0:2")).log();
    return MaskLoss.divergence(taxa, EntropyNorm.NONE, .2f, .3f).sum();
  }

  @Test
  void shouldTakeTheLogarithmOfTheTargetsProbability() {
    // Given
    NDArray log =
        manager.create(new float[] {.5f, .25f, .25f, .1f, .1f, .8f}, new Shape(2, 3)).log();
    NDArray targets = manager.create(new long[] {0, 2}, new Shape(2, 1));

    // When / Then
    assertValues(MaskLoss.crossEntropy(log, targets), -Math.log(.5), -Math.log(.8));
  }

  @Test
  void shouldCompareMaskLogitsWithTargets() {
    // Given
    NDArray logits = manager.create(new float[] {-2, 0, 3}, new Shape(1, 1, 3));
    NDArray targets = manager.create(new float[] {0, 0.25f, 1}, new Shape(1, 1, 3));

    // When / Then
    NDArray weights = manager.create(new float[] {0.5f, 0.25f, 2}, new Shape(1, 1, 3));
    double expected = Math.log1p(Math.exp(-2)) / 2 + Math.log(2) / 4 + Math.log1p(Math.exp(-3)) * 2;
    assertValues(MaskLoss.binaryCrossEntropy(logits, targets, weights), expected);
  }

  @Test
  void shouldLeaveOutReadsWithoutAShare() {
    // Given
    NDArray ofReads = manager.create(new float[] {3, 100, 5});

    // When / Then
    assertThat(MaskLoss.mean(ofReads, .5f, 0, .5f).getFloat()).isEqualTo(4);
  }

  @Test
  void shouldWeighTerms() {
    // Given
    NDList terms = new NDList(manager.create(2f), manager.create(3f));

    // When / Then
    assertThat(MaskLoss.weighted(terms, 10, 0.5).getFloat()).isEqualTo(21.5f);
  }

  private static void assertValues(NDArray actual, double... expected) {
    float[] values = actual.toFloatArray();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).as("read %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }
}
