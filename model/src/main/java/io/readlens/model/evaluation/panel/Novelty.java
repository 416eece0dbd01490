package io.readlens.model.evaluation.panel;

import io.readlens.model.evaluation.Hits.Interval;
import io.readlens.model.evaluation.panel.PanelReport.Tradeoff;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How well the probability of the best genus tells known genera from novel ones. */
final class Novelty {
  private static final int POINTS = 100;

  private final double[] known;
  private final boolean[] right;
  private final double[] novel;

  /**
   * @param known the best genus's probability of each read of a known genus
   * @param right whether it is that genus
   * @param novel the same of reads of novel genera
   */
  Novelty(double[] known, boolean[] right, double[] novel) {
    this.known = known.clone();
    this.right = right.clone();
    this.novel = novel.clone();
  }

  /** The trade at about a hundred thresholds, each a probability that occurs, from 1 down. */
  List<Tradeoff> tradeoffs() {
    double[] thresholds = Arrays.copyOf(known, known.length + novel.length);
    System.arraycopy(novel, 0, thresholds, known.length, novel.length);
    Arrays.sort(thresholds);
    List<Tradeoff> tradeoffs = new ArrayList<>();
    double last = Double.NaN;
    for (int i = 0; i < POINTS && thresholds.length > 0; i++) {
      double threshold = thresholds[thresholds.length - 1 - i * thresholds.length / POINTS];
      if (threshold != last) {
        tradeoffs.add(at(threshold));
        last = threshold;
      }
    }
    return tradeoffs;
  }

  private Tradeoff at(double threshold) {
    int called = 0;
    int calledRight = 0;
    for (int i = 0; i < known.length; i++) {
      if (known[i] >= threshold) {
        called++;
        calledRight += right[i] ? 1 : 0;
      }
    }
    long strangers = Arrays.stream(novel).filter(p -> p >= threshold).count();
    return new Tradeoff(
        threshold,
        (double) called / known.length,
        (double) calledRight / called,
        (double) strangers / novel.length);
  }

  /**
   * The share of known reads that can be called where at most a share of the novel ones is.
   *
   * @param novelCalled that share
   */
  Interval knownCalled(double novelCalled) {
    int most = (int) (novelCalled * novel.length);
    double[] sorted = novel.clone();
    Arrays.sort(sorted);
    // Called are those above the probability of the first novel read that must not be.
    double above =
        most >= sorted.length ? Double.NEGATIVE_INFINITY : sorted[sorted.length - 1 - most];
    return Intervals.ofShare(Arrays.stream(known).filter(p -> p > above).count(), known.length);
  }

  /**
   * How often a known read's probability is above a novel one's, equal ones counted half: the area
   * under the curve (Mann and Whitney).
   */
  Interval area() {
    int all = known.length + novel.length;
    return Intervals.byBootstrap(
        all,
        reads -> {
          double[] knowns =
              Arrays.stream(reads)
                  .filter(r -> r < known.length)
                  .mapToDouble(r -> known[r])
                  .toArray();
          double[] novels =
              Arrays.stream(reads)
                  .filter(r -> r >= known.length)
                  .mapToDouble(r -> novel[r - known.length])
                  .toArray();
          return area(knowns, novels);
        });
  }

  private static double area(double[] knowns, double[] novels) {
    double[] sorted = novels.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (double p : knowns) {
      sum += 0.5 * (below(sorted, p, false) + below(sorted, p, true));
    }
    return sum / knowns.length / novels.length;
  }

  /** How many are below a value, or, with equal ones, not above it. */
  private static int below(double[] sorted, double value, boolean withEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) / 2;
      boolean isBelow = withEqual ? sorted[middle] <= value : sorted[middle] < value;
      low = isBelow ? middle + 1 : low;
      high = isBelow ? high : middle;
    }
    return low;
  }
}
