package io.readlens.stream.replay;

import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.ReadNames;
import io.readlens.model.io.TableReader;
import io.readlens.model.process.Why;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What each read truly is of, for benchmarks and training. Immutable.
 *
 * <p>The file is tab-separated text; its first line names the columns, of which {@code readId} and
 * {@code taxid} are used, and {@code superkingdom}, {@code phylum} and {@code genus} where they are
 * there. A taxid is an NCBI taxonomy id, 1 or more; what is not known is {@code NA}, or empty.
 */
public final class TruthTable {
  private static final String READ_ID = "readId";
  private static final String TAX_ID = "taxid";
  private static final String NOT_KNOWN = "NA";

  private final Map<String, Truth> truths;

  /** What a row says; a rank that it does not know has no name. */
  private record Truth(OptionalInt taxId, Map<Rank, String> names) {
    static final Truth NONE = new Truth(OptionalInt.empty(), Map.of());
  }

  private TruthTable(Map<String, Truth> truths) {
    this.truths = Map.copyOf(truths);
  }

  /** No read's genome is known. */
  public static TruthTable empty() {
    return new TruthTable(Map.of());
  }

  /**
   * @throws TruthTableException if the file cannot be read or is no such table; the message names
   *     file, line and fault
   */
  public static TruthTable load(Path file) {
    try (TableReader table = TableReader.open(file)) {
      return new Parser(table).parse();
    } catch (NoSuchFileException e) {
      throw new TruthTableException("no file " + file, e);
    } catch (MalformedFileException e) {
      throw new TruthTableException(e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw new TruthTableException(e.getMessage(), e);
    } catch (IOException e) {
      throw new TruthTableException(Why.of(e), e);
    }
  }

  /**
   * The genome's taxonomy id, under the read's own name or the one that it shares with its mate.
   */
  public OptionalInt taxId(String readId) {
    return truth(readId).taxId;
  }

  /** The names of the read's taxa, found in the same way; ranks that are not known are missing. */
  public Map<Rank, String> names(String readId) {
    return truth(readId).names;
  }

  private Truth truth(String readId) {
    Truth own = truths.get(readId);
    return own == null ? truths.getOrDefault(ReadNames.key(readId), Truth.NONE) : own;
  }

  private static final class Parser {
    private final TableReader table;
    private final Map<String, Truth> truths = new HashMap<>();

    /** Reads are many and taxa few: equal rows share one object. */
    private final Map<Truth, Truth> known = new HashMap<>();

    Parser(TableReader table) {
      this.table = table;
    }

    TruthTable parse() {
      if (!table.columns().containsAll(List.of(READ_ID, TAX_ID))) {
        throw table.fault("needs the columns " + READ_ID + " and " + TAX_ID + ", divided by tabs");
      }
      while (table.next()) {
        add(table.cell(READ_ID), new Truth(taxId(table.cell(TAX_ID)), names()));
      }
      return new TruthTable(truths);
    }

    private void add(String readId, Truth truth) {
      if (truth.equals(Truth.NONE)) {
        return;
      }
      Truth before = truths.put(readId, known.computeIfAbsent(truth, t -> t));
      if (before != null && !before.taxId.equals(truth.taxId)) {
        throw table.fault(
            "has another taxid for %s than %s, which it had above"
                .formatted(readId, before.taxId.isPresent() ? before.taxId.getAsInt() : NOT_KNOWN));
      }
      if (before != null && !before.names.equals(truth.names)) {
        throw table.fault("has other taxa for " + readId + " than it had above");
      }
    }

    private Map<Rank, String> names() {
      Map<Rank, String> names = new EnumMap<>(Rank.class);
      for (Rank rank : Rank.values()) {
        String name = table.cell(rank.label());
        if (isKnown(name)) {
          names.put(rank, name);
        }
      }
      return Map.copyOf(names);
    }

    private static boolean isKnown(String field) {
      return field != null && !field.equals(NOT_KNOWN) && !field.isBlank();
    }

    private OptionalInt taxId(String taxId) {
      return isKnown(taxId) ? OptionalInt.of(number(taxId)) : OptionalInt.empty();
    }

    private int number(String taxId) {
      try {
        int value = Integer.parseInt(taxId);
        if (value >= 1) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Falls through to the one message for both.
      }
      throw table.fault("has the taxid '" + taxId + "', which is neither a number from 1 nor NA");
    }
  }
}
