package io.readlens.stream.replay;

import io.readlens.model.io.ReadNames;
import io.readlens.model.read.Rank;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      return new Parser(file).parse(reader);
    } catch (NoSuchFileException e) {
      throw new TruthTableException("no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new TruthTableException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new TruthTableException("cannot read " + file + ": " + e, e);
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
    private final Path file;
    private final Map<String, Truth> truths = new HashMap<>();

    /** Reads are many and taxa few: equal rows share one object. */
    private final Map<Truth, Truth> known = new HashMap<>();

    private final Map<Rank, Integer> nameColumns = new EnumMap<>(Rank.class);
    private int number;

    Parser(Path file) {
      this.file = file;
    }

    TruthTable parse(BufferedReader reader) throws IOException {
      String header = reader.readLine();
      number = 1;
      List<String> columns = header == null ? List.of() : Arrays.asList(header.split("\t", -1));
      int readId = columns.indexOf(READ_ID);
      int taxId = columns.indexOf(TAX_ID);
      if (readId < 0 || taxId < 0) {
        throw fault("needs the columns " + READ_ID + " and " + TAX_ID + ", divided by tabs");
      }
      for (Rank rank : Rank.values()) {
        if (columns.contains(rank.label())) {
          nameColumns.put(rank, columns.indexOf(rank.label()));
        }
      }
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String[] fields = line.split("\t", -1);
        if (fields.length != columns.size()) {
          throw fault("has " + fields.length + " fields, not " + columns.size());
        }
        add(fields[readId], new Truth(taxId(fields[taxId]), names(fields)));
      }
      return new TruthTable(truths);
    }

    private void add(String readId, Truth truth) {
      if (truth.equals(Truth.NONE)) {
        return;
      }
      Truth before = truths.put(readId, known.computeIfAbsent(truth, t -> t));
      if (before != null && !before.taxId.equals(truth.taxId)) {
        throw fault(
            "has another taxid for %s than %s, which it had above"
                .formatted(readId, before.taxId.isPresent() ? before.taxId.getAsInt() : NOT_KNOWN));
      }
      if (before != null && !before.names.equals(truth.names)) {
        throw fault("has other taxa for " + readId + " than it had above");
      }
    }

    private Map<Rank, String> names(String[] fields) {
      Map<Rank, String> names = new EnumMap<>(Rank.class);
      nameColumns.forEach(
          (rank, column) -> {
            if (isKnown(fields[column])) {
              names.put(rank, fields[column]);
            }
          });
      return Map.copyOf(names);
    }

    private static boolean isKnown(String field) {
      return !field.equals(NOT_KNOWN) && !field.isBlank();
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
      throw fault("has the taxid '" + taxId + "', which is neither a number from 1 nor NA");
    }

    private TruthTableException fault(String fault) {
      return new TruthTableException(file + " line " + number + ": " + fault, null);
    }
  }
}
