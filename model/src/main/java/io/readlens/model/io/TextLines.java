package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.process.InputFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/**
 * The lines of a file of UTF-8 text, one at a time: the file may be of any size, plain or gzip.
 * Lines end as in a file of reads; empty ones are passed over.
 *
 * <p>Threading: one thread.
 */
public final class TextLines implements Closeable {
  private final LineReader lines;

  private TextLines(LineReader lines) {
    this.lines = lines;
  }

  /**
   * Opens a file of records, one a line.
   *
   * @throws IOException if the file is not there or cannot be read
   * @throws MalformedFileException if it is no text
   */
  public static TextLines open(Path file) throws IOException {
    return open(file, LengthLimit.RECORD);
  }

  static TextLines open(Path file, LengthLimit limit) throws IOException {
    InputStream bytes = InputFile.open(file);
    try {
      LineReader lines = LineReader.open(file, bytes, limit);
      lines.requireText(ForeignFormat.LONGEST_SIGNATURE_BYTES);
      return new TextLines(lines);
    } catch (IOException | RuntimeException e) {
      try (bytes) {
        throw e;
      }
    }
  }

  /**
   * The next line without its end, or null at the end of the file.
   *
   * @throws MalformedFileException if it is no UTF-8, or longer than any should be
   */
  public String next() {
    String line = lines.next(ISO_8859_1);
    while (line != null && line.isEmpty()) {
      line = lines.next(ISO_8859_1);
    }
    try {
      return line == null
          ? null
          : UTF_8.newDecoder().decode(ByteBuffer.wrap(line.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      throw fault("this is not UTF-8 text: convert it with 'iconv -t UTF-8'");
    }
  }

  /** The number of the line that {@link #next} gave last, from 1. */
  public long number() {
    return lines.number();
  }

  /** What is wrong with the line that {@link #next} gave last: the message names file and line. */
  public MalformedFileException fault(String why) {
    return lines.fault(why);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
