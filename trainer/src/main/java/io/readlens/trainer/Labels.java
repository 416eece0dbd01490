package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Gathers lineages into the labels of a checkpoint. Within a rank, labels that a checkpoint has
 * already keep their indices, and new ones follow in the order of their names: what a checkpoint's
 * {@code labels.tsv} said of a label stays true when it grows.
 *
 * <p>Threading: one thread.
 */
final class Labels {
  private final Map<Rank, List<Taxon>> known = new EnumMap<>(Rank.class);

  /** For every rank the taxa that are not known yet, by name, and the names of their parents. */
  private final Map<Rank, TreeMap<String, String>> added = new EnumMap<>(Rank.class);

  private final Map<Rank, Map<String, String>> parents = new EnumMap<>(Rank.class);
  private final List<String> background;

  /** No labels yet. */
  Labels() {
    this(List.of());
  }

  private Labels(List<String> background) {
    this.background = background;
    for (Rank rank : Rank.values()) {
      known.put(rank, List.of());
      added.put(rank, new TreeMap<>());
      parents.put(rank, new TreeMap<>());
    }
  }

  /** The labels of a checkpoint. */
  Labels(Taxonomy checkpoint) {
    this(checkpoint.background());
    for (Rank rank : Rank.values()) {
      known.put(rank, checkpoint.taxa(rank));
      for (Taxon taxon : checkpoint.taxa(rank)) {
        parents.get(rank).put(taxon.name(), parent(checkpoint, taxon));
      }
    }
  }

  private static String parent(Taxonomy labels, Taxon taxon) {
    return taxon.rank() == Rank.SUPERKINGDOM ? "" : labels.parent(taxon).name();
  }

  /**
   * Adds the taxa of a lineage that are known.
   *
   * @throws IllegalArgumentException naming a taxon that stands under another parent already
   */
  void add(Lineage lineage) {
    String above = "";
    for (Rank rank : Rank.values()) {
      if (lineage.knows(rank)) {
        add(rank, lineage.name(rank), above);
      }
      above = lineage.name(rank);
    }
  }

  private void add(Rank rank, String name, String above) {
    String other = parents.get(rank).putIfAbsent(name, above);
    if (other == null) {
      added.get(rank).put(name, above);
    } else if (!other.equals(above)) {
      throw new IllegalArgumentException(
          "%s %s stands both under %s and under %s".formatted(rank.label(), name, other, above));
    }
  }

  /**
   * The labels.
   *
   * @param taxIds what is known of the taxonomy id of a lineage's taxon of a rank; asked for all
   *     that have none yet
   * @throws IllegalArgumentException if a rank has no label, or two of its labels one id
   */
  Taxonomy taxonomy(BiFunction<Rank, Lineage, OptionalInt> taxIds) {
    List<Taxon> taxa = new ArrayList<>();
    List<String> above = List.of();
    for (Rank rank : Rank.values()) {
      List<String> names = new ArrayList<>(known.get(rank).stream().map(Taxon::name).toList());
      names.addAll(added.get(rank).keySet());
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        OptionalInt taxId =
            i < known.get(rank).size() ? known.get(rank).get(i).taxId() : OptionalInt.empty();
        taxa.add(
            new Taxon(
                rank,
                i,
                taxId.isPresent() ? taxId : taxIds.apply(rank, lineage(rank, name)),
                name,
                above.indexOf(parents.get(rank).get(name))));
      }
      above = names;
    }
    return Taxonomy.of(taxa, background);
  }

  private Lineage lineage(Rank rank, String name) {
    Map<Rank, String> lineage = new EnumMap<>(Rank.class);
    String at = name;
    for (Rank each = rank; each != Rank.SUPERKINGDOM; each = each.above()) {
      lineage.put(each, at);
      at = parents.get(each).get(at);
    }
    lineage.put(Rank.SUPERKINGDOM, at);
    return Lineage.of(lineage::get);
  }

  /**
   * A checkpoint's labels, and after them those that new data names besides. Kinds of background
   * cannot be added to.
   *
   * @throws IllegalArgumentException naming a taxon that the two have under different parents, or
   *     with different taxonomy ids
   */
  static Taxonomy extended(Taxonomy checkpoint, Taxonomy data) {
    if (!data.background().isEmpty() && !data.background().equals(checkpoint.background())) {
      throw new IllegalArgumentException(
          "the checkpoint knows the background %s, not %s: name the same, or train from the start"
              .formatted(checkpoint.background(), data.background()));
    }
    Labels labels = new Labels(checkpoint);
    for (Rank rank : Rank.values()) {
      for (Taxon taxon : data.taxa(rank)) {
        labels.add(rank, taxon.name(), parent(data, taxon));
        OptionalInt its =
            checkpoint.find(rank, taxon.name()).map(Taxon::taxId).orElse(OptionalInt.empty());
        if (its.isPresent() && taxon.taxId().isPresent() && !its.equals(taxon.taxId())) {
          throw new IllegalArgumentException(
              "%s %s has taxid %d among the checkpoint's labels, and %d in the data"
                  .formatted(rank.label(), taxon.name(), its.getAsInt(), taxon.taxId().getAsInt()));
        }
      }
    }
    return labels.taxonomy(
        (rank, lineage) ->
            data.find(rank, lineage.name(rank)).map(Taxon::taxId).orElse(OptionalInt.empty()));
  }

  /**
   * Makes sure that a checkpoint has all labels that data names.
   *
   * @param checkpoint what the message calls it
   * @throws IllegalArgumentException naming the first that it lacks, or as {@link #extended}
   */
  static void requireAll(Object checkpoint, Taxonomy its, Taxonomy data) {
    Taxonomy both = extended(its, data);
    for (Rank rank : Rank.values()) {
      if (both.size(rank) > its.size(rank)) {
        throw new IllegalArgumentException(
            "%s has no label for %s %s: train its classifier on the data first"
                .formatted(checkpoint, rank.label(), both.taxon(rank, its.size(rank)).name()));
      }
    }
  }
}
