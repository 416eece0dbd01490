package io.readlens.model.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;

/** The lines of a file, counted; ended by LF, CR LF or the end of the file. */
final class LineReader implements Closeable {
  /** Twice the longest human chromosome on one line. */
  private static final int MAX_LINE_BYTES = 1 << 29;

  private final Path file;
  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean ended;
  private long number;

  LineReader(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** The first bytes of what has not been read yet, at most so many; nothing is consumed. */
  byte[] peek(int count) {
    while (limit - position < count && fill()) {
      // More of the file is now in the buffer.
    }
    return Arrays.copyOfRange(buffer, position, Math.min(limit, position + count));
  }

  /** The first byte of the next line (its LF if it is empty), or -1 at the end of the file. */
  int peek() {
    return position < limit || fill() ? buffer[position] : -1;
  }

  /** The next line without its end, or null at the end of the file. */
  String next(Charset charset) {
    int length = scan(0);
    while (position + length == limit && fill()) {
      length = scan(length);
    }
    boolean atEnd = position + length == limit;
    if (atEnd && length == 0) {
      return null;
    }
    number++;
    int from = position;
    position += atEnd ? length : length + 1;
    boolean carriageReturn = length > 0 && buffer[from + length - 1] == '\r';
    return new String(buffer, from, carriageReturn ? length - 1 : length, charset);
  }

  /** How far from the position the next LF lies, or what is buffered ends. */
  private int scan(int from) {
    int at = position + from;
    while (at < limit && buffer[at] != '\n') {
      at++;
    }
    return at - position;
  }

  /** Adds to the buffer, moving or growing what it holds; false at the end of the file. */
  private boolean fill() {
    if (ended) {
      return false;
    }
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    } else if (limit == MAX_LINE_BYTES) {
      throw new MalformedFileException(
          file, number + 1, "has no end within " + MAX_LINE_BYTES + " bytes: not a sequence file");
    } else if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * limit);
    }
    int count = read();
    ended = count < 0;
    limit += Math.max(0, count);
    return !ended;
  }

  private int read() {
    try {
      return in.read(buffer, limit, buffer.length - limit);
    } catch (EOFException e) {
      throw new MalformedFileException(
          file, number + 1, "the compressed file ends early: it was cut off, copy it again");
    } catch (ZipException e) {
      throw new MalformedFileException(
          file,
          number + 1,
          "the compressed file is damaged (" + e.getMessage() + "): copy it again");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }

  /** The line that {@link #next} gave last, from 1. */
  long number() {
    return number;
  }

  /** What is wrong with the line that {@link #next} gave last. */
  MalformedFileException fault(String fault) {
    return new MalformedFileException(file, Math.max(1, number), fault);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
