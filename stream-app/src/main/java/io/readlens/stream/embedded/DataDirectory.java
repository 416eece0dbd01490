package io.readlens.stream.embedded;

import io.readlens.model.process.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory of an embedded broker and registry: its owner's alone, mode 0700, and so is what is
 * in it.
 */
public final class DataDirectory {
  /** What ReadLens and file systems put there; with anything else the directory is shared. */
  private static final Set<String> KNOWN =
      Set.of(
          "kafka",
          "security",
          "broker.log",
          "broker.properties",
          "librdkafka.properties",
          "readlens.properties",
          "reads.fastq.gz",
          "reads.fastq.gz.truth.tsv",
          "lost+found");

  private DataDirectory() {}

  /**
   * Makes the directory where it is missing. One that others may enter is closed to them, if it
   * holds nothing but a broker's data; where the file system knows no modes, it is left as it is.
   *
   * @throws StartupException where it cannot be made or closed, or holds something else
   */
  public static void prepare(Path directory) {
    Path parent = directory.toAbsolutePath().getParent();
    try {
      if (parent != null) {
        Files.createDirectories(parent);
      }
      PrivateFiles.createDirectory(directory);
      if (PrivateFiles.haveModes(directory)) {
        close(directory);
      }
    } catch (IOException e) {
      throw new StartupException(
          "cannot use " + directory + " as a data directory: " + Why.of(e), e);
    }
  }

  private static void close(Path directory) throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.list(directory)) {
      entries = all.toList();
    }
    if (PrivateFiles.isOpen(directory)) {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
      String open = directory + " is open to other users (" + mode + ")";
      if (!entries.stream().allMatch(DataDirectory::isKnown)) {
        throw new StartupException(
            open + " and holds other files: name a directory of its own, or chmod this one 700");
      }
      if (!PrivateFiles.close(directory)) {
        throw new StartupException(open + " and cannot be closed: name a directory inside it");
      }
    }
    for (Path entry : entries) {
      if (isKnown(entry)) {
        PrivateFiles.closeAll(entry);
      }
    }
  }

  private static boolean isKnown(Path entry) {
    return KNOWN.contains(entry.getFileName().toString());
  }
}
