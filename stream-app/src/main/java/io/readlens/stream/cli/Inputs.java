package io.readlens.stream.cli;

import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.Mates;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.UnreadFiles;
import io.readlens.model.process.Why;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that a command was given, looked at before anything is started. */
final class Inputs {
  private Inputs() {}

  /** What is done with a file's reads. */
  interface Reading {
    void accept(ReadFile reads) throws IOException;
  }

  /**
   * Reads files one after the other; says on standard error which of them have no reads.
   *
   * @param mates where the second mates are
   * @throws IOException if one cannot be read, naming those that were not begun
   */
  static void forEach(List<Path> files, Mates mates, Reading reading) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      try (ReadFile reads = mates.open(files.get(i), i)) {
        if (!reads.hasNext()) {
          sayEmpty(files.get(i));
        }
        reading.accept(reads);
      } catch (IOException | UncheckedIOException | MalformedFileException e) {
        List<Path> unread = files.subList(i + 1, files.size());
        if (unread.isEmpty()) {
          throw e;
        }
        throw new IOException(Why.of(e) + "; " + UnreadFiles.named(unread), e);
      }
    }
  }

  /** Says that a file is a sample without reads, which is no fault. */
  static void sayEmpty(Path file) {
    System.err.println(Legible.of("readlens: " + file + " has no reads"));
  }

  /**
   * @throws IOException naming the first that cannot be read, and why
   */
  static void requireReadable(List<Path> files) throws IOException {
    for (Path file : files) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + " is a directory: name the files in it");
      }
      // Nothing is opened: a pipe can be read once only.
      file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
    }
  }
}
