package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.network.TorchThread;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OptimizationTest {
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

  @Test
  void shouldStepAsAdamWWithAClippedGradient() {
    // Given
    float[] start = {1, -2, 0.5f};
    float[] slope = {30, -40, 0};
    NDArray weight = manager.create(start.clone(), new Shape(1, 3));
    weight.setRequiresGradient(true);
    AdamW adam = new AdamW(manager, 0.9, 0.99, 5);
    adam.add(Map.of("w", weight), 2, 0.1);
    double rate = 0.01;

    // When
    double norm = 0;
    for (int i = 0; i < 3; i++) {
      backward(weight.mul(manager.create(slope, new Shape(1, 3))).sum());
      norm = adam.step(rate);
    }

    // Then
    assertThat(norm).isCloseTo(50, within(1e-3));
    double[] expected = new double[3];
    for (int w = 0; w < 3; w++) {
      double value = start[w];
      double mean = 0;
      double variance = 0;
      double gradient = slope[w] * 5 / 50.0;
      for (int t = 1; t <= 3; t++) {
        mean = 0.9 * mean + 0.1 * gradient;
        variance = 0.99 * variance + 0.01 * gradient * gradient;
        value -= 2 * rate * 0.1 * value;
        double corrected = Math.sqrt(variance / (1 - Math.pow(0.99, t)));
        value -= 2 * rate * (mean / (1 - Math.pow(0.9, t))) / (corrected + 1e-8);
      }
      expected[w] = value;
    }
    float[] actual = weight.toFloatArray();
    for (int w = 0; w < 3; w++) {
      assertThat((double) actual[w]).isCloseTo(expected[w], within(1e-5));
    }
  }

  @Test
  void shouldShowTheAverageOfTheTensorsAndTakeThemUpAgain() {
    // Given
    NDArray weight = manager.create(new float[] {1, -2}, new Shape(1, 2));
    AdamW adam = new AdamW(manager, 0.9, 0.99, 5, 0.125);
    adam.add(Map.of("w", weight), 1, 0);
    weight.setRequiresGradient(true);

    // When
    double[] expected = {1, -2};
    for (int t = 1; t <= 4; t++) {
      backward(weight.mul(manager.create(new float[] {3, -4}, new Shape(1, 2))).sum());
      adam.step(0.25);
      // Less is kept in the first step.
      double kept = t == 1 ? 1 / 11.0 : 0.125;
      for (int w = 0; w < 2; w++) {
        expected[w] = kept * expected[w] + (1 - kept) * weight.toFloatArray()[w];
      }
    }
    float[] before = weight.toFloatArray();
    List<float[]> shown = new ArrayList<>();
    adam.withAverages(() -> shown.add(weight.toFloatArray()));

    // Then
    assertThat(before[0]).isNotCloseTo((float) expected[0], within(1e-3f));
    for (int w = 0; w < 2; w++) {
      assertThat((double) shown.get(0)[w]).isCloseTo(expected[w], within(1e-5));
    }
    assertThat(weight.toFloatArray()).containsExactly(before);
    assertThat(weight.hasGradient()).isTrue();
  }

  @Test
  void shouldNameATensorWhoseGradientIsNotFinite() {
    // Given
    NDArray weight = manager.create(new float[] {0}, new Shape(1));
    weight.setRequiresGradient(true);
    AdamW adam = new AdamW(manager, 0.9, 0.99, 1);
    adam.add(Map.of("head", weight), 1, 0);
    backward(weight.log().sum());

    // When / Then
    assertThatThrownBy(() -> adam.step(0.1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the gradient of head is");
  }

  @Test
  void shouldGoOnFromItsMoments() {
    // Given
    NDArray shape = manager.create(new float[] {3, -4, 0.1f});
    NDArray one = weight();
    AdamW adam = adam(one);
    NDArray two = weight();
    AdamW first = adam(two);
    step(adam, one, shape);
    step(first, two, shape);

    // When
    AdamW second = adam(two);
    second
        .moments()
        .forEach(
            (name, moment) ->
                moment.set(FloatBuffer.wrap(first.moments().get(name).toFloatArray())));
    second.goOnAfter(first.steps());
    step(adam, one, shape);
    step(second, two, shape);

    // Then
    assertThat(two.toFloatArray()).containsExactly(one.toFloatArray());
  }

  private NDArray weight() {
    NDArray weight = manager.create(new float[] {1, -2, 0.5f});
    weight.setRequiresGradient(true);
    return weight;
  }

  private AdamW adam(NDArray weight) {
    AdamW adam = new AdamW(manager, 0.9, 0.99, 5);
    adam.add(Map.of("w", weight), 1, 0);
    return adam;
  }

  private void step(AdamW adam, NDArray weight, NDArray slope) {
    backward(weight.mul(weight).mul(slope).sum());
    adam.step(0.01);
  }

  @Test
  void shouldWarmUpAndFallToTheFloor() {
    // Given
    Schedule schedule = new Schedule(0.1, 10, 0.02);

    // When / Then
    assertThat(schedule.rate(0, 0)).isCloseTo(0.01, within(1e-9));
    assertThat(schedule.rate(9, 0)).isCloseTo(0.1, within(1e-9));
    assertThat(schedule.rate(500, 0.5)).isCloseTo(0.1 * 0.51, within(1e-9));
    assertThat(schedule.rate(1000, 1)).isCloseTo(0.002, within(1e-9));
  }

  private void backward(NDArray loss) {
    JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.ones(loss.getShape()), false, false);
  }
}
