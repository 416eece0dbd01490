package io.readlens.model.io;

import io.readlens.model.process.Why;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * The lines of a file, counted. A line ends with LF, with CR LF (any number of CRs before the LF),
 * or with the file. In a file without any LF, as on a Mac of old, a line ends with a CR; a file
 * that has both is refused where that shows. A byte order mark of UTF-8 at the start of a line is
 * passed over, since files that begin with one are joined, and so is the Ctrl-Z that ends a file of
 * DOS. A CR, a NUL or a Ctrl-Z anywhere else is a fault, never a part of a line.
 */
final class LineReader implements Closeable {
  private static final int CTRL_Z = 0x1A;
  private static final int MARK_BYTES = 3;

  /** How far behind the first CR that is alone an LF is looked for: then the CR ends no line. */
  private static final int LOOK_AHEAD_BYTES = 1 << 16;

  /** What the first line ended with, and so what a CR alone is. */
  private enum Ends {
    NOT_KNOWN,
    LINE_FEEDS,
    CARRIAGE_RETURNS
  }

  private final Path file;
  private final InputStream in;
  private final LengthLimit limitOfLines;
  private byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean ended;
  private boolean lastLineEnded;
  private Ends ends = Ends.NOT_KNOWN;
  private long number;

  LineReader(Path file, InputStream in, LengthLimit limitOfLines) {
    this.file = file;
    this.in = in;
    this.limitOfLines = limitOfLines;
  }

  /**
   * The lines of a file, plain or gzip.
   *
   * @param bytes of the file; what they throw names it
   */
  static LineReader open(Path file, InputStream bytes, LengthLimit limitOfLines)
      throws IOException {
    PushbackInputStream raw = new PushbackInputStream(bytes, 2);
    byte[] magic = raw.readNBytes(2);
    raw.unread(magic);
    boolean gzip = magic.length == 2 && magic[0] == 0x1F && magic[1] == (byte) 0x8B;
    return new LineReader(file, gzip ? new GzipMembers(raw) : raw, limitOfLines);
  }

  /**
   * @throws MalformedFileException if what has not been read yet begins as no text does
   */
  void requireText() {
    requireText(ForeignFormat.SIGNATURE_BYTES);
  }

  /**
   * The same by as many bytes as are given; fewer than that are waited for where more may come.
   *
   * @throws MalformedFileException likewise
   */
  void requireText(int bytes) {
    ForeignFormat.of(peek(bytes))
        .ifPresent(
            foreign -> {
              throw fault("this is " + foreign.advice());
            });
  }

  /** The first bytes of what has not been read yet, at most so many; nothing is consumed. */
  byte[] peek(int count) {
    while (limit - position < count && fill()) {
      // More of the file is now in the buffer.
    }
    return Arrays.copyOfRange(buffer, position, Math.min(limit, position + count));
  }

  /** The first byte of the next line (that of its end if it is empty), or -1 at the end. */
  int peek() {
    startLine();
    return isBuffered(0) ? buffer[position] & 0xFF : -1;
  }

  /**
   * The next line without its end, or null at the end of the file.
   *
   * @throws MalformedFileException if the line is too long or holds a CR, a NUL or a Ctrl-Z
   */
  String next(Charset charset) {
    startLine();
    if (!isBuffered(0)) {
      return null;
    }
    int length = scan(0);
    int end = isBuffered(length) ? endBytes(length) : 0;
    lastLineEnded = end > 0;
    number++;
    String line = new String(buffer, position, length, charset);
    position += length + end;
    return line;
  }

  /** How far from the position the next byte lies that is not simply one of a line's. */
  private int scan(int from) {
    int distance = from;
    do {
      int at = position + distance;
      while (at < limit && !isSpecial(buffer[at])) {
        at++;
      }
      distance = at - position;
    } while (position + distance == limit && fill());
    return distance;
  }

  private static boolean isSpecial(byte value) {
    return value >= 0
        && value <= CTRL_Z
        && (value == '\n' || value == '\r' || value == 0 || value == CTRL_Z);
  }

  /** How many bytes at a special byte end the line; 0 if the file ends there instead. */
  private int endBytes(int distance) {
    byte special = buffer[position + distance];
    if (special == '\n') {
      requireNoCarriageReturns(distance);
      ends = Ends.LINE_FEEDS;
      return 1;
    }
    if (special == '\r') {
      return carriageReturns(distance);
    }
    if (special == CTRL_Z && endsHere(distance)) {
      return 0;
    }
    throw new MalformedFileException(
        file,
        number + 1,
        special == 0
            ? "byte %d is a NUL, which no text holds: the file is damaged, or it is UTF-16 or UTF-32"
                .formatted(distance + 1)
            : "byte %d is a Ctrl-Z, which may only end a file: two files were joined, or it is"
                    .formatted(distance + 1)
                + " damaged; remove it with tr -d '\\032'");
  }

  private int carriageReturns(int distance) {
    if (ends == Ends.CARRIAGE_RETURNS) {
      if (isBuffered(distance + 1) && buffer[position + distance + 1] == '\n') {
        requireNoCarriageReturns(distance + 1);
      }
      return 1;
    }
    int count = 1;
    while (isBuffered(distance + count) && buffer[position + distance + count] == '\r') {
      count++;
    }
    if (!isBuffered(distance + count)) {
      return count;
    }
    if (buffer[position + distance + count] == '\n') {
      ends = Ends.LINE_FEEDS;
      return count + 1;
    }
    if (ends == Ends.NOT_KNOWN && !isLineFeedAhead(distance + count)) {
      ends = Ends.CARRIAGE_RETURNS;
      return 1;
    }
    throw new MalformedFileException(
        file,
        number + 1,
        "byte %d is a carriage return (CR) inside the line: if lines end there, convert the file"
                .formatted(distance + 1)
            + " with tr '\\r' '\\n', else remove it with tr -d '\\r'");
  }

  private boolean isLineFeedAhead(int distance) {
    for (int at = distance; at < distance + LOOK_AHEAD_BYTES && isBuffered(at); at++) {
      if (buffer[position + at] == '\n') {
        return true;
      }
    }
    return false;
  }

  /** An LF in a file whose lines have ended with CRs: either it or those are no ends of lines. */
  private void requireNoCarriageReturns(int distance) {
    if (ends == Ends.CARRIAGE_RETURNS) {
      throw new MalformedFileException(
          file,
          number + 1,
          "byte %d is a line feed (LF), and the lines before end with a carriage return (CR) alone:"
                  .formatted(distance + 1)
              + " convert the file with tr '\\r' '\\n'");
    }
  }

  /** Passes over what a file may have at the start of a line and that is none of it. */
  private void startLine() {
    while (isBuffered(0)
        && buffer[position] == (byte) 0xEF
        && Arrays.equals(peek(MARK_BYTES), new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF})) {
      position += MARK_BYTES;
    }
    if (isBuffered(0) && buffer[position] == CTRL_Z) {
      boolean unused = endsHere(0);
    }
  }

  /** Whether nothing but ends of file and of lines follows; if so, the file ends there. */
  private boolean endsHere(int distance) {
    int end = distance;
    while (isBuffered(end)) {
      byte value = buffer[position + end];
      if (value != CTRL_Z && value != '\r' && value != '\n') {
        return false;
      }
      end++;
    }
    limit = position + distance;
    return true;
  }

  private boolean isBuffered(int distance) {
    while (position + distance >= limit) {
      if (!fill()) {
        return false;
      }
    }
    return true;
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
    } else if (limit == limitOfLines.bytes()) {
      throw tooLong("the line");
    } else if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(2L * limit, limitOfLines.bytes()));
    }
    int count = read();
    ended = count < 0;
    limit += Math.max(0, count);
    return !ended;
  }

  /** The most bytes of a line, and of a sequence of many lines. */
  LengthLimit limit() {
    return limitOfLines;
  }

  /** Says that what begins with the next line is longer than may be. */
  MalformedFileException tooLong(String what) {
    return new MalformedFileException(file, number + 1, limitOfLines.exceededBy(what));
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
      throw new UncheckedIOException(Why.of(e), e);
    }
  }

  Path file() {
    return file;
  }

  /** Whether the line that {@link #next} gave last had an end of its own, not only the file's. */
  boolean lastLineEnded() {
    return lastLineEnded;
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
