package io.readlens.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
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
