package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.network.TorchThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final float[] LOGITS = {-2, -.4f, .3f, 1.5f};
  private static final float[] NOISE = {.1f, .9f, -.1f, -3};

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
  void shouldBeTheMaskWhereItIsSoft() {
    // When
    Gate.Gates gates = Gate.SOFT.of(manager.create(LOGITS), manager.create(NOISE));

    // Then
    for (int i = 0; i < LOGITS.length; i++) {
      assertThat((double) gates.kept().getFloat(i)).isCloseTo(sigmoid(LOGITS[i]), within(1e-6));
      assertThat((double) gates.left().getFloat(i)).isCloseTo(1 - sigmoid(LOGITS[i]), within(1e-6));
    }
  }

  @Test
  void shouldBeTheRoundedNoisyMaskWhereItIsHard() {
    // When
    Gate.Gates gates = Gate.HARD.of(manager.create(LOGITS), manager.create(NOISE));

    // Then
    assertThat(gates.kept().toFloatArray()).containsExactly(0, 1, 1, 0);
    assertThat(gates.left().toFloatArray()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void shouldHaveTheSlopeOfTheSurrogateWithTheHardValuesHeld() {
    // Given
    NDArray logits = manager.create(LOGITS);
    logits.setRequiresGradient(true);
    float[] ofKept = {3, -5, 7, 11};
    float[] ofLeft = {13, 17, -19, 23};

    // When
    Gate.Gates gates = Gate.HARD.of(logits, manager.create(NOISE));
    NDArray sum =
        gates
            .kept()
            .mul(manager.create(ofKept))
            .add(gates.left().mul(manager.create(ofLeft)))
            .sum();
    JniUtils.backward((PtNDArray) sum, (PtNDArray) manager.ones(sum.getShape()), false, false);

    // Then
    for (int i = 0; i < LOGITS.length; i++) {
      double at = LOGITS[i] + NOISE[i];
      double held = sigmoid(at);
      double hard = held > .5 ? 1 : 0;
      double slope =
          (surrogate(hard, held, at + 1e-5, ofKept[i], ofLeft[i])
                  - surrogate(hard, held, at - 1e-5, ofKept[i], ofLeft[i]))
              / 2e-5;
      assertThat((double) logits.getGradient().getFloat(i)).isCloseTo(slope, within(1e-4));
      assertThat(slope).isNotZero();
    }
  }

  private static double surrogate(
      double hard, double held, double logit, double ofKept, double ofLeft) {
    double moved = sigmoid(logit) - held;
    return ofKept * hard * (1 + moved) + ofLeft * (1 - hard) * (1 - moved);
  }

  private static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
