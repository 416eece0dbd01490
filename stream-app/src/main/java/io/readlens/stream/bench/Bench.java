package io.readlens.stream.bench;

import static io.readlens.stream.bench.Row.FAITHFULNESS;
import static io.readlens.stream.bench.Row.FILTERS;
import static io.readlens.stream.bench.Row.GEMM;
import static io.readlens.stream.bench.Row.IDENTITY;
import static io.readlens.stream.bench.Row.LATENCY;
import static io.readlens.stream.bench.Row.LONG;
import static io.readlens.stream.bench.Row.MASK;
import static io.readlens.stream.bench.Row.MEMORY;
import static io.readlens.stream.bench.Row.PIPELINE;
import static io.readlens.stream.bench.Row.RAW;
import static io.readlens.stream.bench.Row.SIMULATED;
import static io.readlens.stream.bench.Row.VIEWS;
import static io.readlens.stream.bench.Row.ZERO;

import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedClassifier.Options;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.GemmCeiling;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Views;
import io.readlens.schemas.Topic;
import io.readlens.stream.bench.Apps.Subject;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Measures the rows that were asked for, and those that they need.
 *
 * <p>Threading: one thread.
 */
public final class Bench {
  /**
   * What is to be measured.
   *
   * @param rows which rows
   * @param quick less of each, in less than three minutes for the standard rows
   * @param minutes how long the row of long reads runs
   */
  public record Order(Set<Row> rows, boolean quick, Duration minutes) {
    public Order {
      rows = Set.copyOf(rows);
    }
  }

  private static final int PARTITIONS = 4;
  private static final double SLOW = 20;
  private static final double FAST = 0.8;
  private static final int GEMM_ROUNDS = 5;

  /** Tokens in a batch as the bundled model has them on two cores. */
  private static final int OPTIONS_BATCH = 16_384;

  /** The sizes of the Nucleotide Transformer v2 of 50 million weights, and of its Explainer. */
  private static final ModelConfig LARGE =
      ModelConfig.ofPaper(512, 12, 16, 2048, 1e-5, 2050, false, 256, 100, 40);

  private static final int LARGE_READS = 8;
  private static final int LARGE_BATCH = 512;

  private final Set<Row> rows;
  private final Scale scale;
  private final List<SequencingRead> reads;
  private final Checkpoint checkpoint;
  private final Narrator narrator;
  private final Report report;
  private final CannedModel canned = new CannedModel();
  private Optional<Site> site = Optional.empty();

  Bench(
      Set<Row> rows,
      Scale scale,
      List<SequencingRead> reads,
      Checkpoint checkpoint,
      Report report,
      PrintStream progress) {
    this.rows = rows.isEmpty() ? EnumSet.noneOf(Row.class) : EnumSet.copyOf(rows);
    this.scale = scale;
    this.reads = reads;
    this.checkpoint = checkpoint;
    this.report = report;
    this.narrator = new Narrator(progress);
  }

  /**
   * Measures.
   *
   * @param connection {@code bootstrap.servers} and {@code schema.registry.url}; may be empty where
   *     no row needs a broker
   * @param reads real reads
   * @param report told each figure as it is measured
   * @param progress told what is going on
   */
  public static void run(
      Order order,
      Map<String, String> connection,
      Checkpoint checkpoint,
      List<SequencingRead> reads,
      Report report,
      PrintStream progress) {
    Scale scale = order.quick() ? Scale.QUICK : Scale.FULL;
    new Bench(order.rows(), scale, reads, checkpoint, report, progress)
        .run(connection, order.minutes());
  }

  void run(Map<String, String> connection, Duration minutes) {
    if (connection.isEmpty()) {
      measure(minutes);
    } else {
      try (Site onBroker = new Site(connection, narrator)) {
        site = Optional.of(onBroker);
        measure(minutes);
      }
    }
  }

  private boolean wanted(Row... any) {
    return Set.of(any).stream().anyMatch(rows::contains);
  }

  private void measure(Duration minutes) {
    if (wanted(RAW, PIPELINE, LATENCY, GEMM, MASK)) {
      withModel();
    }
    if (wanted(FAITHFULNESS)) {
      Map<String, Options> samples = new LinkedHashMap<>();
      samples.put("off", new Options(3, ReadSample.NONE, Views.ONE));
      samples.put("0.01", new Options(3, new ReadSample(0.01), Views.ONE));
      samples.put("all", new Options(3, ReadSample.ALL, Views.ONE));
      options(FAITHFULNESS, samples, scale.forwardReads());
    }
    if (wanted(VIEWS)) {
      Map<String, Options> views = new LinkedHashMap<>();
      for (int count : new int[] {1, 2, 4, 12}) {
        views.put(String.valueOf(count), new Options(3, ReadSample.NONE, new Views(count)));
      }
      options(VIEWS, views, scale.forwardReads() / 4);
    }
    if (wanted(FILTERS)) {
      narrator.begin("what is hidden");
      new Filters(report).measure(scale.repeats());
    }
    if (wanted(IDENTITY, ZERO)) {
      withoutModel();
    }
    if (wanted(SIMULATED)) {
      simulated();
    }
    if (wanted(LONG)) {
      longReads(minutes);
    }
    if (wanted(MEMORY)) {
      new Memory(
              site.orElseThrow(),
              narrator,
              report,
              scale.memoryModelReads(),
              scale.memoryZeroReads())
          .measure();
    }
  }

  private void withModel() {
    narrator.begin("loading " + checkpoint);
    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "auto", 3)) {
      Subject subject = Subject.of(model);
      if (wanted(RAW, PIPELINE, LATENCY)) {
        double pipelineRate = rates(subject);
        if (wanted(LATENCY)) {
          latency(subject, pipelineRate);
        }
      }
      if (wanted(GEMM, MASK)) {
        forward(model, subject.speed().batchTokens());
      }
    }
  }

  private void forward(ExplainedClassifier model, int batchTokens) {
    Forward forward =
        new Forward(
            Workload.tokenized(reads.subList(0, Math.min(reads.size(), scale.forwardReads()))),
            batchTokens);
    List<Double> classified = new ArrayList<>();
    List<Double> explained = new ArrayList<>();
    double ceiling = 0;
    for (int turn = 0; turn <= scale.repeats(); turn++) {
      narrator.begin("forward passes, " + (turn == 0 ? "warm-up" : "turn " + turn));
      if (wanted(GEMM)) {
        ceiling = Math.max(ceiling, gemmCeiling());
      }
      double classification = forward.seconds(model::probabilities);
      double explanation = wanted(MASK) ? forward.seconds(model::explain) : 0;
      if (turn > 0) {
        classified.add(classification);
        explained.add(explanation);
      }
    }
    if (wanted(GEMM)) {
      report.add(
          GEMM, "ceiling: best product of 2048 x 2048 matrices, two threads", gflops(ceiling));
      double reached =
          forward.classifyFlops(model, checkpoint.config()) / Collections.min(classified) / 1e9;
      report.add(
          GEMM,
          "classification by this checkpoint, over it",
          gflops(reached),
          reached / ceiling,
          Target.atLeast(0.6, "%.2f"));
      report.put("gemmGflops", ceiling);
      report.put("gemmShare", reached / ceiling);
      large(ceiling);
    }
    if (wanted(MASK)) {
      double ratio = sum(explained) / sum(classified);
      report.add(
          MASK,
          "classification and mask, over classification alone",
          String.format(Locale.ROOT, "%.2f / %.2f s", sum(explained), sum(classified)),
          ratio,
          Target.atMost(1.15, "%.2f"));
      report.put("maskOverClassification", ratio);
    }
  }

  /** The same reads through models that differ in one option, over the first. */
  private void options(Row row, Map<String, Options> values, int count) {
    Map<String, ExplainedClassifier> models = new LinkedHashMap<>();
    Map<String, Double> seconds = new LinkedHashMap<>();
    try {
      values.forEach(
          (name, options) ->
              models.put(name, ExplainedClassifier.load(checkpoint, "auto", options)));
      List<TokenizedRead> some =
          Workload.tokenized(reads.subList(0, Math.min(reads.size(), count)));
      Forward forward = new Forward(some, OPTIONS_BATCH);
      for (int turn = 0; turn <= scale.repeats(); turn++) {
        for (Map.Entry<String, ExplainedClassifier> model : models.entrySet()) {
          narrator.begin(row.label() + "=" + model.getKey() + (turn == 0 ? ", warm-up" : ""));
          double taken = forward.seconds(model.getValue()::explain);
          if (turn > 0) {
            seconds.merge(model.getKey(), taken, Double::sum);
          }
        }
      }
      double first = seconds.values().iterator().next();
      seconds.forEach(
          (name, taken) -> {
            double perSecond = scale.repeats() * some.size() / taken;
            report.add(
                row,
                row.label() + "=" + name + ", reads in memory, over the first",
                String.format(Locale.ROOT, "%.1f reads/s", perSecond),
                first / taken);
            report.put(row.label() + "ReadsPerSecond." + name, perSecond);
          });
    } finally {
      models.values().forEach(ExplainedClassifier::close);
    }
  }

  /** The same for a model of 50 million weights. */
  private void large(double ceilingBefore) {
    narrator.begin("forward passes of the 50M model");
    Checkpoint random = Checkpoint.random(LARGE, checkpoint.taxonomy(), 1);
    try (ExplainedClassifier model = ExplainedClassifier.load(random, "auto", 3)) {
      Forward forward =
          new Forward(
              Workload.tokenized(Workload.ofLength(LARGE_READS, Simulated.BASES)), LARGE_BATCH);
      double best = Double.MAX_VALUE;
      for (int turn = 0; turn <= scale.repeats(); turn++) {
        best = Math.min(best, forward.seconds(model::probabilities));
      }
      double ceiling = Math.max(ceilingBefore, gemmCeiling());
      double reached = forward.classifyFlops(model, LARGE) / best / 1e9;
      report.add(
          GEMM,
          "classification by the 50M configuration, random weights, over it",
          gflops(reached),
          reached / ceiling,
          Target.atLeast(0.75, "%.2f"));
      report.put("gemmShare50M", reached / ceiling);
    }
  }

  private double gemmCeiling() {
    try {
      return GemmCeiling.measure(Forward.THREADS, GEMM_ROUNDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }

  private static String gflops(double value) {
    return String.format(Locale.ROOT, "%.1f GFLOP/s", value);
  }

  /** Returns the pipeline's reads a second, if it was measured. */
  private double rates(Subject subject) {
    List<TokenizedRead> tokenized = Workload.tokenized(reads);
    boolean pipeline = wanted(PIPELINE, LATENCY);
    long count = scale.modelReads();
    Optional<Topic<SequencingRead>> topic = Optional.empty();
    if (pipeline) {
      narrator.begin("sending reads");
      topic = Optional.of(site.orElseThrow().reads("model", PARTITIONS, reads, count));
    }
    List<Rate> raws = new ArrayList<>();
    List<Rate> pipelines = new ArrayList<>();
    for (int turn = 1; turn <= scale.repeats(); turn++) {
      if (wanted(RAW, PIPELINE)) {
        narrator.begin("raw, turn " + turn);
        raws.add(Throughput.raw(subject, tokenized, count, narrator));
      }
      if (pipeline) {
        narrator.begin("pipeline, turn " + turn);
        pipelines.add(
            Throughput.pipeline(site.orElseThrow(), "pipeline", subject, topic.get(), count));
      }
    }
    topic.ifPresent(done -> site.orElseThrow().discard(done.name()));
    Rate raw = Rate.of(raws);
    Rate through = Rate.of(pipelines);
    if (wanted(RAW, PIPELINE)) {
      report.add(Row.RAW, "device worker and model, reads in memory", rate(raw));
      report.put("rawReadsPerSecond", raw.perSecond());
    }
    if (wanted(PIPELINE)) {
      double over = through.over(raw);
      report.add(PIPELINE, "topic to topic, exactly once, over raw", rate(through), over, at95());
      report.put("pipelineReadsPerSecond", through.perSecond());
      report.put("pipelineOverRaw", over);
      report.add(
          PIPELINE,
          "  CPU of this JVM a read, over raw's",
          String.format(Locale.ROOT, "%.0f / %.0f us", through.cpuMicros(), raw.cpuMicros()),
          through.cpuMicros() / raw.cpuMicros());
      report.put("rawCpuMicrosPerRead", raw.cpuMicros());
      report.put("pipelineCpuMicrosPerRead", through.cpuMicros());
    }
    return through.perSecond();
  }

  private void withoutModel() {
    Site onBroker = site.orElseThrow();
    Subject subject = Subject.of(canned);
    long count = scale.zeroReads();
    narrator.begin("sending reads");
    Topic<SequencingRead> topic = onBroker.reads("zero", PARTITIONS, reads, count);
    List<Rate> identities = new ArrayList<>();
    List<Rate> zeros = new ArrayList<>();
    for (int turn = 0; turn <= scale.repeats(); turn++) {
      boolean warmUp = turn == 0;
      long of = warmUp ? scale.warmUpReads() : count;
      narrator.begin("identity, " + (warmUp ? "warm-up" : "turn " + turn));
      Rate identity = Throughput.identity(onBroker, canned, topic, of);
      if (!warmUp) {
        identities.add(identity);
      }
      if (wanted(ZERO)) {
        narrator.begin("zero, " + (warmUp ? "warm-up" : "turn " + turn));
        Rate zero = Throughput.pipeline(onBroker, "zero", subject, topic, of);
        if (!warmUp) {
          zeros.add(zero);
        }
      }
    }
    onBroker.discard(topic.name());
    Rate identity = Rate.of(identities);
    report.add(IDENTITY, "Kafka Streams alone: decode, encode as many bytes", rate(identity));
    report.put("identityReadsPerSecond", identity.perSecond());
    report.put("identityCpuMicrosPerRead", identity.cpuMicros());
    if (wanted(ZERO)) {
      Rate zero = Rate.of(zeros);
      double over = zero.over(identity);
      report.add(
          ZERO,
          "pipeline with a model that costs nothing, over identity",
          rate(zero),
          over,
          Target.atLeast(0.90, "%.2f"));
      report.add(
          ZERO,
          "  CPU of this JVM a read, over identity's",
          String.format(Locale.ROOT, "%.0f / %.0f us", zero.cpuMicros(), identity.cpuMicros()),
          zero.cpuMicros() / identity.cpuMicros());
      report.put("zeroReadsPerSecond", zero.perSecond());
      report.put("zeroCpuMicrosPerRead", zero.cpuMicros());
      report.put("zeroCostOverIdentity", over);
    }
  }

  private void simulated() {
    Site onBroker = site.orElseThrow();
    List<SequencingRead> even = Workload.ofLength(500, Simulated.BASES);
    double alone = 0;
    narrator.begin("simulated, sending reads");
    long needed = Simulated.needed(4, scale.simulatedReads());
    Topic<SequencingRead> topic = onBroker.reads("simulated", Simulated.PARTITIONS, even, needed);
    narrator.begin("simulated, warm-up");
    var unused = Simulated.turn(onBroker, canned, topic, 1, scale.simulatedReads() / 2);
    for (int instances : new int[] {1, 2, 4}) {
      narrator.begin("simulated, " + instances + " instances");
      Simulated.Turn turn =
          Simulated.turn(onBroker, canned, topic, instances, scale.simulatedReads());
      double perSecond = turn.rate().perSecond();
      String what =
          String.format(
              Locale.ROOT,
              "%d simulated device%s, over its ideal %,.0f reads/s",
              instances,
              instances == 1 ? "" : "s",
              instances * SimulatedDevice.IDEAL);
      report.add(SIMULATED, what, rate(turn.rate()), turn.overIdeal(instances), at95());
      report.addFigure(
          SIMULATED,
          "  device idle between first and last batch",
          percent(turn.idle()),
          100 * turn.idle(),
          Target.below(2, "%.0f %%"));
      if (instances == 1) {
        alone = perSecond;
        report.put("simulatedDeviceOverIdeal", turn.overIdeal(instances));
        report.put("deviceIdle", turn.idle());
      } else {
        double scaling = perSecond / (instances * alone);
        report.add(
            SIMULATED,
            "  over " + instances + " times one instance",
            String.format(Locale.ROOT, "%.2f x", perSecond / alone),
            scaling,
            Target.atLeast(0.90, "%.2f"));
        report.put("scaling" + instances, scaling);
        report.put("deviceIdle" + instances, turn.idle());
      }
    }
    onBroker.discard(topic.name());
  }

  private void latency(Subject subject, double pipelineRate) {
    Site onBroker = site.orElseThrow();
    Topic<SequencingRead> topic = onBroker.emptyReads("latency", PARTITIONS);
    AppConfig config = onBroker.application("latency", topic, Map.of());
    ExplainApp app = Apps.app(config, subject);
    try {
      app.start();
      Latency latency = new Latency(onBroker, config, topic, narrator);
      Runnable alive = () -> Apps.requireAlive(app);
      narrator.begin("latency, warm-up");
      latency.measure(reads, SLOW, Duration.ofSeconds(3), alive);
      narrator.begin("latency at 20 reads/s");
      Percentiles slow = latency.measure(reads, SLOW, scale.slow(), alive);
      report.addFigure(
          LATENCY,
          "20 reads/s: p50 / p95 / p99, target of p95",
          percentiles(slow),
          (double) slow.at(95),
          Target.atMost(300, "%.0f ms"));
      put("latency", slow);
      double rate = FAST * pipelineRate;
      narrator.begin(String.format(Locale.ROOT, "latency at %.0f reads/s", rate));
      Percentiles fast = latency.measure(reads, rate, scale.fast(), alive);
      report.add(
          LATENCY,
          String.format(
              Locale.ROOT, "80 %% of the pipeline's rate, %.0f reads/s: p50 / p95 / p99", rate),
          percentiles(fast));
      put("latencyAt80Percent", fast);
    } finally {
      Apps.stop(app);
    }
    onBroker.discardOutput(config);
    onBroker.discard(topic.name());
  }

  private void put(String name, Percentiles millis) {
    report.put(name + "P50Millis", (double) millis.at(50));
    report.put(name + "P95Millis", (double) millis.at(95));
    report.put(name + "P99Millis", (double) millis.at(99));
  }

  private void longReads(Duration time) {
    narrator.begin("long, loading the model");
    Checkpoint random = Checkpoint.random(LARGE, checkpoint.taxonomy(), 1);
    try (ExplainedClassifier model = ExplainedClassifier.load(random, "auto", 3)) {
      new LongReads(site.orElseThrow(), narrator, report).measure(Subject.of(model), time);
    }
  }

  private static Target at95() {
    return Target.atLeast(0.95, "%.2f");
  }

  private static String rate(Rate rate) {
    return String.format(
        Locale.ROOT,
        rate.perSecond() < 1_000 ? "%,.1f reads/s" : "%,.0f reads/s",
        rate.perSecond());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String percentiles(Percentiles millis) {
    return "%d / %d / %d ms".formatted(millis.at(50), millis.at(95), millis.at(99));
  }
}
