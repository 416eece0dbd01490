package io.readlens.stream.bench;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.TorchProcess;
import io.readlens.stream.bench.Apps.Subject;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The application in a JVM of its own, with that JVM's own defaults, so that its memory can be told
 * from everybody else's. It ends with the JVM that started it, however that one ends: its standard
 * input is then at its end.
 *
 * <p>Threading: one thread.
 */
final class ChildApp implements AutoCloseable {
  private static final String CANNED = "canned";
  private static final String MODEL = "model";
  private static final String READY = "ready";
  private static final int CLOSE_SECONDS = 60;

  /** As the README says to run it: the heap's pages are there from the start, and no more come. */
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");

  private final Process process;

  private ChildApp(Process process) {
    this.process = process;
  }

  /** Arguments: {@code canned}, or {@code model} and {@code key=value} for each setting. */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    TorchProcess.forInference();
    Map<String, String> settings =
        Arrays.stream(args)
            .skip(1)
            .map(argument -> argument.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    AppConfig config = AppConfig.of(new Properties(), settings);
    Subject subject =
        args[0].equals(CANNED)
            ? Subject.of(new CannedModel())
            : Subject.of(ExplainedClassifier.load(Checkpoint.bundled(), "auto", 3));
    try (ExplainApp app = Apps.app(config, subject)) {
      app.start();
      System.out.println(READY);
      System.out.flush();
      int told = 0;
      while (told >= 0) {
        told = System.in.read();
      }
    }
    System.exit(0);
  }

  /** Starts one with the bundled model, or with one that costs nothing, and waits for its start. */
  static ChildApp start(Map<String, String> settings, boolean canned) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ChildApp.class.getName());
    command.add(canned ? CANNED : MODEL);
    settings.forEach((key, value) -> command.add(key + "=" + value));
    try {
      Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
      BufferedReader said = process.inputReader();
      String line = said.readLine();
      if (!READY.equals(line)) {
        process.destroyForcibly();
        throw new IllegalStateException("the application's own JVM did not start: " + line);
      }
      return new ChildApp(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its resident memory in MiB, by the operating system's account. */
  double residentMib() {
    String text =
        Machine.first("/proc/" + process.pid() + "/status", "VmRSS")
            .orElseThrow(
                () -> new IllegalStateException("no VmRSS: not on Linux, or it has ended"));
    return Long.parseLong(text.split(" ")[0]) / 1024.0;
  }

  /**
   * @throws IllegalStateException if it has ended by itself
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the application ended with " + process.exitValue());
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
