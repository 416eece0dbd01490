package io.readlens.model.process;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read. Java names a file that cannot be opened, but not one that is open and cannot
 * be read, as a directory can be, or a file of a disk at fault; here both are named.
 */
public final class InputFile {
  private InputFile() {}

  /** What reads a whole file, such as {@code Files::readAllLines}. */
  public interface Reading<T> {
    T of(Path file) throws IOException;
  }

  /**
   * Opens a file.
   *
   * @return its bytes; reading them throws as this does
   * @throws IOException if it cannot be read; it names the file
   */
  public static InputStream open(Path file) throws IOException {
    return new Named(file, Files.newInputStream(file));
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException if it cannot be read; it names the file
   */
  public static <T> T read(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.of(file);
    } catch (IOException e) {
      throw named(file, e);
    }
  }

  private static IOException named(Path file, IOException fault) {
    if (fault instanceof FileSystemException) {
      return fault;
    }
    FileSystemException named = new FileSystemException(file.toString(), null, Why.of(fault));
    named.initCause(fault);
    return named;
  }

  private static final class Named extends FilterInputStream {
    private final Path file;

    Named(Path file, InputStream in) {
      super(in);
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw named(file, e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException e) {
        throw named(file, e);
      }
    }
  }
}
