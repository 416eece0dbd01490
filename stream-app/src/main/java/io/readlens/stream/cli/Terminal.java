package io.readlens.stream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether somebody is watching: a terminal may be redrawn and painted, a file may not. Linux says
 * so of each stream, Java 17 does not: elsewhere every stream counts as a file.
 */
final class Terminal {
  private Terminal() {}

  static boolean isOutput() {
    return isTerminal(1);
  }

  static boolean isError() {
    return isTerminal(2);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
