package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.text.Legible;
import java.util.Optional;
import java.util.function.Function;

/**
 * The names of an organism's taxa. {@link #NONE} stands where none is known; below it, nothing can
 * be placed, and so nothing counts as known.
 *
 * @param superkingdom name of its superkingdom
 * @param phylum name of its phylum
 * @param genus name of its genus
 */
record Lineage(String superkingdom, String phylum, String genus) {
  /** The column of an organism's taxonomy id. */
  static final String TAX_ID = "taxid";

  /** What tables write where a name is not known. */
  static final String NONE = "NA";

  Lineage {
    superkingdom = known(superkingdom) ? superkingdom : NONE;
    phylum = known(superkingdom) && known(phylum) ? phylum : NONE;
    genus = known(phylum) && known(genus) ? genus : NONE;
  }

  /** The lineage whose names a table or tree gives; a name that is null is not known. */
  static Lineage of(Function<Rank, String> names) {
    return new Lineage(
        names.apply(Rank.SUPERKINGDOM), names.apply(Rank.PHYLUM), names.apply(Rank.GENUS));
  }

  /**
   * The lineage that a row of a table names, or, where it names none, that of its {@code taxid}.
   *
   * @param cells the row's cell in a column; null where there is no such column
   * @throws IllegalArgumentException if the taxonomy id is none, or has no lineage, or a name holds
   *     control characters or others of no shape
   */
  static Lineage ofRow(Function<String, String> cells, Optional<NcbiTaxonomy> taxonomy) {
    Lineage named = of(rank -> legible(rank, cells.apply(rank.label())));
    String taxId = cells.apply(TAX_ID);
    if (taxonomy.isEmpty() || named.knows(Rank.SUPERKINGDOM) || !known(taxId)) {
      return named;
    }
    try {
      return taxonomy.get().lineage(Integer.parseInt(taxId));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("taxid '" + taxId + "' is no number", e);
    }
  }

  /** No label may hold what a terminal would obey, nor may a table that is made of this one. */
  private static String legible(Rank rank, String name) {
    if (name != null && !name.codePoints().allMatch(Legible::isShown)) {
      throw new IllegalArgumentException(
          "the %s '%s' holds a character that has no shape".formatted(rank, Legible.of(name)));
    }
    return name;
  }

  /** Whether a cell of a table names a taxon. */
  static boolean known(String name) {
    return name != null && !name.isBlank() && !name.equals(NONE);
  }

  /** Whether its taxon at a rank is known. */
  boolean knows(Rank rank) {
    return known(name(rank));
  }

  /** The name of its taxon at a rank. */
  String name(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }

  /** The index of its taxon among a rank's labels; -1 where it is none of them. */
  int index(Taxonomy labels, Rank rank) {
    return labels.find(rank, name(rank)).map(Taxon::index).orElse(-1);
  }
}
