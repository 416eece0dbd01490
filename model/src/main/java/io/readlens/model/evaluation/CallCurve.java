package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How right calls are, and how many there are, as the probability that a call needs goes down: what
 * one gains by calling fewer reads.
 *
 * <p>Threading: one thread.
 */
public final class CallCurve {
  private static final int STEPS = 100;

  private record Answer(double probability, boolean right) {}

  private final List<Answer> answers = new ArrayList<>();

  /**
   * One way to decide.
   *
   * @param threshold least probability of a call
   * @param called share of reads that are called with it
   * @param right share of the called reads that are right; NaN where none is called
   */
  public record Point(double threshold, double called, double right) {}

  /** The best taxa of a rank; reads without a label there are left out. */
  public static CallCurve of(
      Rank rank, List<LabelledRead> reads, List<TaxonProbabilities> probabilities) {
    CallCurve curve = new CallCurve();
    for (int i = 0; i < reads.size(); i++) {
      Taxon best = probabilities.get(i).best(rank);
      int label = reads.get(i).label(rank);
      if (label >= 0) {
        curve.add(probabilities.get(i).of(best), best.index() == label);
      }
    }
    return curve;
  }

  /** Adds a read by how probable its best taxon is, and whether it is of that. */
  public void add(double probability, boolean right) {
    answers.add(new Answer(probability, right));
  }

  /**
   * From the fewest calls to all, about one point a hundredth of the reads; reads of one
   * probability are called together.
   */
  public List<Point> points() {
    List<Answer> sorted = new ArrayList<>(answers);
    sorted.sort(Comparator.comparingDouble(Answer::probability).reversed());
    List<Point> points = new ArrayList<>();
    int right = 0;
    long step = 1;
    for (int i = 0; i < sorted.size(); i++) {
      right += sorted.get(i).right ? 1 : 0;
      int called = i + 1;
      boolean lastOfItsProbability =
          called == sorted.size() || sorted.get(called).probability < sorted.get(i).probability;
      if (lastOfItsProbability && (long) called * STEPS >= step * sorted.size()) {
        points.add(
            new Point(
                sorted.get(i).probability,
                (double) called / sorted.size(),
                (double) right / called));
        step = (long) called * STEPS / sorted.size() + 1;
      }
    }
    return points;
  }

  /**
   * The threshold by which most reads are called with a share of them right.
   *
   * @param right the share, in [0, 1]
   * @param calls how many calls a share is measured on at least
   * @return empty if no threshold has as many calls and as many of them right
   */
  public OptionalDouble threshold(double right, int calls) {
    List<Answer> sorted = new ArrayList<>(answers);
    sorted.sort(Comparator.comparingDouble(Answer::probability).reversed());
    OptionalDouble threshold = OptionalDouble.empty();
    int rightOnes = 0;
    for (int i = 0; i < sorted.size(); i++) {
      rightOnes += sorted.get(i).right ? 1 : 0;
      double probability = sorted.get(i).probability;
      boolean isLast = i + 1 == sorted.size() || sorted.get(i + 1).probability < probability;
      if (isLast && i + 1 >= calls && rightOnes >= right * (i + 1)) {
        threshold = OptionalDouble.of(probability);
      }
    }
    return threshold;
  }

  /** Where a threshold stands. */
  public Point at(double threshold) {
    List<Answer> called =
        answers.stream().filter(answer -> answer.probability >= threshold).toList();
    long right = called.stream().filter(Answer::right).count();
    return new Point(
        threshold, (double) called.size() / answers.size(), (double) right / called.size());
  }
}
