package io.readlens.stream.bench;

import static io.readlens.stream.bench.Row.MEMORY;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import java.util.ArrayList;
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
  private static final long MODEL_READS = 25_000;
  private static final long ZERO_READS = 1_000_000;
  private static final long CONTROL_READS = 50_000;

  private final Site site;
  private final Narrator narrator;
  private final Report report;

  Memory(Site site, Narrator narrator, Report report) {
    this.site = site;
    this.narrator = narrator;
    this.report = report;
  }

  void measure() {
    List<SequencingRead> mixed = Workload.mixed(2_500, 50, 2_000, 60_000);
    List<Double> model = run("the bundled model, mixed lengths", mixed, MODEL_READS, false);
    add("bundled model, 25,000 reads of 50 bp to 60 kbp: each fifth", model);
    report.put("memoryModelFirstFifthMib", model.get(0));
    report.put("memoryModelLastFifthMib", model.get(FIFTHS - 1));

    List<SequencingRead> even = Workload.mixed(2_500, 100, 300, 1_500);
    List<Double> few = run("no cost, few reads waiting", even, CONTROL_READS, true);
    List<Double> many = run("no cost, 1,000,000 reads waiting", even, ZERO_READS, true);
    add("no model cost, 1,000,000 reads: each fifth", many);
    report.put("memoryZeroFirstFifthMib", many.get(0));
    report.put("memoryZeroLastFifthMib", many.get(FIFTHS - 1));
    double queue = many.get(FIFTHS);
    double none = few.get(FIFTHS);
    report.add(
        MEMORY,
        "50,000 reads done and 950,000 waiting, over none waiting",
        String.format(Locale.ROOT, "%.0f / %.0f MiB", queue, none),
        queue / none);
    report.put("memoryQueueOverNone", queue / none);
  }

  private void add(String what, List<Double> fifths) {
    report.add(
        MEMORY,
        what,
        fifths.stream()
            .limit(FIFTHS)
            .map(mib -> String.format(Locale.ROOT, "%.0f", mib))
            .collect(Collectors.joining(" / ", "", " MiB")),
        fifths.get(FIFTHS - 1) / fifths.get(0));
  }

  /** MiB at each fifth of the reads, and last when the first 50,000 were answered, if they were. */
  private List<Double> run(String what, List<SequencingRead> reads, long count, boolean canned) {
    narrator.begin("memory, " + what + ": sending reads");
    Topic<SequencingRead> topic = site.reads("memory", PARTITIONS, reads, count);
    AppConfig config = site.application("memory", topic, Map.of());
    narrator.begin("memory, " + what);
    List<Double> resident = new ArrayList<>();
    double early = 0;
    try (ChildApp app = ChildApp.start(site.settings(config), canned)) {
      for (int fifth = 1; fifth <= FIFTHS; fifth++) {
        long until = count * fifth / FIFTHS;
        if (early == 0 && until >= CONTROL_READS) {
          site.await(config, CONTROL_READS, app::requireAlive);
          early = app.residentMib();
        }
        site.await(config, until, app::requireAlive);
        resident.add(app.residentMib());
      }
    }
    resident.add(early);
    site.discardOutput(config);
    site.discard(topic.name());
    return resident;
  }
}
