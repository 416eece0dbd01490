package io.readlens.stream.cli;

import io.readlens.model.io.Mates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the second mates of paired reads are. */
final class MateOptions {
  @Option(
      names = "--mates",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "The second mates of the reads of --input, a file for each of its files: a pair is one"
              + " read. Names are the same apart from /1 and /2.")
  private List<Path> files = List.of();

  @Option(
      names = "--interleaved",
      description = "Every second read of --input is the mate of the one before it.")
  private boolean interleaved;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /**
   * @throws ParameterException if there are not as many files as of first mates
   * @throws IOException naming the first that cannot be read, and why
   */
  Mates of(List<Path> inputs) throws IOException {
    if (interleaved && !files.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--mates and --interleaved: mates are in one place, name one");
    }
    if (!files.isEmpty() && files.size() != inputs.size()) {
      throw new ParameterException(
          spec.commandLine(),
          "--mates names %d files and --input %d: each file of first mates needs its second ones"
              .formatted(files.size(), inputs.size()));
    }
    Inputs.requireReadable(files);
    return new Mates(files, interleaved);
  }
}
