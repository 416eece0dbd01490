package io.readlens.trainer;

import io.readlens.model.io.ReadNames;
import io.readlens.model.io.TableReader;
import io.readlens.model.read.Rank;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a truth table for reads that are asked for in about the table's order: the columns
 * {@code readId}, {@code superkingdom}, {@code phylum} and {@code genus}, or in their place {@code
 * taxid} where there is a taxonomy. A row is found under the read's own name or the one that it
 * shares with its mate. Only so many rows as lie between the two orders are in memory.
 *
 * <p>Threading: one thread.
 */
final class TruthRows implements Closeable {
  /** Rows that may lie between a read's place among the reads and its row's among the rows. */
  static final int MOST_APART = 100_000;

  private static final String READ_ID = "readId";

  private final Path file;
  private final TableReader table;
  private final int mostApart;
  private final Optional<NcbiTaxonomy> ncbi;
  private final Map<String, Row> near = new LinkedHashMap<>();

  /** The read of the row that was read last. */
  private String newest = "";

  /**
   * A read's taxa.
   *
   * @param line where they stand, from 1
   */
  record Row(Lineage lineage, long line) {}

  /**
   * @param mostApart rows to hold
   * @param ncbi names the taxa of rows that have a taxonomy id alone
   * @throws IOException if the file cannot be read or lacks a column
   */
  TruthRows(Path file, int mostApart, Optional<NcbiTaxonomy> ncbi) throws IOException {
    this.file = file;
    this.ncbi = ncbi;
    this.mostApart = mostApart;
    table = TableReader.open(file);
    boolean byTaxId = ncbi.isPresent() && table.columns().contains(Lineage.TAX_ID);
    for (String column : byTaxId ? List.of(READ_ID) : columns()) {
      if (!table.columns().contains(column)) {
        try (table) {
          throw new IOException(file + " has no column " + column);
        }
      }
    }
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>(List.of(READ_ID));
    for (Rank rank : Rank.values()) {
      columns.add(rank.label());
    }
    return columns;
  }

  /**
   * The row of a read.
   *
   * @throws IOException naming file and line of a bad row, or the read that has none
   */
  Row of(String readId) throws IOException {
    String mates = ReadNames.key(readId);
    // A row under the name that mates share may have the read's own behind it.
    while (!near.containsKey(readId)
        && (!near.containsKey(mates) || mates.equals(ReadNames.key(newest)))
        && table.next()) {
      addRow();
    }
    Row found = near.getOrDefault(readId, near.get(mates));
    if (found == null) {
      throw new IOException(
          "%s has no row for read %s, or it is %d rows out of order"
              .formatted(file, readId, mostApart));
    }
    return found;
  }

  private void addRow() throws IOException {
    newest = table.cell(READ_ID);
    Row row = new Row(lineage(), table.line());
    Row other = near.put(newest, row);
    if (other != null && !other.lineage.equals(row.lineage)) {
      throw table.fault("other taxa of read " + newest + " than in line " + other.line);
    }
    if (near.size() > mostApart) {
      near.remove(near.keySet().iterator().next());
    }
  }

  private Lineage lineage() throws IOException {
    try {
      return Lineage.ofRow(table::cell, ncbi);
    } catch (IllegalArgumentException e) {
      throw table.fault(e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
