package io.readlens.stream.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.avro.Call;
import io.readlens.avro.Explanation;
import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.Mates;
import io.readlens.model.io.ReadFile;
import io.readlens.model.process.NewFile;
import io.readlens.model.process.StandardOutput;
import io.readlens.model.process.Why;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Views;
import io.readlens.model.text.Legible;
import io.readlens.stream.config.Device;
import io.readlens.stream.replay.SequencingReads;
import io.readlens.stream.topology.DirectExplainer;
import io.readlens.stream.topology.ExplanationRules;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code explain}: reads of files through the model, without Kafka. */
@Command(
    name = "explain",
    description = "Explain the reads of files, without Kafka; the same path through the model.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class ExplainCommand implements Callable<Integer> {
  private static final SequencingReads AS_WRITTEN = SequencingReads.asWritten();
  private static final int LEAST_BASES = 100;

  /** Longer than any read; the stream's own default is lower, since a poll must end in time. */
  private static final int MOST_BASES = 10_000_000;

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "FILE",
      description = "Reads: FASTQ or FASTA, plain or gz.")
  private List<Path> inputs;

  @Mixin private MateOptions mateOptions;

  /** How explanations are written. */
  enum Format {
    JSONL,
    TSV,
    ANSI
  }

  @Option(names = "--format", defaultValue = "JSONL", description = "${COMPLETION-CANDIDATES}")
  private Format format;

  @Option(names = "--output", paramLabel = "FILE", description = "Standard output if not given.")
  private Path output;

  @Mixin private ModelOption checkpoint;

  @Mixin private FilterOptions filters;

  @Mixin private ThresholdOptions thresholds;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "3",
      description = "How many next best taxa each call names.")
  private int alternatives;

  @Option(
      names = "--spans-max-per-call",
      paramLabel = "N",
      defaultValue = "" + SpanFinder.MOST_SPANS,
      description =
          "Spans that a call carries at most, those of the best scores; the others are counted.")
  private int mostSpans;

  @Option(
      names = "--per-base",
      description = "Each base with its score, those of a pair under NAME/1 and NAME/2.")
  private boolean perBase;

  @Option(
      names = "--faithfulness",
      paramLabel = "READS",
      defaultValue = "off",
      description =
          "The reads whose calls say how far their spans carry them: off, all, or a share such as"
              + " 0.01, drawn by their names.")
  private String faithfulness;

  @Option(
      names = "--views",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "In how many views each read is classified: 1; 2, both strands; 4 or 12, in several"
              + " frames too.")
  private int views;

  @Option(names = "--device", defaultValue = "auto", description = "auto, cpu or gpu:N")
  private String device;

  @Spec private CommandSpec spec;

  private Mates mates;
  private InputFilter filter;
  private ReadSample tested;
  private Views seen;
  private ThresholdChoice calledBy;
  private long explained;
  private long refused;
  private KeptErrors errors;

  @Override
  public Integer call() throws IOException {
    Inputs.requireReadable(inputs);
    mates = mateOptions.of(inputs);
    requireOptions();
    try {
      if (output == null) {
        explain(new PrintStream(System.out, false, StandardCharsets.UTF_8));
      } else {
        explainTo(output);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return refused == 0 ? 0 : 1;
  }

  /**
   * The file appears when it is whole, or when something fails behind the first reads: then with
   * what was explained before. Of what a signal cuts short, or cannot be written, nothing is there.
   */
  private void explainTo(Path file) throws IOException {
    try (NewFile written = NewFile.of(file)) {
      errors = new KeptErrors(written.out());
      PrintStream out = new PrintStream(errors, false, StandardCharsets.UTF_8);
      try {
        explain(out);
        requireWritten(out);
      } catch (IOException | RuntimeException e) {
        if (explained == 0 || errors.first().isPresent()) {
          throw e;
        }
        written.appear();
        throw new IOException(
            "%s; what was explained before is in %s".formatted(Why.of(e), file), e);
      }
      written.appear();
    }
  }

  private void explain(PrintStream out) throws IOException {
    ExplainedClassifier model =
        checkpoint.load(
            device,
            new ExplainedClassifier.Options(alternatives, tested, seen, calledBy, mostSpans));
    DirectExplainer explainer =
        new DirectExplainer(
            rules(model),
            DeviceModel.of(model),
            DeviceSpeed.measure(model, OptionalInt.empty(), OptionalInt.empty()));
    try {
      Inputs.forEach(
          inputs,
          mates,
          file ->
              explainer.explain(reads(file), explanation -> write(out, explanation), this::refuse));
      writeHeaderOnce(out);
    } finally {
      out.flush();
      if (explainer.stop()) {
        model.close();
      }
    }
  }

  private void requireOptions() throws IOException {
    filter = filters.filter();
    calledBy = thresholds.choice();
    if (mostSpans < 1) {
      throw new ParameterException(
          spec.commandLine(), "--spans-max-per-call = " + mostSpans + ": not below 1");
    }
    if (alternatives < 0) {
      throw new ParameterException(
          spec.commandLine(), "--top-k = " + alternatives + ": not below 0");
    }
    try {
      Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--device = " + device + ": one of auto, cpu, gpu:N", e);
    }
    try {
      tested = ReadSample.parse(faithfulness);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--faithfulness = " + faithfulness + ": one of off, all, a share between 0 and 1",
          e);
    }
    try {
      seen = new Views(views);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
    for (Path input : Stream.concat(inputs.stream(), mates.files().stream()).toList()) {
      if (output != null && Files.exists(output) && Files.isSameFile(input, output)) {
        throw new ParameterException(spec.commandLine(), "--output would overwrite " + input);
      }
    }
  }

  private ExplanationRules rules(ExplainedClassifier model) {
    return new ExplanationRules(
        filter,
        LEAST_BASES,
        MOST_BASES,
        alternatives,
        true,
        true,
        model::checkpointId,
        Integer.MAX_VALUE);
  }

  private static Iterator<SequencingRead> reads(ReadFile file) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return file.hasNext();
      }

      @Override
      public SequencingRead next() {
        return AS_WRITTEN.of(file.next());
      }
    };
  }

  private void refuse(DirectExplainer.Refusal refusal) {
    refused++;
    System.err.println(
        Legible.of(
            "readlens: read %s is not explained: %s"
                .formatted(refusal.read().getReadId(), refusal.reason())));
  }

  /**
   * Comes with the first explanation, or in place of any: of an input that is refused before, not
   * even a header is written.
   */
  private void writeHeaderOnce(PrintStream out) {
    if (format == Format.TSV && explained == 0) {
      out.println(header());
    }
  }

  private void write(PrintStream out, Explanation explanation) {
    writeHeaderOnce(out);
    switch (format) {
      case JSONL -> out.println(ExplanationJson.line(json(explanation)));
      case TSV -> out.print(perBase ? baseRows(explanation) : callRows(explanation));
      case ANSI ->
          out.println(
              perBase
                  ? new ReadPainter(true).scores(explanation)
                  : new ReadPainter(true).spans(explanation));
    }
    // Without this a closed pipe would cost the whole file.
    requireWritten(out);
    explained++;
  }

  /** A print stream swallows its errors. */
  private void requireWritten(PrintStream out) {
    if (out.checkError()) {
      throw new UncheckedIOException(
          new IOException(
              output == null
                  ? "cannot write to standard output" + StandardOutput.fault()
                  : "cannot write to "
                      + output
                      + errors.first().map(e -> ": " + Why.of(e)).orElse("")));
    }
  }

  private ObjectNode json(Explanation explanation) {
    ObjectNode json = ExplanationJson.of(explanation);
    if (perBase) {
      ArrayNode scores = json.putArray("baseScores");
      for (float score : BaseScores.of(explanation)) {
        scores.add(score);
      }
    }
    return json;
  }

  private String header() {
    return perBase
        ? "readId\tposition\tbase\tscore"
        : "readId\tlength\toutcome\trank\ttaxId\tname\tprobability\tspans"
            + (tested.isEmpty() ? "" : "\tsufficiency\tcomprehensiveness")
            + "\tinformativeBases\thidden\treason\tbackground\tspansLeftOut\tprofile\tthresholds";
  }

  private String callRows(Explanation explanation) {
    String read =
        String.join(
            "\t",
            Legible.of(explanation.getReadId()),
            String.valueOf(explanation.getLength()),
            explanation.getOutcome().name());
    String shown = "\t" + shownCells(explanation) + "\t";
    String by = "\t" + ruleCells(explanation) + "\n";
    if (explanation.getCalls().isEmpty()) {
      return read + "\tNA\tNA\tNA\tNA\t" + (tested.isEmpty() ? "" : "\tNA\tNA") + shown + "0" + by;
    }
    return explanation.getCalls().stream()
        .map(call -> read + "\t" + callCells(call) + shown + call.getSpansLeftOut() + by)
        .collect(Collectors.joining());
  }

  /** What the model was shown, and why the read is called nothing. */
  private static String shownCells(Explanation explanation) {
    String hidden =
        explanation.getHidden().stream()
            .map(
                each ->
                    mate(each.getMate())
                        + each.getStart()
                        + "-"
                        + each.getEnd()
                        + ":"
                        + each.getKind())
            .collect(Collectors.joining(";"));
    return String.join(
        "\t",
        String.valueOf(explanation.getInformativeBases()),
        hidden,
        explanation.getReason().isEmpty() ? "NA" : explanation.getReason(),
        explanation.getBackground().isEmpty() ? "NA" : Legible.of(explanation.getBackground()));
  }

  /** What comes before coordinates of the second mate. */
  private static String mate(int mate) {
    return mate == 0 ? "" : "mate:";
  }

  /** By what the read is called. */
  private static String ruleCells(Explanation explanation) {
    if (explanation.getThresholds().isEmpty()) {
      return "NA\tNA";
    }
    return explanation.getProfile()
        + "\t"
        + explanation.getThresholds().stream()
            .map(
                each ->
                    each.getRank().name().toLowerCase(Locale.ROOT)
                        + ":"
                        + number(each.getProbability()))
            .collect(Collectors.joining(","));
  }

  private String callCells(Call call) {
    String spans =
        call.getSpans().stream()
            .map(
                span ->
                    String.format(
                        Locale.ROOT,
                        "%s%d-%d:%.3f",
                        mate(span.getMate()),
                        span.getStart(),
                        span.getEnd(),
                        span.getScore()))
            .collect(Collectors.joining(";"));
    String cells =
        String.join(
            "\t",
            call.getRank().name().toLowerCase(Locale.ROOT),
            call.getTaxId() == null ? "NA" : String.valueOf(call.getTaxId()),
            Legible.of(call.getName()),
            number(call.getProbability()),
            spans);
    return tested.isEmpty()
        ? cells
        : String.join(
            "\t", cells, number(call.getSufficiency()), number(call.getComprehensiveness()));
  }

  private static String number(Double value) {
    return value == null ? "NA" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String baseRows(Explanation explanation) {
    float[] scores = BaseScores.of(explanation);
    String read = Legible.of(explanation.getReadId());
    String first = explanation.getSequence();
    String second = explanation.getMateSequence();
    StringBuilder rows = new StringBuilder();
    addBaseRows(second == null ? read : read + "/1", first, scores, 0, rows);
    if (second != null) {
      addBaseRows(read + "/2", second, scores, first.length(), rows);
    }
    return rows.toString();
  }

  private static void addBaseRows(
      String name, String bases, float[] scores, int from, StringBuilder rows) {
    for (int base = 0; base < bases.length(); base++) {
      rows.append(name)
          .append('\t')
          .append(base)
          .append('\t')
          .append(bases.charAt(base))
          .append('\t')
          .append(String.format(Locale.ROOT, "%.3f", scores[from + base]))
          .append('\n');
    }
  }
}
