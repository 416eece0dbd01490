package io.readlens.trainer;

import io.readlens.trainer.ExplainerLoss.Cls;
import io.readlens.trainer.ExplainerLoss.Labels;
import io.readlens.trainer.ExplainerLoss.Scope;
import io.readlens.trainer.ExplainerLoss.Weights;
import io.readlens.trainer.MaskLoss.EntropyNorm;

/** Ways to train the Explainer: a whole recipe each, any part of which may be set otherwise. */
enum Method {
  /**
   * Masks that are published: of the called taxon, one a rank. They imitate the classifier's own
   * evidence; the loss, whose signal is sparse, made them no better where it came after that.
   */
  READLENS,
  /**
   * Berman et al., arXiv 2602.24149: one mask of the true labels. The areas count in full; 50
   * epochs of 239,391 reads at most.
   */
  PAPER,
  /** As PAPER, but with the areas' weights of Stalder et al.'s code. */
  STALDER;

  private static final long PAPER_READS_AN_EPOCH = 239_391;
  private static final int PAPER_EPOCHS = 50;

  /** The recipe as it is where nothing is set otherwise. */
  ExplainerTraining.Recipe recipe() {
    return switch (this) {
      case READLENS -> readlens();
      case PAPER -> paper(1, 1);
      case STALDER -> paper(0.1, 0.3);
    };
  }

  private static ExplainerTraining.Recipe readlens() {
    return new ExplainerTraining.Recipe(
        24_000,
        0,
        32,
        ReadLengths.ofTokens(41, 125, 250),
        false,
        new Schedule(0.003, 50, 0.02),
        0.99,
        1,
        0,
        0.2,
        4,
        0,
        1e-3,
        new ExplainerLoss.Settings(
            Scope.PER_RANK,
            Labels.PREDICTED,
            new Weights(1, 1, 1, 1, 1, 0),
            EntropyNorm.BY_LOG_C,
            0.42,
            0.52,
            false,
            Gate.HARD,
            0.5,
            Cls.ONE),
        1);
  }

  private static ExplainerTraining.Recipe paper(double maskArea, double otherArea) {
    return new ExplainerTraining.Recipe(
        0,
        PAPER_EPOCHS * PAPER_READS_AN_EPOCH,
        48,
        ReadLengths.ofTokens(250),
        false,
        new Schedule(2e-4, 0, 0),
        0.999,
        1,
        0,
        0,
        PAPER_EPOCHS,
        5,
        1e-3,
        new ExplainerLoss.Settings(
            Scope.JOINT,
            Labels.TRUE_LABEL,
            new Weights(1, 1, maskArea, otherArea, 1, 0),
            EntropyNorm.BY_C,
            0.05,
            0.3,
            false,
            Gate.SOFT,
            0,
            Cls.LEARNED),
        42);
  }
}
