package io.readlens.stream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.evaluation.Comparison;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.Mates;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.process.NewFile;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Read;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Views;
import io.readlens.model.text.LegibleJson;
import io.readlens.stream.config.Device;
import io.readlens.stream.replay.TruthTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code diff}: what another checkpoint would change. */
@Command(
    name = "diff",
    description = {
      "Show what another checkpoint, or other thresholds, would change.",
      "Calls and spans of a and of b, which would follow it, on the same reads. Taxa are told by"
          + " their names, so the labels of the two may differ."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class DiffCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());
  private static final int LEAST_BASES = 100;
  private static final int BATCH = 64;

  /** What is known of the windows of long reads is kept until their batch is done. */
  private static final int BATCH_BASES = 500_000;

  @Option(
      names = "--a",
      paramLabel = "DIR",
      description = "The checkpoint before; the bundled one if not given.")
  private Path before;

  @Option(
      names = "--b",
      paramLabel = "DIR",
      description = "The checkpoint that would follow; that of --a if not given.")
  private Path after;

  @Option(
      names = "--profile-a",
      paramLabel = "PROFILE",
      defaultValue = "balanced",
      description = "How sure a call of a must be: sensitive, balanced or strict.")
  private String profileA;

  @Option(
      names = "--profile-b",
      paramLabel = "PROFILE",
      defaultValue = "balanced",
      description = "The same of b.")
  private String profileB;

  @Option(
      names = "--thresholds-a",
      paramLabel = "RANK:P,...",
      defaultValue = ThresholdChoice.NONE,
      description =
          "The least probability of a call of a, in place of its profile's, such as"
              + " superkingdom:0.9,phylum:0.9,genus:0.95; or none.")
  private String thresholdsA;

  @Option(
      names = "--thresholds-b",
      paramLabel = "RANK:P,...",
      defaultValue = ThresholdChoice.NONE,
      description = "The same of b.")
  private String thresholdsB;

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "FILE",
      description = "Reads: FASTQ or FASTA, plain or gz; those under 100 bases are left out.")
  private List<Path> inputs;

  @Mixin private MateOptions mateOptions;

  @Option(
      names = "--truth",
      paramLabel = "TSV",
      description =
          "The reads' true taxa: a table with the columns readId, taxid, superkingdom, phylum and"
              + " genus.")
  private Path truth;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there too.")
  private Path json;

  @Mixin private FilterOptions filters;

  @Option(names = "--device", defaultValue = "auto", description = "auto, cpu or gpu:N")
  private String device;

  @Spec private CommandSpec spec;

  private InputFilter filter;
  private long leftOut;

  @Override
  public Integer call() throws IOException {
    Inputs.requireReadable(inputs);
    Mates mates = mateOptions.of(inputs);
    requireDevice();
    ThresholdChoice choiceA = choice("a", profileA, thresholdsA);
    ThresholdChoice choiceB = choice("b", profileB, thresholdsB);
    if (after == null && choiceA.equals(choiceB)) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing is to change: name what would follow, by --b, --profile-b or --thresholds-b");
    }
    filter = filters.filter();
    NewFile.requirePossible(json);
    TruthTable truths = truth == null ? TruthTable.empty() : TruthTable.load(truth);
    Checkpoint a = before == null ? Checkpoint.bundled() : Checkpoint.load(before);
    Checkpoint b = after == null ? a : Checkpoint.load(after);
    Comparison comparison = new Comparison();
    DiffReport report;
    try (ExplainedClassifier ofA = ExplainedClassifier.load(a, device, options(choiceA));
        ExplainedClassifier ofB = ExplainedClassifier.load(b, device, options(choiceB))) {
      Inputs.forEach(inputs, mates, file -> compare(file, ofA, ofB, truths, comparison));
      report =
          new DiffReport(
              new DiffReport.Side(a.id(), ofA.callRule()),
              new DiffReport.Side(b.id(), ofB.callRule()),
              comparison,
              leftOut);
    }
    report.lines().forEach(System.out::println);
    if (json != null) {
      NewFile.write(json, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report.json()));
    }
    return 0;
  }

  private ThresholdChoice choice(String side, String profile, String thresholds) {
    return new ThresholdChoice(
        ThresholdOptions.profile(spec, "--profile-" + side, profile),
        ThresholdOptions.numbers(spec, "--thresholds-" + side, thresholds));
  }

  private static ExplainedClassifier.Options options(ThresholdChoice choice) {
    return new ExplainedClassifier.Options(
        0, ReadSample.NONE, Views.ONE, choice, SpanFinder.MOST_SPANS);
  }

  private void requireDevice() {
    try {
      Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--device = " + device + ": one of auto, cpu, gpu:N", e);
    }
  }

  private void compare(
      ReadFile file,
      ExplainedClassifier ofA,
      ExplainedClassifier ofB,
      TruthTable truths,
      Comparison comparison) {
    List<TokenizedRead> batch = new ArrayList<>(BATCH);
    int bases = 0;
    while (file.hasNext()) {
      bases += add(file.next(), batch);
      if (batch.size() == BATCH || bases >= BATCH_BASES) {
        compare(batch, ofA, ofB, truths, comparison);
        batch.clear();
        bases = 0;
      }
    }
    compare(batch, ofA, ofB, truths, comparison);
  }

  /** Adds a read to the batch, unless nobody would explain it; says how many bases it added. */
  private int add(SequenceRecord record, List<TokenizedRead> batch) {
    try {
      TokenizedRead read = tokens(record);
      if (read.length() >= LEAST_BASES) {
        batch.add(read);
        return read.length();
      }
    } catch (InvalidReadException e) {
      // Counted like a short one.
    }
    leftOut++;
    return 0;
  }

  private TokenizedRead tokens(SequenceRecord record) {
    Read read = Read.of(record.id(), record.sequence());
    return record
        .mate()
        .map(mate -> filter.tokenize(read, Read.of(mate.id(), mate.sequence())))
        .orElseGet(() -> filter.tokenize(read));
  }

  /** Both at once: on the CPU each takes one core. */
  private static void compare(
      List<TokenizedRead> reads,
      ExplainedClassifier ofA,
      ExplainedClassifier ofB,
      TruthTable truths,
      Comparison comparison) {
    CompletableFuture<List<ExplainedRead>> explaining =
        CompletableFuture.supplyAsync(() -> ofA.explain(reads));
    List<ExplainedRead> b = ofB.explain(reads);
    List<ExplainedRead> a = explaining.join();
    for (int i = 0; i < reads.size(); i++) {
      String id = reads.get(i).id();
      comparison.add(id, a.get(i), b.get(i), truths.names(id));
    }
  }
}
