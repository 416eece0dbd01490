package io.readlens.stream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that a command was given, looked at before anything is started. */
final class Inputs {
  private Inputs() {}

  /**
   * @throws IOException naming the first that is no readable file
   */
  static void requireReadable(List<Path> files) throws IOException {
    for (Path file : files) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + " is a directory: name the files in it");
      }
      if (!Files.isReadable(file)) {
        throw new IOException(file + " cannot be read: is it there?");
      }
    }
  }
}
