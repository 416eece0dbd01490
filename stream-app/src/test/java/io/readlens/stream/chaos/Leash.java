package io.readlens.stream.chaos;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Ends a child JVM with its parent. Standard input is a pipe whose other end only the parent holds:
 * it ends when the parent is gone, however that happened.
 */
final class Leash {
  private Leash() {}

  static void hold() {
    Thread leash =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("lost the parent: " + e);
              }
              Runtime.getRuntime().halt(Fault.KILLED);
            },
            "leash");
    leash.setDaemon(true);
    leash.start();
  }
}
