package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Taxonomy;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.Random;

/** Labelled reads without end, step by step. */
interface TrainingReads extends Closeable {
  /**
   * The reads of one step.
   *
   * @param reads without end; a step takes as many as it wants, before the next step draws
   * @param mostTokens tokens of a read from which on the rest is cut off
   */
  record Draw(Iterator<LabelledRead> reads, int mostTokens) {}

  /**
   * Reads for a step. They follow from the two arguments alone.
   *
   * @param seen reads that were taken in the steps before
   * @param random for this step alone
   */
  Draw draw(long seen, Random random);

  /**
   * How unevenly taxa are drawn where that is not to be learnt: the logarithm of each taxon's share
   * of its rank's reads over an even share [C], in the labels' order; all 0 where the reads' own
   * shares are to be learnt.
   */
  float[] imbalance();

  /**
   * The share of the reads that each class has, where background is among them [C]: every class'
   * prior where the reads' own shares are to be learnt.
   *
   * @param labels that the reads have
   */
  default double[] shares(Taxonomy labels) {
    return labels.leafPrior();
  }

  @Override
  default void close() throws IOException {}
}
