package io.readlens.stream.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An instance of the application in a child JVM on this one's class path, and its supervisor, which
 * starts it again at once whenever it has ended. It ends with this JVM.
 *
 * <p>Threading: safe for use by many threads; the supervisor acts on a thread of its own.
 */
final class Instance implements AutoCloseable {
  /**
   * The end of a process.
   *
   * @param instance whose it was
   * @param log its output
   */
  record Ending(String instance, int exitCode, Path log) {
    @Override
    public String toString() {
      return instance + " " + exitCode;
    }
  }

  private final String name;
  private final Class<?> main;
  private final Path properties;
  private final Consumer<Ending> endings;
  private int starts;
  private Process process;
  private boolean supervised = true;

  /**
   * Starts it, and does not wait.
   *
   * @param main its main class, which takes the path of its properties and the path that {@link
   *     FaultyDevice} takes, and ends in order on SIGTERM
   * @param properties beside which its logs go
   * @param endings told of each process that has ended
   */
  Instance(String name, Class<?> main, Path properties, Consumer<Ending> endings) {
    this.name = name;
    this.main = main;
    this.properties = properties;
    this.endings = endings;
    start();
  }

  private synchronized void start() {
    starts++;
    Path log = log(starts);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            properties.toString(),
            device().toString());
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CompletableFuture<Void> unused =
        process.onExit().thenAccept(ended -> ended(new Ending(name, ended.exitValue(), log)));
  }

  private synchronized void ended(Ending ending) {
    endings.accept(ending);
    if (supervised) {
      start();
    }
  }

  String name() {
    return name;
  }

  /** From now on it is not started again. */
  synchronized void dismiss() {
    supervised = false;
  }

  /** Kills its process as {@code kill -9} does, and returns when that is gone. */
  void kill() {
    Process victim = current();
    victim.destroyForcibly();
    victim.onExit().join();
  }

  /** Sends its process SIGTERM, and does not wait. */
  void terminate() {
    current().toHandle().destroy(); // Process.destroy would let the leash go first.
  }

  /** Stops its process where it is. */
  void stop() {
    Signal.STOP.send(current().pid());
  }

  /** Has it go on. */
  void go() {
    Signal.CONT.send(current().pid());
  }

  /** What all its processes have said. */
  synchronized String said() {
    StringBuilder said = new StringBuilder();
    for (int start = 1; start <= starts; start++) {
      try {
        said.append(Files.readString(log(start)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return said.toString();
  }

  private Path log(int start) {
    return properties.resolveSibling(name + "-" + start + ".log");
  }

  synchronized boolean isAlive() {
    return process.isAlive();
  }

  private synchronized Process current() {
    return process;
  }

  /** From now on its device is at fault. */
  void harm(FaultyDevice.State state) {
    try {
      Files.createFile(state.mark(device()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on its device is as new, but for calls that hang already. */
  void heal() {
    try {
      for (FaultyDevice.State state : FaultyDevice.State.values()) {
        Files.deleteIfExists(state.mark(device()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path device() {
    return properties.resolveSibling(name);
  }

  /** Leaves nothing behind, whatever happened. */
  @Override
  public void close() {
    dismiss();
    kill();
  }
}
