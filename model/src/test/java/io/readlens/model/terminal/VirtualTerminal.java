package io.readlens.model.terminal;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * As much of a terminal as programs use that print lines and redraw some: wrapping at the last
 * column, scrolling, the cursor up, clearing, wrapping off, wide and combining characters, and on a
 * new size rows that are wrapped anew. What it does not know makes a test fail.
 */
final class VirtualTerminal extends OutputStream {
  /** A cell that a wide character on its left has taken. */
  private static final String TAKEN = "";

  private static final String EMPTY = " ";

  /** A row, and whether the next one goes on with it. */
  private static final class Row {
    private final List<String> cells = new ArrayList<>();
    private boolean wrapped;

    String text() {
      return String.join("", cells);
    }
  }

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /** All that can be seen, and above it what was scrolled off. */
  private List<Row> rows = new ArrayList<>(List.of(new Row()));

  private int columns;
  private int height;
  private int row;
  private int column;
  private boolean wraps = true;
  private boolean pending;

  VirtualTerminal(int columns, int height) {
    this.columns = columns;
    this.height = height;
  }

  @Override
  public void write(int b) {
    received.write(b);
  }

  Terminal.Size size() {
    return new Terminal.Size(columns, height);
  }

  /** Everything from the first line on, rows that were wrapped as one line, empty ends left out. */
  List<String> lines() {
    interpret();
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (Row each : rows) {
      line.append(each.text());
      if (!each.wrapped) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
      }
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  /** Has the cursor at the beginning of a row, and rows wrap. */
  boolean isReady() {
    interpret();
    return column == 0 && wraps;
  }

  /** Rows are wrapped anew, as terminals do today. */
  void resize(int nextColumns, int nextHeight) {
    interpret();
    List<Row> next = new ArrayList<>();
    int nextRow = 0;
    for (int i = 0; i < rows.size(); ) {
      List<String> cells = new ArrayList<>();
      int first = i;
      while (i < rows.size()) {
        cells.addAll(rows.get(i).cells);
        if (!rows.get(i++).wrapped) {
          break;
        }
      }
      while (!cells.isEmpty() && cells.get(cells.size() - 1).equals(EMPTY)) {
        cells.remove(cells.size() - 1);
      }
      if (row >= first && row < i) {
        nextRow = next.size();
      }
      int at = 0;
      do {
        Row piece = new Row();
        int end = Math.min(cells.size(), at + nextColumns);
        if (end < cells.size() && cells.get(end).equals(TAKEN)) {
          end--;
        }
        piece.cells.addAll(cells.subList(at, end));
        at = end;
        piece.wrapped = at < cells.size();
        next.add(piece);
      } while (at < cells.size());
    }
    rows = next;
    row = nextRow;
    columns = nextColumns;
    height = nextHeight;
    pending = false;
  }

  private void interpret() {
    String text = received.toString(StandardCharsets.UTF_8);
    received.reset();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\r' -> {
          column = 0;
          pending = false;
        }
        case '\n' -> lineFeed(); // The terminal's driver makes CR LF of it.
        case '\u001b' -> i = escape(text, i);
        default -> put(new String(Character.toChars(c)), Columns.of(c));
      }
    }
  }

  private int escape(String text, int start) {
    int end = start + 1;
    while (!Character.isLetter(text.charAt(end))) {
      end++;
    }
    String sequence = text.substring(start, end + 1);
    if (sequence.matches("\\[\\d+A")) {
      int top = Math.max(0, rows.size() - height);
      row = Math.max(top, row - Integer.parseInt(sequence.substring(1, sequence.length() - 1)));
      pending = false;
    } else {
      switch (sequence) {
        case "[K" -> clearLine();
        case "[J" -> {
          clearLine();
          rows.subList(row + 1, rows.size()).clear();
        }
        case "[?7l" -> wraps = false;
        case "[?7h" -> wraps = true;
        default -> throw new AssertionError("an unknown sequence: " + sequence);
      }
    }
    return end + 1;
  }

  private void clearLine() {
    List<String> cells = rows.get(row).cells;
    int from = pending ? columns - 1 : column;
    if (from < cells.size()) {
      cells.subList(from, cells.size()).clear();
    }
    rows.get(row).wrapped = false;
  }

  private void put(String character, int width) {
    if (width == 0) {
      combine(character);
      return;
    }
    if (pending || column + width > columns) {
      if (wraps) {
        rows.get(row).wrapped = true;
        lineFeed();
      } else {
        column = columns - width;
      }
      pending = false;
    }
    List<String> cells = rows.get(row).cells;
    while (cells.size() < column + width) {
      cells.add(EMPTY);
    }
    cells.set(column, character);
    for (int i = 1; i < width; i++) {
      cells.set(column + i, TAKEN);
    }
    column += width;
    if (column == columns) {
      column--;
      pending = true;
    }
  }

  private void combine(String character) {
    List<String> cells = rows.get(row).cells;
    int at = pending ? column : column - 1;
    while (at > 0 && cells.get(at).equals(TAKEN)) {
      at--;
    }
    if (at >= 0) {
      cells.set(at, cells.get(at) + character);
    }
  }

  private void lineFeed() {
    row++;
    column = 0;
    pending = false;
    if (row == rows.size()) {
      rows.add(new Row());
    }
  }

  @Override
  public String toString() {
    return rows.stream()
        .map(Row::text)
        .collect(Collectors.joining("\n", Arrays.toString(new int[] {columns, height}) + "\n", ""));
  }
}
