package io.readlens.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.process.InputFile;
import io.readlens.model.read.Rank;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The NCBI taxonomy, as far as reads are called: from a directory with {@code nodes.dmp}, {@code
 * names.dmp}, {@code merged.dmp} and {@code delnodes.dmp}, as {@code taxdump.tar.gz} holds them.
 * They are streamed; what stays in memory is five bytes for every id, and the scientific names of
 * superkingdoms, phyla and genera.
 *
 * <p>What NCBI called superkingdoms until 2024 are domains since, and the viruses an acellular
 * root.
 *
 * <p>Threading: immutable.
 */
final class NcbiTaxonomy {
  private static final int ROOT = 1;
  private static final List<Rank> RANKS = List.of(Rank.values());

  /** No lineage is nearly as long: one that is runs in a circle. */
  private static final int MOST_STEPS = 1_000;

  private static final byte NO_RANK = -1;

  /** In the place of the ids of two taxa that share names all the way up. */
  private static final int AMBIGUOUS = 0;

  private static final String SCIENTIFIC = "scientific name";

  private final Path directory;

  /** By id: that of the parent, 0 where there is no such node. */
  private int[] parents = new int[1 << 16];

  /** By id: the place among {@link #RANKS}. */
  private byte[] ranks = new byte[1 << 16];

  private final Map<Integer, String> names = new HashMap<>();
  private final Map<Integer, Integer> merged = new HashMap<>();
  private final BitSet deleted = new BitSet();
  private final Map<String, Integer> byLineage = new HashMap<>();

  /**
   * Reads the taxonomy.
   *
   * @throws IOException naming the file that is missing, or file and line at fault
   */
  NcbiTaxonomy(Path directory) throws IOException {
    this.directory = directory;
    Arrays.fill(ranks, NO_RANK);
    dump("nodes.dmp", 3, line -> node(line.id(0), line.id(1), line.text(2)));
    dump(
        "names.dmp",
        4,
        line -> {
          if (line.text(3).equals(SCIENTIFIC) && rank(line.id(0)) != NO_RANK) {
            names.put(line.id(0), line.text(1));
          }
        });
    dump("merged.dmp", 2, line -> merged.put(line.id(0), line.id(1)));
    dump("delnodes.dmp", 1, line -> deleted.set(line.id(0)));
    for (int id : names.keySet()) {
      Rank rank = RANKS.get(rank(id));
      Lineage lineage = lineage(id);
      if (lineage.knows(rank)) {
        byLineage.merge(key(rank, lineage), id, (one, other) -> AMBIGUOUS);
      }
    }
  }

  private interface Use {
    void line(Line line) throws IOException;
  }

  /** One line's fields, divided by {@code <tab>|<tab>} and ended by {@code <tab>|}. */
  private record Line(Path file, long number, List<String> fields) {
    String text(int field) {
      return fields.get(field);
    }

    int id(int field) throws IOException {
      try {
        int id = Integer.parseInt(text(field));
        if (id > 0) {
          return id;
        }
      } catch (NumberFormatException e) {
        // Falls through to the one message for both.
      }
      throw new IOException(
          "%s, line %d: '%s' is no taxonomy id".formatted(file, number, text(field)));
    }
  }

  private void dump(String name, int fields, Use use) throws IOException {
    Path file = directory.resolve(name);
    long number = 0;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(InputFile.open(file), UTF_8.newDecoder()))) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        number++;
        Line line = new Line(file, number, fields(text, fields));
        if (line.fields.size() < fields) {
          throw new IOException(
              "%s, line %d: %d fields, not %d".formatted(file, number, line.fields.size(), fields));
        }
        use.line(line);
      }
    } catch (CharacterCodingException e) {
      throw new IOException("%s, after line %d: this is no UTF-8 text".formatted(file, number), e);
    }
  }

  /** The first so many fields of a line. */
  private static List<String> fields(String line, int most) {
    List<String> fields = new ArrayList<>(most);
    int from = 0;
    while (fields.size() < most && from < line.length()) {
      int end = line.indexOf("\t|", from);
      if (end < 0) {
        break;
      }
      fields.add(line.substring(from, end));
      from = Math.min(line.length(), end + 3);
    }
    return fields;
  }

  private void node(int id, int parent, String rank) {
    if (id >= parents.length) {
      int size = Math.max(id + 1, parents.length * 2);
      int before = parents.length;
      parents = Arrays.copyOf(parents, size);
      ranks = Arrays.copyOf(ranks, size);
      Arrays.fill(ranks, before, size, NO_RANK);
    }
    parents[id] = parent;
    ranks[id] =
        switch (rank) {
          case "superkingdom", "domain", "acellular root" -> place(Rank.SUPERKINGDOM);
          case "phylum" -> place(Rank.PHYLUM);
          case "genus" -> place(Rank.GENUS);
          default -> NO_RANK;
        };
  }

  private static byte place(Rank rank) {
    return (byte) RANKS.indexOf(rank);
  }

  private byte rank(int id) {
    return id < ranks.length ? ranks[id] : NO_RANK;
  }

  /**
   * The taxa that an organism, or a taxon, belongs to. An id that was merged into another is that
   * one.
   *
   * @throws IllegalArgumentException naming the id if it was deleted or never was, or if its
   *     ancestors do not lead to the root
   */
  Lineage lineage(int taxId) {
    int id = merged.getOrDefault(taxId, taxId);
    if (deleted.get(id)) {
      throw new IllegalArgumentException("taxid " + taxId + " was deleted from the NCBI taxonomy");
    }
    if (id >= parents.length || parents[id] == 0) {
      throw new IllegalArgumentException(
          "taxid " + taxId + " is not in the NCBI taxonomy of " + directory);
    }
    Map<Rank, String> found = new EnumMap<>(Rank.class);
    int at = id;
    for (int step = 0; at != ROOT; step++) {
      if (step == MOST_STEPS || at >= parents.length || parents[at] == 0) {
        throw new IllegalArgumentException(
            "the ancestors of taxid %d in %s do not lead to the root"
                .formatted(taxId, directory.resolve("nodes.dmp")));
      }
      if (ranks[at] != NO_RANK) {
        found.putIfAbsent(RANKS.get(ranks[at]), names.getOrDefault(at, Lineage.NONE));
      }
      at = parents[at];
    }
    return Lineage.of(found::get);
  }

  /**
   * The id of a lineage's taxon of a rank; empty where there is none under parents of these names,
   * or more than one.
   */
  OptionalInt taxId(Rank rank, Lineage lineage) {
    int id = byLineage.getOrDefault(key(rank, lineage), AMBIGUOUS);
    return id == AMBIGUOUS ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** A taxon's name after those of its ancestors. */
  private static String key(Rank rank, Lineage lineage) {
    StringBuilder key = new StringBuilder(rank.label());
    for (Rank each : RANKS) {
      if (each.compareTo(rank) <= 0) {
        key.append('\t').append(lineage.name(each));
      }
    }
    return key.toString();
  }
}
