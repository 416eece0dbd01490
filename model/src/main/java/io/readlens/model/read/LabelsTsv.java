package io.readlens.model.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The text form of a {@link Taxonomy}, {@code labels.tsv}. */
final class LabelsTsv {
  private static final List<String> COLUMNS = List.of("rank", "index", "taxId", "name", "parent");
  private static final String BACKGROUND = "background";
  private static final String NOT_AVAILABLE = "NA";

  private LabelsTsv() {}

  static String write(Stream<Taxon> taxa, List<String> background) {
    StringBuilder lines = new StringBuilder(String.join("\t", COLUMNS)).append('\n');
    taxa.map(LabelsTsv::line).forEach(lines::append);
    for (int i = 0; i < background.size(); i++) {
      lines
          .append(
              String.join(
                  "\t",
                  BACKGROUND,
                  String.valueOf(i),
                  NOT_AVAILABLE,
                  background.get(i),
                  NOT_AVAILABLE))
          .append('\n');
    }
    return lines.toString();
  }

  private static String line(Taxon taxon) {
    String taxId =
        taxon.taxId().isPresent() ? String.valueOf(taxon.taxId().getAsInt()) : NOT_AVAILABLE;
    String parent = taxon.parent() < 0 ? NOT_AVAILABLE : String.valueOf(taxon.parent());
    return String.join(
            "\t", taxon.rank().label(), String.valueOf(taxon.index()), taxId, taxon.name(), parent)
        + "\n";
  }

  static Taxonomy read(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !List.of(lines.get(0).split("\t", -1)).equals(COLUMNS)) {
      throw new IllegalArgumentException("labels.tsv line 1 is not the header " + COLUMNS);
    }
    List<Taxon> taxa = new ArrayList<>();
    List<String> background = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      Line line = new Line(i + 1, lines.get(i).split("\t", -1));
      if (line.isBackground()) {
        background.add(line.background(background.size()));
      } else {
        taxa.add(line.taxon());
      }
    }
    return Taxonomy.of(taxa, background);
  }

  /** One line's cells; knows its number (from 1) for what it has to say about them. */
  private static final class Line {
    private final int number;
    private final String[] cells;

    Line(int number, String[] cells) {
      this.number = number;
      this.cells = cells;
      if (cells.length != COLUMNS.size()) {
        throw new IllegalArgumentException(
            "labels.tsv line "
                + number
                + " has "
                + cells.length
                + " columns, not "
                + COLUMNS.size());
      }
    }

    boolean isBackground() {
      return cells[0].equals(BACKGROUND);
    }

    /** The kind, whose index must be the one given. */
    String background(int index) {
      if (number(1, 0) != index) {
        throw fault(1, String.valueOf(index));
      }
      for (int column : new int[] {2, 4}) {
        if (!cells[column].equals(NOT_AVAILABLE)) {
          throw fault(column, NOT_AVAILABLE + ", for a kind of background");
        }
      }
      return name();
    }

    private String name() {
      if (cells[3].isBlank()) {
        throw fault(3, "a name");
      }
      return cells[3];
    }

    Taxon taxon() {
      Rank rank = rank();
      String name = name();
      boolean root = rank == Rank.SUPERKINGDOM;
      if (root != cells[4].equals(NOT_AVAILABLE)) {
        throw fault(4, root ? "NA, for a superkingdom" : "the index of a taxon of the rank above");
      }
      OptionalInt taxId =
          cells[2].equals(NOT_AVAILABLE) ? OptionalInt.empty() : OptionalInt.of(number(2, 1));
      return new Taxon(rank, number(1, 0), taxId, name, root ? -1 : number(4, 0));
    }

    private Rank rank() {
      return Arrays.stream(Rank.values())
          .filter(rank -> rank.label().equals(cells[0]))
          .findFirst()
          .orElseThrow(() -> fault(0, "superkingdom, phylum, genus or background"));
    }

    private int number(int column, int atLeast) {
      try {
        int value = Integer.parseInt(cells[column]);
        if (value >= atLeast) {
          return value;
        }
      } catch (NumberFormatException notANumber) {
        throw fault(column, "a number");
      }
      throw fault(column, "a number from " + atLeast);
    }

    private IllegalArgumentException fault(int column, String expected) {
      return new IllegalArgumentException(
          String.format(
              "labels.tsv line %d, column %s: expected %s, found '%s'",
              number, COLUMNS.get(column), expected, cells[column]));
    }
  }
}
