package io.readlens.model.abundance;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A classifier whose mistakes are known: how often it calls reads of each origin what, at two
 * lengths. Genera differ in how often they are called, each is mistaken for one of its phylum more
 * than for others, and short reads are called seldom.
 */
final class SimulatedWorld {
  static final int SHORT = 150;
  static final int LONG = 1_500;
  static final String NOTHING = "NOT_PROBABLE_ENOUGH";
  static final String VECTOR = "vector";
  private static final int SUPERKINGDOMS = 3;
  private static final int PHYLA = 9;
  private static final int GENERA = 54;

  private final Taxonomy taxonomy = taxonomy();
  private final Map<Origin, Map<Integer, Map<Outcome, Double>>> rates = new HashMap<>();
  private final SplittableRandom random;

  /** Part of a sample: its origin, its share of the reads, and how many of them are long. */
  record Part(Origin origin, double share, double ofLong) {}

  SimulatedWorld(long seed) {
    random = new SplittableRandom(seed);
  }

  private static Taxonomy taxonomy() {
    List<Taxon> taxa = new ArrayList<>();
    for (int i = 0; i < SUPERKINGDOMS; i++) {
      taxa.add(new Taxon(Rank.SUPERKINGDOM, i, OptionalInt.empty(), "Superkingdom" + i, -1));
    }
    for (int i = 0; i < PHYLA; i++) {
      taxa.add(new Taxon(Rank.PHYLUM, i, OptionalInt.empty(), "Phylum" + i, i % SUPERKINGDOMS));
    }
    for (int i = 0; i < GENERA; i++) {
      taxa.add(new Taxon(Rank.GENUS, i, OptionalInt.empty(), "Genus" + i, i % PHYLA));
    }
    return Taxonomy.of(taxa);
  }

  Taxonomy labels() {
    return taxonomy;
  }

  Origin genus(int index) {
    return Origin.of(taxonomy.taxon(Rank.GENUS, index));
  }

  Origin unknownOf(int phylum) {
    return Origin.of(taxonomy.taxon(Rank.PHYLUM, phylum));
  }

  static Origin vector() {
    return Origin.background(VECTOR);
  }

  private Map<Outcome, Double> rates(Origin origin, int bases) {
    return rates
        .computeIfAbsent(origin, o -> new HashMap<>())
        .computeIfAbsent(bases, b -> drawRates(origin, b));
  }

  private Map<Outcome, Double> drawRates(Origin origin, int bases) {
    Map<Outcome, Double> drawn = new LinkedHashMap<>();
    if (origin.isBackground()) {
      drawn.put(Outcome.background(VECTOR), between(0.8, 0.9));
      addElse(drawn, Outcome.none(NOTHING), 0.9);
      addElse(drawn, anyGenus(), 1);
    } else if (origin.taxon().isEmpty()) {
      drawn.put(Outcome.none(NOTHING), between(0.75, 0.9));
      for (Taxon each : taxonomy.taxa(Rank.SUPERKINGDOM)) {
        addElse(drawn, Outcome.called(each), 0.3);
      }
      addElse(drawn, anyGenus(), 1);
    } else {
      Taxon phylum =
          origin.isGenus() ? taxonomy.parent(origin.taxon().get()) : origin.taxon().get();
      if (origin.isGenus()) {
        double called = bases == LONG ? between(0.5, 0.95) : between(0.05, 0.4);
        drawn.put(Outcome.called(origin.taxon().get()), called);
      }
      List<Taxon> others =
          taxonomy.taxa(Rank.GENUS).stream()
              .filter(each -> each.parent() == phylum.index())
              .filter(each -> !Origin.of(each).equals(origin))
              .toList();
      double mistaken = origin.isGenus() ? between(0.02, 0.1) : between(0.08, 0.2);
      addElse(drawn, Outcome.called(others.get(random.nextInt(others.size()))), mistaken);
      addElse(drawn, Outcome.called(phylum), between(0.5, 0.7));
      addElse(drawn, Outcome.called(taxonomy.parent(phylum)), between(0.2, 0.4));
      addElse(drawn, anyGenus(), 0.03);
      addElse(drawn, Outcome.none(NOTHING), 1);
    }
    return drawn;
  }

  private Outcome anyGenus() {
    return Outcome.called(taxonomy.taxon(Rank.GENUS, random.nextInt(GENERA)));
  }

  /** Adds a part of what is left. */
  private static void addElse(Map<Outcome, Double> rates, Outcome outcome, double part) {
    double left = 1 - rates.values().stream().mapToDouble(rate -> rate).sum();
    rates.merge(outcome, left * part, Double::sum);
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private Outcome call(Origin origin, int bases) {
    double place = random.nextDouble();
    Outcome last = null;
    for (Map.Entry<Outcome, Double> each : rates(origin, bases).entrySet()) {
      last = each.getKey();
      place -= each.getValue();
      if (place < 0) {
        break;
      }
    }
    return last;
  }

  /**
   * Measures how reads are called, as a trainer would.
   *
   * @param readsEach of each origin and length
   * @param ofGenera the share of the genera of which there are such reads at all
   * @param others origins beside the genera, of which there are
   */
  CallConfusion measure(int readsEach, double ofGenera, Origin... others) {
    CallConfusion.Builder builder = new CallConfusion.Builder();
    List<Origin> origins = new ArrayList<>(List.of(others));
    for (Taxon genus : taxonomy.taxa(Rank.GENUS)) {
      if (random.nextDouble() < ofGenera) {
        origins.add(Origin.of(genus));
      }
    }
    for (Origin origin : origins) {
      for (int bases : new int[] {SHORT, LONG}) {
        for (int i = 0; i < readsEach; i++) {
          builder.add(origin, bases, call(origin, bases));
        }
      }
    }
    return builder.build();
  }

  /** Calls the reads of a sample. */
  SampleCalls call(List<Part> parts, int reads) {
    SampleCalls calls = new SampleCalls();
    double all = parts.stream().mapToDouble(Part::share).sum();
    for (int i = 0; i < reads; i++) {
      double place = random.nextDouble() * all;
      int at = 0;
      while (at < parts.size() - 1 && place >= parts.get(at).share) {
        place -= parts.get(at++).share;
      }
      Part part = parts.get(at);
      int bases = random.nextDouble() < part.ofLong ? LONG : SHORT;
      calls.add(call(part.origin, bases), bases, bases);
    }
    return calls;
  }

  /**
   * The distance of an estimate's shares of genera, of all that is unknown and of all background
   * from the true ones (L1), 0 to 2.
   */
  static double distance(AbundanceEstimate estimate, List<Part> parts) {
    double all = parts.stream().mapToDouble(Part::share).sum();
    Map<Origin, Double> off = new HashMap<>();
    for (AbundanceEstimate.Share share : estimate.shares()) {
      off.merge(whole(share.origin()), share.amount().reads().value(), Double::sum);
    }
    for (Part part : parts) {
      off.merge(whole(part.origin), -part.share / all, Double::sum);
    }
    return off.values().stream().mapToDouble(Math::abs).sum();
  }

  private static Origin whole(Origin origin) {
    return origin.isUnknown()
        ? Origin.unknown()
        : origin.isBackground() ? Origin.background("any") : origin;
  }

  /** A community of ten genera, from 38 % to 0.06 % of what is known. */
  List<Part> community(double unknown, double background) {
    double[] shares = {0.38, 0.25, 0.15, 0.1, 0.06, 0.03, 0.015, 0.01, 0.0044, 0.0006};
    List<Integer> genera = new ArrayList<>();
    for (int i = 0; i < GENERA; i++) {
      genera.add(i);
    }
    Map<Integer, Double> order = new HashMap<>();
    genera.forEach(genus -> order.put(genus, random.nextDouble()));
    genera.sort(Comparator.comparing(order::get));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      double known = 1 - unknown - background;
      parts.add(new Part(genus(genera.get(i)), shares[i] * known, between(0.3, 0.9)));
    }
    if (unknown > 0) {
      parts.add(new Part(unknownOf(random.nextInt(PHYLA)), unknown * 0.7, 0.6));
      parts.add(new Part(Origin.unknown(), unknown * 0.3, 0.6));
    }
    if (background > 0) {
      parts.add(new Part(vector(), background, 0.6));
    }
    return parts;
  }
}
