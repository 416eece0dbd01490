package io.readlens.stream.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A command, run in this JVM as the terminal would run it, and what it left.
 *
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error, Kafka's own warnings included
 */
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... arguments) {
    return of(written -> {}, arguments);
  }

  /**
   * @param watching told all of standard error after each write to it, on the writing thread
   */
  static CommandRun of(Consumer<String> watching, String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
    ByteArrayOutputStream caughtErr =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            watching.accept(toString(StandardCharsets.UTF_8));
          }
        };
    System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.commandLine().execute(arguments);
      return new CommandRun(
          exitCode,
          caughtOut.toString(StandardCharsets.UTF_8),
          caughtErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** The line on standard error that says why the command failed. */
  String complaint() {
    return err.lines()
        .filter(line -> line.startsWith("readlens: "))
        .reduce((first, second) -> second)
        .orElse("");
  }
}
