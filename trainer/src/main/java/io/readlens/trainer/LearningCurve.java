package io.readlens.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A tab-separated log of a training: one line a measurement, also shown on the terminal. */
final class LearningCurve {
  private final Path file;
  private final String[] columns;

  /** Starts a new log with a header line. */
  LearningCurve(Path file, String... columns) {
    this.file = file;
    this.columns = columns.clone();
    write(String.join("\t", columns), StandardOpenOption.TRUNCATE_EXISTING);
  }

  private LearningCurve(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns.toArray(String[]::new);
  }

  /**
   * Goes on with a log, from what it held at an earlier time; a log that is lost starts anew.
   *
   * @param bytes its length at that time
   */
  static LearningCurve goOn(Path file, long bytes, String... columns) throws IOException {
    if (!Files.exists(file)) {
      return new LearningCurve(file, columns);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
    return new LearningCurve(file, List.of(columns));
  }

  /** The log's length. */
  long bytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Adds a line; NaN stands for a value that was not measured this time. */
  void add(double... values) {
    String line =
        Arrays.stream(values).mapToObj(LearningCurve::format).collect(Collectors.joining("\t"));
    write(line, StandardOpenOption.APPEND);
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < columns.length; i++) {
      if (!Double.isNaN(values[i])) {
        shown.append(columns[i]).append(' ').append(format(values[i])).append("  ");
      }
    }
    System.out.println(shown.toString().stripTrailing());
  }

  private static String format(double value) {
    if (Double.isNaN(value)) {
      return "NA";
    }
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private void write(String line, StandardOpenOption how) {
    try {
      Files.writeString(
          file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
