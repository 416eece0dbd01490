package io.readlens.stream.bench;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param repeats how often each side of a comparison has its turn
 * @param modelReads reads of one turn through the model
 * @param zeroReads reads of one turn without a model's cost
 * @param warmUpReads reads of the turn before the first that counts, without a model's cost: the
 *     JVM compiles meanwhile
 * @param simulatedReads reads of one turn for each simulated device
 * @param slow how long latency is measured at the slow rate
 * @param fast how long latency is measured at the fast rate
 * @param forwardReads reads of one turn through a forward pass of the model
 * @param memoryModelReads reads through the model while memory is watched
 * @param memoryZeroReads reads without a model's cost while memory is watched
 */
record Scale(
    int repeats,
    int modelReads,
    int zeroReads,
    int warmUpReads,
    int simulatedReads,
    Duration slow,
    Duration fast,
    int forwardReads,
    int memoryModelReads,
    int memoryZeroReads) {

  /** All standard rows in less than three minutes on two cores. */
  static final Scale QUICK =
      new Scale(
          2,
          1_600,
          60_000,
          40_000,
          12_000,
          Duration.ofSeconds(12),
          Duration.ofSeconds(8),
          300,
          2_500,
          100_000);

  /** For figures that are published. */
  static final Scale FULL =
      new Scale(
          5,
          5_000,
          200_000,
          60_000,
          40_000,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          1_200,
          25_000,
          1_000_000);
}
