package io.readlens.stream.cli;

import io.readlens.model.process.InputFile;
import io.readlens.model.process.NewFile;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo-reads}: the bundled reads as files, for every command that asks for some. */
@Command(
    name = "demo-reads",
    description = {
      "Write the reads of the demo and their true taxa as files.",
      "They are "
          + DemoReads.FASTQ
          + " and "
          + DemoReads.TRUTH
          + ". Another file of one of these"
          + " names is left as it is."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class DemoReadsCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "Where they go; made if it is not there. Default: this directory")
  private Path directory;

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    List<String> missing = new ArrayList<>();
    for (String name : List.of(DemoReads.FASTQ, DemoReads.TRUTH)) {
      Path file = directory.resolve(name);
      if (Files.isRegularFile(file)
          && Arrays.equals(bytes(name), InputFile.read(file, Files::readAllBytes))) {
        System.out.println(Legible.of(file.normalize() + " is there already"));
      } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(file.toString());
      } else {
        missing.add(name);
      }
    }
    write(missing);
    for (String name : missing) {
      System.out.println(Legible.of("wrote " + directory.resolve(name).normalize()));
    }
    return 0;
  }

  /** All of them, or none. */
  private void write(List<String> names) throws IOException {
    List<NewFile> written = new ArrayList<>();
    try {
      for (String name : names) {
        NewFile file = NewFile.of(directory.resolve(name));
        written.add(file);
        file.out().write(bytes(name));
      }
      NewFile.appear(written);
    } finally {
      for (NewFile each : written) {
        each.close();
      }
    }
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = DemoReads.open(name)) {
      return in.readAllBytes();
    }
  }
}
