package io.readlens.stream.cli;

import io.readlens.model.filter.Adapters;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.process.Why;
import io.readlens.model.read.Hidden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a command shows the model of reads. */
final class FilterOptions {
  @Option(
      names = "--input-filters",
      paramLabel = "KINDS",
      defaultValue = "UNKNOWN,ADAPTER,VECTOR,TAIL,LOW_COMPLEXITY",
      description = "Which bases the model is not shown: some of these, comma-separated, or NONE.")
  private String kinds;

  @Option(
      names = "--input-adapters",
      paramLabel = "FILE",
      description = "The adapters, FASTA; those that come with ReadLens if not given.")
  private Path adapters;

  @Option(
      names = "--informative-min-bases",
      paramLabel = "N",
      defaultValue = "" + InputFilter.LEAST_BASES,
      description =
          "Bases that must be left of a read of which some are hidden; below that it is called"
              + " nothing.")
  private int leastBases;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /**
   * What the options say.
   *
   * @throws ParameterException naming the option that is wrong
   * @throws IOException if the file of adapters cannot be read
   */
  InputFilter filter() throws IOException {
    if (leastBases < 0) {
      throw new ParameterException(
          spec.commandLine(), "--informative-min-bases = " + leastBases + ": not below 0");
    }
    return InputFilter.of(parsed(), adapters == null ? Adapters.bundled() : load(), leastBases);
  }

  private Set<Hidden.Kind> parsed() {
    try {
      return InputFilter.parse(kinds);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--input-filters = %s: NONE or some of UNKNOWN, ADAPTER, VECTOR, TAIL and LOW_COMPLEXITY:"
                  .formatted(kinds)
              + " "
              + e.getMessage(),
          e);
    }
  }

  private Adapters load() throws IOException {
    try {
      return Adapters.load(adapters);
    } catch (IOException | MalformedFileException e) {
      throw new IOException("--input-adapters: " + Why.of(e), e);
    }
  }
}
