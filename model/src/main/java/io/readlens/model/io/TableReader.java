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
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a tab-separated file of UTF-8 text with a header line, one at a time: the file may be
 * of any size, plain or gzip. Lines end as in a file of reads; empty ones are passed over.
 *
 * <p>Threading: one thread.
 */
public final class TableReader implements Closeable {
  private final LineReader lines;
  private final List<String> columns;
  private List<String> cells = List.of();

  private TableReader(LineReader lines) {
    this.lines = lines;
    lines.requireText(ForeignFormat.LONGEST_SIGNATURE_BYTES);
    String header = nextLine();
    if (header == null) {
      throw lines.fault("the table is empty; it needs a header line");
    }
    columns = List.of(header.split("\t", -1));
  }

  /**
   * Opens a table and reads its header.
   *
   * @throws IOException if the file is not there or cannot be read
   * @throws MalformedFileException if it is empty or no text
   */
  public static TableReader open(Path file) throws IOException {
    InputStream bytes = InputFile.open(file);
    try {
      return new TableReader(LineReader.open(file, bytes, LengthLimit.ROW));
    } catch (IOException | RuntimeException e) {
      try (bytes) {
        throw e;
      }
    }
  }

  /** The columns' names, in order. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Goes on to the next row; false at the end.
   *
   * @throws MalformedFileException naming the line of a row that has other columns than the header
   */
  public boolean next() {
    String text = nextLine();
    if (text == null) {
      return false;
    }
    cells = Arrays.asList(text.split("\t", -1));
    if (cells.size() != columns.size()) {
      throw fault(cells.size() + " columns, not " + columns.size());
    }
    return true;
  }

  private String nextLine() {
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

  /** A cell of the row by its column's name; null where the table has no such column. */
  public String cell(String column) {
    int at = columns.indexOf(column);
    return at < 0 ? null : cells.get(at);
  }

  /** The row's line in the file, from 1. */
  public long line() {
    return lines.number();
  }

  /** What is wrong with the row: the message names file and line. */
  public MalformedFileException fault(String why) {
    return lines.fault(why);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
