package io.readlens.model.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The labels of a checkpoint and how they descend from each other. The classes of the network's
 * heads and of the Explainer are numbered rank by rank, superkingdoms first: a taxon's class is
 * {@link #offset} of its rank plus its index. Behind the taxa come, where a checkpoint knows any,
 * kinds of background: sequence that is no organism of interest, such as vectors; the last kind is
 * {@value #NOTHING}. The Explainer has no class for them. Immutable.
 */
public final class Taxonomy {
  /** The kind of background that is nothing known at all: random bases, or shuffled ones. */
  public static final String NOTHING = "nothing";

  private final Map<Rank, List<Taxon>> taxa;
  private final List<String> background;
  private final double[] leafPrior;
  private final Map<Rank, Map<String, Taxon>> byName = new EnumMap<>(Rank.class);
  private final Map<Rank, Map<Integer, Taxon>> byTaxId = new EnumMap<>(Rank.class);

  private Taxonomy(Map<Rank, List<Taxon>> taxa, List<String> background) {
    this.taxa = taxa;
    this.background = background;
    for (Rank rank : Rank.values()) {
      Map<String, Taxon> names = new HashMap<>();
      Map<Integer, Taxon> taxIds = new HashMap<>();
      for (Taxon taxon : taxa.get(rank)) {
        names.put(taxon.name(), taxon);
        taxon.taxId().ifPresent(taxId -> taxIds.put(taxId, taxon));
      }
      byName.put(rank, names);
      byTaxId.put(rank, taxIds);
    }
    leafPrior = background.isEmpty() ? new double[0] : LeafPrior.of(this);
  }

  /**
   * Takes taxa in any order.
   *
   * @throws IllegalArgumentException if a rank has no taxon, its indices are not 0, 1, 2…, a name
   *     or taxonomy id stands twice in a rank, or a parent does not exist
   */
  public static Taxonomy of(List<Taxon> taxa) {
    return of(taxa, List.of());
  }

  /**
   * Takes taxa in any order, and kinds of background.
   *
   * @param background their names, the last {@value #NOTHING}; empty where none is known
   * @throws IllegalArgumentException as {@link #of(List)}, or if the kinds are not so
   */
  public static Taxonomy of(List<Taxon> taxa, List<String> background) {
    if (!background.isEmpty() && background.indexOf(NOTHING) != background.size() - 1) {
      throw new IllegalArgumentException(
          "the last kind of background is not " + NOTHING + ": " + background);
    }
    if (background.stream().distinct().count() < background.size()) {
      throw new IllegalArgumentException("a kind of background stands twice: " + background);
    }
    Map<Rank, List<Taxon>> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      Taxon[] ofRank = taxa.stream().filter(taxon -> taxon.rank() == rank).toArray(Taxon[]::new);
      Taxon[] ordered = new Taxon[ofRank.length];
      for (Taxon taxon : ofRank) {
        if (taxon.index() >= ordered.length || ordered[taxon.index()] != null) {
          throw new IllegalArgumentException(
              "the indices of rank "
                  + rank.label()
                  + " are not 0 to "
                  + (ofRank.length - 1)
                  + ": "
                  + taxon.name()
                  + " has "
                  + taxon.index());
        }
        ordered[taxon.index()] = taxon;
      }
      byRank.put(rank, List.of(ordered));
    }
    Taxonomy taxonomy = new Taxonomy(byRank, List.copyOf(background));
    taxonomy.check();
    return taxonomy;
  }

  private void check() {
    for (Rank rank : Rank.values()) {
      if (size(rank) == 0) {
        throw new IllegalArgumentException("no label of rank " + rank.label());
      }
      for (Taxon taxon : taxa(rank)) {
        if (!taxon.equals(byName.get(rank).get(taxon.name()))) {
          throw new IllegalArgumentException(rank.label() + " " + taxon.name() + " stands twice");
        }
        if (taxon.taxId().isPresent()
            && !taxon.equals(byTaxId.get(rank).get(taxon.taxId().getAsInt()))) {
          throw new IllegalArgumentException(
              "taxId " + taxon.taxId().getAsInt() + " of " + taxon.name() + " stands twice");
        }
        if (rank != Rank.SUPERKINGDOM && taxon.parent() >= size(rank.above())) {
          throw new IllegalArgumentException(
              taxon.name() + " has parent " + taxon.parent() + " of " + size(rank.above()));
        }
      }
    }
  }

  /** The taxa of a rank, by index. */
  public List<Taxon> taxa(Rank rank) {
    return taxa.get(rank);
  }

  /** One taxon of a rank. */
  public Taxon taxon(Rank rank, int index) {
    return taxa(rank).get(index);
  }

  /** Number of taxa of a rank. */
  public int size(Rank rank) {
    return taxa(rank).size();
  }

  /** Number of taxa of all ranks. */
  public int size() {
    return Arrays.stream(Rank.values()).mapToInt(this::size).sum();
  }

  /** The kinds of background, in the order of their classes; empty where none is known. */
  public List<String> background() {
    return background;
  }

  /** Number of the network's classes: taxa of all ranks and kinds of background. */
  public int classes() {
    return size() + background.size();
  }

  /**
   * How probable each class [C] is before anything of a read was seen, where one softmax over all
   * classes decides; empty where there is no background. Not to be written.
   */
  public double[] leafPrior() {
    return leafPrior;
  }

  /**
   * The classes whose probabilities make up a taxon's where one softmax over all classes decides:
   * its own, which stands for what has no label below it, and those of all taxa below it.
   */
  public List<Integer> leaves(Taxon taxon) {
    List<Integer> leaves = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      for (Taxon each : taxa(rank)) {
        if (isOf(each, taxon)) {
          leaves.add(offset(rank) + each.index());
        }
      }
    }
    return List.copyOf(leaves);
  }

  /** Whether a taxon is another, or below it. */
  private boolean isOf(Taxon below, Taxon taxon) {
    Taxon of = below;
    while (of.rank().compareTo(taxon.rank()) > 0) {
      of = parent(of);
    }
    return of.equals(taxon);
  }

  /**
   * The taxon of a class.
   *
   * @throws IllegalArgumentException if the class is one of background
   */
  public Taxon ofClass(int taxonClass) {
    for (Rank rank : Rank.values()) {
      int index = taxonClass - offset(rank);
      if (index < size(rank)) {
        return taxon(rank, index);
      }
    }
    throw new IllegalArgumentException("class " + taxonClass + " is no taxon's");
  }

  /** The class of a rank's first taxon: the number of taxa of the ranks above it. */
  public int offset(Rank rank) {
    return Arrays.stream(Rank.values())
        .filter(other -> other.compareTo(rank) < 0)
        .mapToInt(this::size)
        .sum();
  }

  /** The taxon of a rank that has exactly this scientific name. */
  public Optional<Taxon> find(Rank rank, String name) {
    return Optional.ofNullable(byName.get(rank).get(name));
  }

  /** The taxon of a rank that has this NCBI taxonomy id. */
  public Optional<Taxon> findByTaxId(Rank rank, int taxId) {
    return Optional.ofNullable(byTaxId.get(rank).get(taxId));
  }

  /**
   * The taxon of the rank above that a taxon belongs to.
   *
   * @throws IllegalArgumentException for a superkingdom
   */
  public Taxon parent(Taxon taxon) {
    if (taxon.rank() == Rank.SUPERKINGDOM) {
      throw new IllegalArgumentException(taxon.name() + " is a superkingdom, it has no parent");
    }
    return taxon(taxon.rank().above(), taxon.parent());
  }

  /** A taxon and its ancestors, the superkingdom first and the taxon itself last. */
  public List<Taxon> lineage(Taxon taxon) {
    List<Taxon> lineage = new ArrayList<>(List.of(taxon));
    while (lineage.get(0).rank() != Rank.SUPERKINGDOM) {
      lineage.add(0, parent(lineage.get(0)));
    }
    return List.copyOf(lineage);
  }

  /**
   * Reads {@code labels.tsv}, as {@link #toTsv} writes it.
   *
   * @throws IllegalArgumentException naming the line (from 1) and the column at fault, or as {@link
   *     #of} does
   */
  public static Taxonomy fromTsv(String text) {
    return LabelsTsv.read(text);
  }

  /**
   * The labels as tab-separated text under the header {@code rank index taxId name parent}: one
   * line each, rank by rank, ended by a newline; {@code NA} where the taxId is not known, and for
   * the parent of a superkingdom. Kinds of background come last, as of a rank {@code background}
   * without taxId and parent.
   */
  public String toTsv() {
    return LabelsTsv.write(
        Arrays.stream(Rank.values()).flatMap(rank -> taxa(rank).stream()), background);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Taxonomy taxonomy
        && taxa.equals(taxonomy.taxa)
        && background.equals(taxonomy.background);
  }

  @Override
  public int hashCode() {
    return 31 * taxa.hashCode() + background.hashCode();
  }

  @Override
  public String toString() {
    return "Taxonomy of " + size() + " taxa";
  }
}
