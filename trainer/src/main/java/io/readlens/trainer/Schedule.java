package io.readlens.trainer;

/**
 * The learning rate: a linear warm-up, then a cosine from the peak to a share of it.
 *
 * @param peak the highest rate
 * @param warmUpSteps steps until it is reached
 * @param floor the share of the peak that the cosine ends at
 */
record Schedule(double peak, int warmUpSteps, double floor) {
  /**
   * @param step the step about to be made, from 0
   * @param progress the share of the training that is done, in [0, 1]
   */
  double rate(int step, double progress) {
    double warmUp = Math.min(1, (step + 1.0) / Math.max(1, warmUpSteps));
    double cosine = 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    return peak * warmUp * (floor + (1 - floor) * cosine);
  }
}
