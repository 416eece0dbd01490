package io.readlens.stream.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured: a table for people, and figures by name for programs.
 *
 * <p>Threading: one thread.
 */
public final class Report {
  private static final List<String> HEAD =
      List.of("row", "what", "figure", "ratio", "target", "verdict");

  private final List<List<String>> lines = new ArrayList<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  /** A line without a target. */
  void add(Row row, String what, String figure) {
    lines.add(List.of(row.label(), what, figure, "", "", ""));
  }

  /** A line whose figure is set against another one, without a target. */
  void add(Row row, String what, String figure, double ratio) {
    lines.add(List.of(row.label(), what, figure, ratio(ratio), "", ""));
  }

  /** A line whose ratio has a target. */
  void add(Row row, String what, String figure, double ratio, Target target) {
    lines.add(
        List.of(
            row.label(), what, figure, ratio(ratio), target.toString(), verdict(target, ratio)));
  }

  /** A line that has a target for its figure itself. */
  void addFigure(Row row, String what, String figure, double value, Target target) {
    lines.add(List.of(row.label(), what, figure, "", target.toString(), verdict(target, value)));
  }

  /** A figure under its name in the JSON object. */
  void put(String name, double value) {
    figures.put(name, value);
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, "%.3f", ratio);
  }

  private static String verdict(Target target, double value) {
    return target.isMet(value) ? "met" : "missed";
  }

  /** The figures by name, in the order of measuring. */
  public Map<String, Double> figures() {
    return new LinkedHashMap<>(figures);
  }

  /** The table, a line of text a row, its columns as wide as they need. */
  public List<String> table() {
    List<List<String>> all = new ArrayList<>();
    all.add(HEAD);
    all.addAll(lines);
    int[] widths = new int[HEAD.size()];
    for (List<String> line : all) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    return all.stream().map(line -> text(line, widths)).toList();
  }

  /** Words to the left, numbers to the right. */
  private static String text(List<String> line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = line.get(column);
      String blank = " ".repeat(widths[column] - cell.length());
      boolean number = column == 2 || column == 3;
      text.append(number ? blank + cell : cell + blank).append("  ");
    }
    return text.toString().stripTrailing();
  }
}
