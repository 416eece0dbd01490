package io.readlens.trainer;

/**
 * When a training has come to its end because the validation loss falls no more. A value: each
 * measurement gives the next.
 *
 * @param patience measurements in a row that may bring nothing; 0 for a training that is never
 *     stopped
 * @param minDelta a loss counts as lower only if it is by more than this
 * @param best the lowest loss so far
 * @param stale measurements since then
 */
record EarlyStopping(int patience, double minDelta, double best, int stale) {
  EarlyStopping {
    if (patience < 0 || !(minDelta >= 0)) {
      throw new IllegalArgumentException(
          "early stopping after " + patience + " measurements within " + minDelta);
    }
  }

  /** Before the first measurement. */
  EarlyStopping(int patience, double minDelta) {
    this(patience, minDelta, Double.POSITIVE_INFINITY, 0);
  }

  /** Never. */
  static EarlyStopping never() {
    return new EarlyStopping(0, 0);
  }

  /** After one more measurement; one that is not a number is no lower. */
  EarlyStopping after(double loss) {
    return loss < best - minDelta
        ? new EarlyStopping(patience, minDelta, loss, 0)
        : new EarlyStopping(patience, minDelta, best, stale + 1);
  }

  /**
   * Whether the weights are to be kept: those of the lowest loss, or the latest if never stopped.
   */
  boolean keep() {
    return patience == 0 || stale == 0;
  }

  /** Whether the training ends here. */
  boolean over() {
    return patience > 0 && stale >= patience;
  }
}
