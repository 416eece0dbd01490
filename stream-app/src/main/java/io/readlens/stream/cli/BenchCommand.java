package io.readlens.stream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.avro.SequencingRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.ReadFile;
import io.readlens.model.process.NewFile;
import io.readlens.model.text.Legible;
import io.readlens.stream.bench.Bench;
import io.readlens.stream.bench.Machine;
import io.readlens.stream.bench.Report;
import io.readlens.stream.bench.Row;
import io.readlens.stream.embedded.EmbeddedPlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: what the pipeline costs beside its model, on this machine. */
@Command(
    name = "bench",
    description = {
      "Measure the pipeline against baselines, side by side, on a broker of its own.",
      "Rows: raw, pipeline, identity, zero, simulated, latency, gemm, mask;",
      "and, only when named, faithfulness, views, long and memory."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(
      names = "--only",
      paramLabel = "ROW",
      description = "Measure this row, and what it is compared with; may be repeated.")
  private List<Row> only = List.of();

  @Option(names = "--quick", description = "Measure less: some three minutes in all.")
  private boolean quick;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long the row 'long' runs (default: ${DEFAULT-VALUE}).")
  private int minutes;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures there too, as one JSON object.")
  private Path json;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "A property of the applications, to see what it changes. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Mixin private ModelOption checkpoint;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (minutes < 1) {
      throw new ParameterException(spec.commandLine(), "--minutes = " + minutes + ": 1 or more");
    }
    NewFile.requirePossible(json);
    Set<Row> rows = only.isEmpty() ? Row.standardOnes() : EnumSet.copyOf(only);
    Bench.Order order = new Bench.Order(rows, quick, Duration.ofMinutes(minutes));
    Checkpoint model = checkpoint.checkpoint();
    try (StopSignal stop = StopSignal.listen()) {
      Path directory = Files.createTempDirectory("readlens-bench");
      Thread measuring = Thread.currentThread();
      CompletableFuture<Void> unused = stop.received().thenRun(measuring::interrupt);
      Report report = new Report();
      try {
        measure(order, model, directory, report);
      } finally {
        // What was measured before a failure was measured all the same.
        print(report, model, !stop.received().isDone());
        DemoCommand.delete(directory, Optional.empty());
      }
    }
    return 0;
  }

  private void measure(Bench.Order order, Checkpoint model, Path directory, Report report)
      throws IOException {
    List<SequencingRead> reads = reads(directory);
    if (order.rows().stream().noneMatch(Row::onBroker)) {
      Bench.run(order, Map.of(), model, reads, report, System.err);
      return;
    }
    System.err.println("starting a Kafka broker and a schema registry");
    try (EmbeddedPlatform platform =
        EmbeddedPlatform.start(directory, EmbeddedPlatform.ANY_PORT, EmbeddedPlatform.ANY_PORT)) {
      Map<String, String> settings = new HashMap<>(overrides);
      settings.putAll(platform.properties());
      Bench.run(order, settings, model, reads, report, System.err);
    }
  }

  private static List<SequencingRead> reads(Path directory) throws IOException {
    DemoReads bundled = DemoReads.bundled(directory);
    List<SequencingRead> reads = new ArrayList<>();
    for (Path file : bundled.files()) {
      try (ReadFile in = ReadFile.open(file)) {
        while (in.hasNext()) {
          reads.add(bundled.records().of(in.next()));
        }
      }
    }
    return reads;
  }

  /**
   * @param whole whether no signal cut the measuring short: a file holds all figures, or is not
   *     there
   */
  private void print(Report report, Checkpoint model, boolean whole) throws IOException {
    Machine machine = Machine.here();
    List<String> asked = spec.commandLine().getParent().getParseResult().originalArgs();
    String command = "readlens.jar " + String.join(" ", asked);
    System.out.println("command     java -jar " + Legible.of(command));
    System.out.println("machine     " + machine);
    System.out.println("checkpoint  " + model.id());
    System.out.println();
    report.table().forEach(System.out::println);
    if (json != null && whole) {
      ObjectNode object = JSON.createObjectNode();
      object.put("command", command);
      object.put("machine", machine.toString());
      object.put("checkpoint", model.id());
      report.figures().forEach((name, value) -> object.put(name, value));
      NewFile.write(json, JSON.writeValueAsBytes(object));
    }
  }
}
