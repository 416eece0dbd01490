package io.readlens.trainer;

import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.TableReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small tab-separated files with a header line. */
final class Table {
  private Table() {}

  /**
   * The rows, each a map from column to value.
   *
   * @throws IOException if the file cannot be read
   * @throws MalformedFileException naming the file and line of a row that has other columns than
   *     the header
   */
  static List<Map<String, String>> read(Path file) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    try (TableReader in = TableReader.open(file)) {
      while (in.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        in.columns().forEach(column -> row.put(column, in.cell(column)));
        rows.add(row);
      }
    }
    return rows;
  }
}
