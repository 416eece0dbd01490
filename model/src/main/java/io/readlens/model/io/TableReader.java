package io.readlens.model.io;

import java.io.Closeable;
import java.io.IOException;
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
  private final TextLines lines;
  private final List<String> columns;
  private List<String> cells = List.of();

  private TableReader(TextLines lines) {
    this.lines = lines;
    String header = lines.next();
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
    TextLines lines = TextLines.open(file, LengthLimit.ROW);
    try {
      return new TableReader(lines);
    } catch (RuntimeException e) {
      try (lines) {
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
    String text = lines.next();
    if (text == null) {
      return false;
    }
    cells = Arrays.asList(text.split("\t", -1));
    if (cells.size() != columns.size()) {
      throw fault(cells.size() + " columns, not " + columns.size());
    }
    return true;
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
