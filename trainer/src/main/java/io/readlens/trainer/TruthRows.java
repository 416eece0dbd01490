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
import java.util.stream.Stream;

/**
 * The rows of a truth table: the columns {@code readId}, {@code superkingdom}, {@code phylum} and
 * {@code genus}, or in their place {@code taxid} where there is a taxonomy, and {@code genome} if
 * it is there. A row is found under the read's own name or the one that it shares with its mate.
 * Reads are asked for in about the table's order, and only so many rows as lie between the two
 * orders are in memory; or in any order, where all rows are.
 *
 * <p>Threading: one thread.
 */
final class TruthRows implements Closeable {
  /** Rows that may lie between a read's place among the reads and its row's among the rows. */
  static final int MOST_APART = 100_000;

  private static final String READ_ID = "readId";
  private static final String GENOME = "genome";

  private final Path file;
  private final TableReader table;
  private final int mostApart;
  private final Optional<NcbiTaxonomy> ncbi;

  /** The column that says what a read was cut from. */
  private final String genome;

  private final Map<String, Row> near = new LinkedHashMap<>();

  /** The read of the row that was read last. */
  private String newest = "";

  /** Rows that are no longer held. */
  private long forgotten;

  /**
   * A read's taxa.
   *
   * @param genome what it was cut from: the row's genome, or its taxonomy id where the table has no
   *     such column, or its name where it has neither
   * @param line where they stand, from 1
   */
  record Row(Lineage lineage, String genome, long line) {}

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
    genome =
        Stream.of(GENOME, Lineage.TAX_ID)
            .filter(table.columns()::contains)
            .findFirst()
            .orElse(READ_ID);
    boolean byTaxId = ncbi.isPresent() && table.columns().contains(Lineage.TAX_ID);
    for (String column : byTaxId ? List.of(READ_ID) : columns()) {
      if (!table.columns().contains(column)) {
        try (table) {
          throw new IOException(file + " has no column " + column);
        }
      }
    }
  }

  /**
   * Opens a table for reads in any order: all of it is in memory.
   *
   * @throws IOException if the file cannot be read, lacks a column, or has a bad row, which the
   *     message names with file and line
   */
  static TruthRows whole(Path file) throws IOException {
    TruthRows rows = new TruthRows(file, Integer.MAX_VALUE, Optional.empty());
    try {
      rows.requireSound();
    } catch (IOException | RuntimeException e) {
      try (rows) {
        throw e;
      }
    }
    return rows;
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
          "%s has no row for read %s%s"
              .formatted(
                  file,
                  readId,
                  forgotten == 0 ? "" : ", or it is %d rows out of order".formatted(mostApart)));
    }
    return found;
  }

  /**
   * Reads all rows that were not read yet.
   *
   * @throws IOException naming file and line of a bad row
   */
  void requireSound() throws IOException {
    while (table.next()) {
      addRow();
    }
  }

  private void addRow() throws IOException {
    newest = table.cell(READ_ID);
    Row row = new Row(lineage(), table.cell(genome), table.line());
    Row other = near.put(newest, row);
    if (other != null && !other.lineage.equals(row.lineage)) {
      throw table.fault("other taxa of read " + newest + " than in line " + other.line);
    }
    if (other != null && !other.genome.equals(row.genome)) {
      throw table.fault(
          "another %s of read %s than in line %d".formatted(genome, newest, other.line));
    }
    if (near.size() > mostApart) {
      near.remove(near.keySet().iterator().next());
      forgotten++;
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
