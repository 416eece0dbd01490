package io.readlens.stream.replay;

import io.readlens.model.io.ReadNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * From which genome each read truly came, for benchmarks. Immutable.
 *
 * <p>The file is tab-separated text; its first line names the columns, of which {@code readId} and
 * {@code taxid} are used. A taxid is an NCBI taxonomy id, 1 or more, or {@code NA}.
 */
public final class TruthTable {
  private static final String READ_ID = "readId";
  private static final String TAX_ID = "taxid";
  private static final String NOT_KNOWN = "NA";

  private final Map<String, Integer> taxIds;

  private TruthTable(Map<String, Integer> taxIds) {
    this.taxIds = Map.copyOf(taxIds);
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
    Integer own = taxIds.get(readId);
    Integer found = own == null ? taxIds.get(ReadNames.key(readId)) : own;
    return found == null ? OptionalInt.empty() : OptionalInt.of(found);
  }

  private static final class Parser {
    private final Path file;
    private final Map<String, Integer> taxIds = new HashMap<>();
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
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String[] fields = line.split("\t", -1);
        if (fields.length != columns.size()) {
          throw fault("has " + fields.length + " fields, not " + columns.size());
        }
        add(fields[readId], fields[taxId]);
      }
      return new TruthTable(taxIds);
    }

    private void add(String readId, String taxId) {
      if (taxId.equals(NOT_KNOWN)) {
        return;
      }
      int value = number(taxId);
      Integer before = taxIds.put(readId, value);
      if (before != null && before != value) {
        throw fault("has another taxid for " + readId + " than " + before + ", which it had above");
      }
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
