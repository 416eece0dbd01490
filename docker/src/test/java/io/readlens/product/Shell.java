package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A user's terminal: one directory, variables that last, and what runs in the background. */
final class Shell implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path directory;
  private final Map<String, String> variables = new TreeMap<>();
  private final List<Process> running = new ArrayList<>();
  private int outputs;

  Shell(Path directory) {
    this.directory = directory;
  }

  /** Exports a variable to all that is typed from now on. */
  void set(String name, String value) {
    variables.put(name, value);
  }

  /**
   * Types a command and awaits its end, which must be a success.
   *
   * @return what it wrote to standard output
   */
  String run(String command) throws IOException, InterruptedException {
    Path out = output();
    Path err = output();
    Process process = start(command, out, err);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(command).isTrue();
    assertThat(process.exitValue())
        .as("%s%n%s%s", command, Files.readString(err), tail(out))
        .isZero();
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  /**
   * Types a command that goes on until the terminal is closed.
   *
   * @param sign what it writes once it is at work
   */
  void leaveRunning(String command, String sign) throws IOException {
    Path out = output();
    Process process = start("exec " + command, out, out);
    running.add(process);
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(process.isAlive()).as("%s%n%s", command, tail(out)).isTrue())
        .until(() -> Files.readString(out, StandardCharsets.UTF_8).contains(sign));
  }

  /** Ends what still runs, the youngest first, and awaits it. */
  @Override
  public void close() {
    for (int i = running.size() - 1; i >= 0; i--) {
      Process process = running.get(i);
      process.destroy();
      process
          .onExit()
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .exceptionally(late -> process.destroyForcibly())
          .join();
    }
  }

  private Process start(String command, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-u", "-o", "pipefail", "-c", command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(variables);
    return builder.start();
  }

  private Path output() throws IOException {
    return Files.createFile(directory.resolve("typed-" + ++outputs + ".txt"));
  }

  private static String tail(Path output) throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
