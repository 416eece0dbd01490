package io.readlens.stream.bench;

import static io.readlens.stream.bench.Row.MEMORY;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The application's resident memory, in a JVM of its own, while it works off reads that wait.
 *
 * <p>Threading: one thread.
 */
final class Memory {
  private static final int PARTITIONS = 4;
  private static final int FIFTHS = 5;
  private static final Target FLAT = Target.atMost(1.05, "%.2f");

  /** Part of the reads after which memory is compared with that of an application without more. */
  private static final int EARLY = 20;

  private final Site site;
  private final Narrator narrator;
  private final Report report;

  private final long modelReads;
  private final long zeroReads;

  /**
   * @param modelReads reads for the bundled model
   * @param zeroReads reads for a model that costs nothing
   */
  Memory(Site site, Narrator narrator, Report report, long modelReads, long zeroReads) {
    this.modelReads = modelReads;
    this.zeroReads = zeroReads;
    this.site = site;
    this.narrator = narrator;
    this.report = report;
  }

  void measure() {
    long early = zeroReads / EARLY;
    List<SequencingRead> mixed = Workload.mixed(2_500, 50, 2_000, 60_000);
    List<Double> model = run("the bundled model", mixed, modelReads, modelReads, false);
    add("bundled model, %,d reads of 50 bp to 60 kbp: each fifth", modelReads, model);
    report.put("memoryModelFirstFifthMib", model.get(1));
    report.put("memoryModelLastFifthMib", model.get(FIFTHS));

    List<SequencingRead> small = Workload.mixed(2_500, 100, 300, 1_500);
    List<Double> few = run("no model, few reads waiting", small, early, early, true);
    List<Double> many = run("no model, many reads waiting", small, zeroReads, early, true);
    add("no model's cost, %,d reads: each fifth", zeroReads, many);
    report.put("memoryZeroFirstFifthMib", many.get(1));
    report.put("memoryZeroLastFifthMib", many.get(FIFTHS));
    double over = many.get(0) / few.get(0);
    report.add(
        MEMORY,
        String.format(
            Locale.ROOT,
            "%,d reads done, %,d waiting, over none waiting",
            early,
            zeroReads - early),
        String.format(Locale.ROOT, "%.0f / %.0f MiB", many.get(0), few.get(0)),
        over,
        FLAT);
    report.put("memoryQueueOverNone", over);
  }

  private void add(String what, long reads, List<Double> resident) {
    report.add(
        MEMORY,
        String.format(Locale.ROOT, what, reads),
        resident.stream()
            .skip(1)
            .map(mib -> String.format(Locale.ROOT, "%.0f", mib))
            .collect(Collectors.joining(" / ", "", " MiB")),
        resident.get(FIFTHS) / resident.get(1),
        FLAT);
  }

  /** MiB when so many reads were answered, and then at each fifth of all. */
  private List<Double> run(
      String what, List<SequencingRead> reads, long count, long early, boolean canned) {
    narrator.begin("memory, " + what + ": sending reads");
    Topic<SequencingRead> topic = site.reads("memory", PARTITIONS, reads, count);
    AppConfig config = site.application("memory", topic, Map.of());
    narrator.begin("memory, " + what);
    double[] resident = new double[FIFTHS + 1];
    List<Long> marks = new ArrayList<>(List.of(early));
    for (int fifth = 1; fifth <= FIFTHS; fifth++) {
      marks.add(count * fifth / FIFTHS);
    }
    try (ChildApp app = ChildApp.start(site.settings(config), canned)) {
      for (long mark : marks.stream().sorted().distinct().toList()) {
        site.await(config, mark, app::requireAlive);
        double now = app.residentMib();
        for (int i = 0; i < resident.length; i++) {
          resident[i] = marks.get(i) == mark ? now : resident[i];
        }
      }
    }
    site.discardOutput(config);
    site.discard(topic.name());
    return Arrays.stream(resident).boxed().toList();
  }
}
