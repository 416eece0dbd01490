package io.readlens.model.evaluation.panel;

import io.readlens.model.evaluation.Hits.Interval;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What the calls to genus of a sample say of its composition, against what it is. */
final class Composition {
  private static final double REPORTED = 0.001;
  private static final double LARGE = 0.005;
  private static final int NONE = -1;

  private final Map<String, Integer> genera = new HashMap<>();

  /** By read, the genus; {@link #NONE} for a read of no known genus, or one that is not called. */
  private final int[] truths;

  private final int[] calls;

  /**
   * @param truths the genus of each read; {@link Truth#NONE} of a read of no label
   * @param calls what each is called; {@link Truth#NONE} for one that is not
   */
  Composition(List<String> truths, List<String> calls) {
    Stream.of(truths, calls)
        .flatMap(List::stream)
        .filter(name -> !name.equals(Truth.NONE))
        .forEach(name -> genera.putIfAbsent(name, genera.size()));
    this.truths = numbers(truths);
    this.calls = numbers(calls);
  }

  private int[] numbers(List<String> names) {
    return names.stream().mapToInt(name -> genera.getOrDefault(name, NONE)).toArray();
  }

  /** The distance between the shares of the calls and those of the reads of known genera. */
  Interval distance() {
    return interval(
        shares -> {
          double sum = 0;
          for (int genus = 0; genus < genera.size(); genus++) {
            sum += Math.abs(shares.called[genus] - shares.there[genus]);
          }
          return sum;
        });
  }

  /** Genera that are reported and not there. */
  Interval falseGenera() {
    return interval(
        shares -> count(genus -> shares.there[genus] == 0 && shares.called[genus] > REPORTED));
  }

  /** Genera of a large share that are not reported. */
  Interval missedGenera() {
    return interval(
        shares -> count(genus -> shares.there[genus] > LARGE && shares.called[genus] <= REPORTED));
  }

  private interface Which {
    boolean holds(int genus);
  }

  private double count(Which which) {
    int count = 0;
    for (int genus = 0; genus < genera.size(); genus++) {
      count += which.holds(genus) ? 1 : 0;
    }
    return count;
  }

  /** Shares by genus. */
  private final class Shares {
    private final double[] there = new double[genera.size()];
    private final double[] called = new double[genera.size()];

    Shares(int[] reads) {
      for (int read : reads) {
        add(there, truths[read]);
        add(called, calls[read]);
      }
      scale(there);
      scale(called);
    }

    private void add(double[] counts, int genus) {
      if (genus != NONE) {
        counts[genus]++;
      }
    }

    private void scale(double[] counts) {
      double sum = 0;
      for (double count : counts) {
        sum += count;
      }
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= Math.max(1, sum);
      }
    }
  }

  private Interval interval(ToDoubleFunction<Shares> figure) {
    return Intervals.byBootstrap(truths.length, reads -> figure.applyAsDouble(new Shares(reads)));
  }
}
