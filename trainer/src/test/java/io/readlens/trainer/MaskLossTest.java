package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MaskLossTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void shouldHaveTheGoldenValues() {
    // Given
    NDArray mask = manager.create(new float[] {.9f, .8f, .3f, .1f}, new Shape(1, 4));

    // When / Then
    assertValue(MaskLoss.area(mask), .525);
    assertValue(MaskLoss.bounding(mask, .25, .5), .125);
    assertValue(MaskLoss.totalVariation(mask), .20);
  }

  @Test
  void shouldNotBoundWhatIsInBounds() {
    // Given
    NDArray mask = manager.create(new float[] {1, 0, 1, 0, 0, 0, 0, 0}, new Shape(1, 8));

    // When / Then
    assertValue(MaskLoss.bounding(mask, 0.25, 0.25), 0);
    assertValue(MaskLoss.bounding(mask, 0, 1), 0);
    assertValue(MaskLoss.bounding(mask, 0.5, 1), 2.0 / 8);
  }

  @Test
  void shouldAverageReadsNotTokens() {
    // Given
    NDArray masks = manager.create(new float[] {1, 1, 1, 1, 0, 1, 0, 1}, new Shape(2, 4));

    // When / Then
    assertValue(MaskLoss.totalVariation(masks), (0 + 3.0 / 4) / 2);
    assertValue(MaskLoss.area(masks), .75);
  }

  @Test
  void shouldBeLeastWhereWhatIsLeftOutSaysNothing() {
    // Given
    NDArray uniform = manager.create(new float[] {.25f, .25f, .25f, .25f}, new Shape(1, 4));
    NDArray certain = manager.create(new float[] {0, 1, 0, 0}, new Shape(1, 4));

    // When / Then
    assertValue(MaskLoss.negativeEntropy(uniform), -1);
    assertValue(MaskLoss.negativeEntropy(certain), 0);
  }

  @Test
  void shouldTakeTheLogarithmOfTheTargetsProbability() {
    // Given
    NDArray probabilities =
        manager.create(new float[] {.5f, .25f, .25f, .1f, .1f, .8f}, new Shape(2, 3));
    NDArray targets = manager.create(new long[] {0, 2}, new Shape(2, 1));

    // When / Then
    assertValue(MaskLoss.crossEntropy(probabilities, targets), -(Math.log(.5) + Math.log(.8)) / 2);
  }

  @Test
  void shouldCompareMaskLogitsWithTargets() {
    // Given
    NDArray logits = manager.create(new float[] {-2, 0, 3}, new Shape(1, 3));
    NDArray targets = manager.create(new float[] {0, 0.25f, 1}, new Shape(1, 3));

    // When / Then
    double expected = Math.log1p(Math.exp(-2)) + Math.log(2) + Math.log1p(Math.exp(-3));
    assertValue(MaskLoss.binaryCrossEntropy(logits, targets), expected / 3);
  }

  @Test
  void shouldWeighTerms() {
    // Given
    NDList terms = new NDList(manager.create(2f), manager.create(3f));

    // When / Then
    assertValue(MaskLoss.weighted(terms, 10, 0.5), 21.5);
  }

  private static void assertValue(NDArray actual, double expected) {
    assertThat((double) actual.getFloat()).isCloseTo(expected, within(1e-5));
  }
}
