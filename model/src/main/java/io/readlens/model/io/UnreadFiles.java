package io.readlens.model.io;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Files that were to be read one after the other, and were not since one before them failed. */
public final class UnreadFiles {
  private static final int MOST_NAMED = 10;

  private UnreadFiles() {}

  /**
   * Names them, to follow a message: {@code not read: b.fastq, c.fastq}; of many the first and the
   * last.
   *
   * @param files in the order given, at least one
   */
  public static String named(List<Path> files) {
    if (files.size() > MOST_NAMED) {
      return "not read: %d files, from %s to %s"
          .formatted(files.size(), files.get(0), files.get(files.size() - 1));
    }
    return files.stream().map(Path::toString).collect(Collectors.joining(", ", "not read: ", ""));
  }
}
