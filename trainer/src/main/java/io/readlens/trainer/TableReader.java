package io.readlens.trainer;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a tab-separated file with a header line, one at a time: the file may be of any size.
 *
 * <p>Threading: one thread.
 */
final class TableReader implements Closeable {
  private final Path file;
  private final BufferedReader in;
  private final List<String> columns;
  private List<String> cells = List.of();
  private long line;

  /**
   * Opens a table and reads its header.
   *
   * @throws IOException naming the file if it is not there, empty or no text
   */
  TableReader(Path file) throws IOException {
    this.file = file;
    in = Files.newBufferedReader(file);
    try {
      String header = readLine();
      if (header == null) {
        throw new IOException(file + " is empty; it needs a header line");
      }
      columns = List.of(header.split("\t", -1));
    } catch (IOException e) {
      try (in) {
        throw e;
      }
    }
  }

  /** The columns' names, in order. */
  List<String> columns() {
    return columns;
  }

  /**
   * Goes on to the next row; false at the end.
   *
   * @throws IOException naming the file and line of a row that has other columns than the header
   */
  boolean next() throws IOException {
    String text = readLine();
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
  String cell(String column) {
    int at = columns.indexOf(column);
    return at < 0 ? null : cells.get(at);
  }

  /** The row's line in the file, from 1. */
  long line() {
    return line;
  }

  /** What is wrong with the row. */
  IOException fault(String why) {
    return new IOException(file + ", line " + line + ": " + why);
  }

  private String readLine() throws IOException {
    line++;
    try {
      return in.readLine();
    } catch (CharacterCodingException e) {
      throw new IOException(file + ", line " + line + " or after it: this is no UTF-8 text", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
