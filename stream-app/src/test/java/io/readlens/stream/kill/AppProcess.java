package io.readlens.stream.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An application in a child JVM on this one's class path. It ends with this JVM. */
final class AppProcess implements AutoCloseable {
  /** What a shell reports of a process that signal 9 ended. */
  private static final int KILLED = 128 + 9;

  private static final long END_LIMIT_SECONDS = 60;

  private final Process process;
  private final Path log;

  private AppProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it, and does not wait.
   *
   * @param main its main class, which takes the path of its properties and ends in order when
   *     standard input does
   * @param log where its output goes
   */
  static AppProcess start(Class<?> main, Path properties, Path log) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            properties.toString());
    try {
      return new AppProcess(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(log.toFile()))
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IllegalStateException if it has ended by itself; carries its log
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw ended();
    }
  }

  /**
   * Kills it as {@code kill -9} does, and returns when it is gone.
   *
   * @throws IllegalStateException if it had ended before
   */
  void kill() {
    process.destroyForcibly();
    if (process.onExit().join().exitValue() != KILLED) {
      throw ended();
    }
  }

  /**
   * Lets it end in order.
   *
   * @throws IllegalStateException if it does not, or says that it failed
   */
  void end() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("still there after " + END_LIMIT_SECONDS + " s: " + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while an application ended", e);
    }
    if (process.exitValue() != 0) {
      throw ended();
    }
  }

  private IllegalStateException ended() {
    return new IllegalStateException(
        "the application ended with exit code " + process.exitValue() + ":\n" + log());
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Leaves nothing behind, whatever happened. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
