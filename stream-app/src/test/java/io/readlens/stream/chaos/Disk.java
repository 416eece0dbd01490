package io.readlens.stream.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A small file system of its own, in memory, which can be filled without harm to others. To mount
 * one takes root.
 *
 * <p>Threading: one thread.
 */
final class Disk implements AutoCloseable {
  /** Several times what a trial writes. */
  private static final String OPTIONS = "size=600m,mode=0700";

  private static final int[] PIECES = {1 << 20, 1 << 12, 1};

  private final Path directory;
  private final Path ballast;
  private final Thread unmount = new Thread(this::unmount, "chaos-unmount");

  /**
   * Mounts it.
   *
   * @param directory is created
   */
  Disk(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    ballast = this.directory.resolve("ballast");
    run("mount", "-t", "tmpfs", "-o", OPTIONS, "readlens-chaos", this.directory.toString())
        .ifPresent(
            fault -> {
              throw new IllegalStateException("cannot mount a file system: " + fault);
            });
    Runtime.getRuntime().addShutdownHook(unmount);
  }

  /** Why there can be none here; empty if there can. */
  static Optional<String> obstacle() {
    try {
      Path trial = Files.createTempDirectory("readlens-chaos");
      new Disk(trial).close();
      Files.delete(trial);
      return Optional.empty();
    } catch (IOException | IllegalStateException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Leaves no room for a byte. */
  void fill() {
    for (int piece : PIECES) {
      try (FileChannel channel =
          FileChannel.open(
              ballast,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND)) {
        while (channel.write(ByteBuffer.allocate(piece)) > 0) {}
      } catch (IOException e) {
        // That is what it is for.
      }
    }
    if (directory.toFile().getUsableSpace() > 0) {
      throw new IllegalStateException("cannot fill " + directory);
    }
  }

  void makeRoom() {
    try {
      Files.delete(ballast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(unmount);
    unmount();
  }

  private void unmount() {
    run("umount", "-l", directory.toString())
        .ifPresent(fault -> System.err.println("cannot unmount " + directory + ": " + fault));
  }

  /** What the command complains of. */
  private static Optional<String> run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.empty() : Optional.of(said.strip());
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while mounting", e);
    }
  }
}
