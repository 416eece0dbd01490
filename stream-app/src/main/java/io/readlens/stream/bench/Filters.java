package io.readlens.stream.bench;

import io.readlens.model.filter.Adapters;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.Read;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What it costs to look for what the model is not to be shown, on one core. */
final class Filters {
  /** Random reads, of the length that the model's own figures are for. */
  private static final int READS = 1_000;

  private static final int BASES = 1_500;

  private final Report report;
  private final List<Read> reads;

  Filters(Report report) {
    this.report = report;
    reads =
        Workload.ofLength(READS, BASES).stream()
            .map(read -> Read.of(read.getReadId(), read.getSequence()))
            .toList();
  }

  /**
   * Measures every filter alone and all of them together.
   *
   * @param turns how often each has its turn, after one to warm up
   */
  void measure(int turns) {
    Map<String, InputFilter> filters = new LinkedHashMap<>();
    filters.put("none", InputFilter.NONE);
    for (Kind kind : Kind.values()) {
      filters.put(
          kind.name(),
          InputFilter.of(EnumSet.of(kind), Adapters.bundled(), InputFilter.LEAST_BASES));
    }
    filters.put("all", InputFilter.standard());
    Map<String, Double> best = new LinkedHashMap<>();
    long shown = 0;
    for (int turn = 0; turn <= turns; turn++) {
      for (Map.Entry<String, InputFilter> each : filters.entrySet()) {
        long start = System.nanoTime();
        for (Read read : reads) {
          shown += each.getValue().tokenize(read).shownBases();
        }
        double micros = (System.nanoTime() - start) / 1e3 / READS;
        if (turn > 0) {
          best.merge(each.getKey(), micros, Math::min);
        }
      }
    }
    if (shown == 0) {
      throw new IllegalStateException("random bases were hidden, all of them");
    }
    best.forEach(
        (name, micros) -> {
          report.add(
              Row.FILTERS,
              "tokens of a read of 1,500 bases, hidden: " + name,
              String.format(Locale.ROOT, "%.0f us", micros));
          report.put("filterMicros." + name, micros);
        });
  }
}
