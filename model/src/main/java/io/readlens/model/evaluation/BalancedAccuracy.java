package io.readlens.model.evaluation;

import java.util.TreeMap;

/**
 * Balanced accuracy: the mean recall over the taxa that occur in the truth, so that every taxon
 * counts alike however many reads it has (scikit-learn's {@code balanced_accuracy_score}).
 *
 * <p>Threading: one thread.
 */
public final class BalancedAccuracy {
  private static final class Recall {
    private int reads;
    private int hits;
  }

  private final TreeMap<Integer, Recall> byTaxon = new TreeMap<>();

  /**
   * Counts one read.
   *
   * @param truth index of its true taxon
   * @param called index of the taxon that it was called; any other number, such as -1, is a miss
   */
  public void add(int truth, int called) {
    Recall recall = byTaxon.computeIfAbsent(truth, t -> new Recall());
    recall.reads++;
    if (truth == called) {
      recall.hits++;
    }
  }

  /** The reads counted. */
  public int reads() {
    return byTaxon.values().stream().mapToInt(recall -> recall.reads).sum();
  }

  /** In [0, 1]; NaN if no read was counted. */
  public double value() {
    return byTaxon.values().stream()
        .mapToDouble(recall -> (double) recall.hits / recall.reads)
        .average()
        .orElse(Double.NaN);
  }
}
