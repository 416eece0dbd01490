package io.readlens.model.process;

import io.readlens.model.text.Legible;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file that appears under its name when it is whole: until then it is written beside it, and
 * deleted if it is never finished, or if the program {@linkplain Ending ends} first. What is no
 * ordinary file, such as a pipe or {@code /dev/stdout}, is written directly.
 *
 * <p>Threading: one thread writes a file; any number of files.
 */
public final class NewFile implements AutoCloseable {
  /** Held while files appear, and for good once the program ends: all of several, or none. */
  private static final ReentrantLock LOCK = new ReentrantLock();

  private static final Set<Path> UNFINISHED = new HashSet<>();

  private final Path file;
  private final Path part;
  private final OutputStream out;

  private NewFile(Path file, Path part, OutputStream out) {
    this.file = file;
    this.part = part;
    this.out = out;
  }

  /**
   * Begins to write a file, in place of one that may be there.
   *
   * @throws IOException if it cannot be made; it names the file or the directory that was asked for
   */
  public static NewFile of(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new NewFile(file, null, Files.newOutputStream(file));
    }
    Path target = Files.exists(file) ? file.toRealPath() : file;
    Path part =
        target.resolveSibling(target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    LOCK.lock();
    try {
      OutputStream out = Files.newOutputStream(part);
      UNFINISHED.add(part);
      return new NewFile(target, part, out);
    } catch (FileSystemException e) {
      throw asAskedFor(target, e);
    } finally {
      LOCK.unlock();
    }
  }

  /** The same fault, of what the caller knows: nobody asked for the file beside. */
  private static FileSystemException asAskedFor(Path target, FileSystemException fault) {
    String directory = Objects.requireNonNullElse(target.getParent(), Path.of(".")).toString();
    if (fault instanceof NoSuchFileException) {
      return new NoSuchFileException(directory);
    }
    return fault instanceof AccessDeniedException
        ? new FileSystemException(directory, null, "not allowed to make files there")
        : new FileSystemException(target.toString(), null, fault.getReason());
  }

  /**
   * Finds out whether files can be made, before the work whose results they are to hold.
   *
   * @param files null for one that nobody asked for
   * @throws IOException if one cannot, as {@link #of}
   */
  public static void requirePossible(Path... files) throws IOException {
    for (Path file : files) {
      if (file != null
          && (!Files.exists(file) || Files.isRegularFile(file) || Files.isDirectory(file))) {
        of(file).close();
      }
    }
  }

  /** Where its content goes; not to be closed before it is to appear. */
  public OutputStream out() {
    return out;
  }

  /** Returns when what was written so far is on the disk. */
  public void sync() throws IOException {
    out.flush();
    if (part != null) {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  /** Has the file appear. */
  public void appear() throws IOException {
    appear(List.of(this));
  }

  /** Has files appear, in this order, none of them if the program ends before. */
  public static void appear(List<NewFile> files) throws IOException {
    for (NewFile each : files) {
      each.out.close();
    }
    LOCK.lock();
    try {
      for (NewFile each : files) {
        if (each.part != null) {
          move(each.part, each.file);
          UNFINISHED.remove(each.part);
        }
      }
    } finally {
      LOCK.unlock();
    }
  }

  private static void move(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Writes a whole file. */
  public static void write(Path file, byte[] content) throws IOException {
    try (NewFile written = of(file)) {
      written.out().write(content);
      written.appear();
    }
  }

  /** Deletes what has not appeared. */
  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      LOCK.lock();
      try {
        if (part != null && UNFINISHED.remove(part)) {
          Files.deleteIfExists(part);
        }
      } finally {
        LOCK.unlock();
      }
    }
  }

  /** Deletes all that has not appeared; nothing appears from now on. */
  static void abandonAll() {
    LOCK.lock();
    for (Path part : UNFINISHED) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        System.err.println(Legible.of("cannot delete " + part + ": " + e.getMessage()));
      }
    }
    UNFINISHED.clear();
  }
}
