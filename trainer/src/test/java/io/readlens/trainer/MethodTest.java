package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.trainer.ExplainerLoss.Labels;
import io.readlens.trainer.ExplainerLoss.Scope;
import io.readlens.trainer.MaskLoss.EntropyNorm;
import org.junit.jupiter.api.Test;

class MethodTest {
  @Test
  void shouldTrainAsThePaperDid() {
    // When
    ExplainerTraining.Recipe paper = Method.PAPER.recipe();

    // Then
    assertThat(paper.schedule()).isEqualTo(new Schedule(2e-4, 0, 0));
    assertThat(paper.rows()).isEqualTo(48);
    assertThat(paper.lengths()).isEqualTo(ReadLengths.ofTokens(250));
    assertThat(paper.weightDecay()).isZero();
    assertThat(paper.beta2()).isEqualTo(0.999);
    assertThat(paper.patience()).isEqualTo(5);
    assertThat(paper.minDelta()).isEqualTo(1e-3);
    assertThat(paper.measurements()).isEqualTo(50);
    assertThat(paper.seed()).isEqualTo(42);
    assertThat(paper.loss().scope()).isEqualTo(Scope.JOINT);
    assertThat(paper.loss().labels()).isEqualTo(Labels.TRUE_LABEL);
    assertThat(paper.loss().weights()).isEqualTo(new ExplainerLoss.Weights(1, 1, 1, 1, 1, 0));
    assertThat(paper.loss().entropyNorm()).isEqualTo(EntropyNorm.BY_C);
    assertThat(paper.loss().gate()).isEqualTo(Gate.SOFT);
    assertThat(paper.loss().least()).isEqualTo(0.05);
    assertThat(paper.loss().most()).isEqualTo(0.3);
  }

  @Test
  void shouldWeighAreasAsTheAuthorsCode() {
    // When
    ExplainerLoss.Weights weights = Method.STALDER.recipe().loss().weights();

    // Then
    assertThat(weights).isEqualTo(new ExplainerLoss.Weights(1, 1, 0.1, 0.3, 1, 0));
  }

  @Test
  void shouldTrainPublishedMasksByDefault() {
    // When
    ExplainerTraining.Recipe readlens = Method.READLENS.recipe();

    // Then
    assertThat(readlens.loss().scope()).isEqualTo(Scope.PER_RANK);
    assertThat(readlens.loss().labels()).isEqualTo(Labels.PREDICTED);
    assertThat(readlens.loss().gate()).isEqualTo(Gate.HARD);
    assertThat(readlens.patience()).isZero();
    assertThat(readlens.imitation()).isPositive();
  }
}
