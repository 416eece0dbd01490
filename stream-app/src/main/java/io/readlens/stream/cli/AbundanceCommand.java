package io.readlens.stream.cli;

import io.readlens.model.abundance.AbundanceEstimator;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.UnreadFiles;
import io.readlens.model.process.StandardOutput;
import io.readlens.model.process.Why;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code abundance}: what samples are made of. */
@Command(
    name = "abundance",
    description = {
      "Estimate what samples are made of from explained reads.",
      "The calls of each sample are corrected by what the checkpoint's confusion says of how reads"
          + " of each genus are called; where it has none they are counted as they are. With the"
          + " shares of reads and of bases come 95 % intervals. For research use only."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class AbundanceCommand implements Callable<Integer> {
  /** Of the bootstrap: the same input gives the same figures. */
  private static final long SEED = 1;

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "FILE",
      description =
          "Explanations as explain writes them, JSON lines, plain or gz; /dev/stdin for standard"
              + " input. Several are counted together.")
  private List<Path> inputs;

  /** How estimates are written. */
  enum Format {
    TABLE,
    TSV,
    JSON
  }

  @Option(names = "--format", defaultValue = "TABLE", description = "${COMPLETION-CANDIDATES}")
  private Format format;

  @Mixin private ModelOption checkpoint;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Inputs.requireReadable(inputs);
    requireDifferent();
    Checkpoint known = checkpoint.checkpoint();
    ExplainedSamples samples = new ExplainedSamples(known);
    count(samples);
    AbundanceEstimator estimator = new AbundanceEstimator(known.taxonomy(), known.confusion());
    AbundanceReport report = new AbundanceReport(known, samples.deadLetters());
    samples
        .samples()
        .forEach((name, calls) -> report.add(name, calls, estimator.estimate(calls, SEED)));
    sayWhatIsAmiss(known, samples);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    switch (format) {
      case TABLE -> report.table().forEach(out::println);
      case TSV -> report.tsv().forEach(out::println);
      case JSON -> out.println(report.json());
    }
    if (out.checkError()) {
      throw new IOException("cannot write to standard output" + StandardOutput.fault());
    }
    return 0;
  }

  private void requireDifferent() throws IOException {
    Set<Object> files = new HashSet<>();
    for (Path input : inputs) {
      Object file = Files.readAttributes(input, BasicFileAttributes.class).fileKey();
      if (!files.add(file == null ? input.toAbsolutePath() : file)) {
        throw new ParameterException(
            spec.commandLine(), "--input names " + input + " twice: its reads would count twice");
      }
    }
  }

  private void count(ExplainedSamples samples) throws IOException {
    for (int i = 0; i < inputs.size(); i++) {
      try {
        if (!samples.add(inputs.get(i))) {
          Inputs.sayEmpty(inputs.get(i));
        }
      } catch (IOException | UncheckedIOException | MalformedFileException e) {
        List<Path> unread = inputs.subList(i + 1, inputs.size());
        if (unread.isEmpty()) {
          throw e;
        }
        throw new IOException(Why.of(e) + "; " + UnreadFiles.named(unread), e);
      }
    }
  }

  private static void sayWhatIsAmiss(Checkpoint known, ExplainedSamples samples) {
    if (known.confusion().isEmpty()) {
      System.err.println("readlens: " + AbundanceReport.NO_CONFUSION);
    }
    if (samples.deadLetters() > 0) {
      System.err.printf(
          "readlens: %d dead letters are left out: their reads were never called%n",
          samples.deadLetters());
    }
  }
}
