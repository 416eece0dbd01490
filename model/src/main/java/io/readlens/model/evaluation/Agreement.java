package io.readlens.model.evaluation;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * How alike two explanations of the same DNA are. Spans are compared by their bases, where these
 * lie in the read itself, as far as both have the base: intersection over union.
 *
 * @param calls share of reads of which both call the same, nothing included
 * @param compared reads whose spans were compared: both call the same taxon, and at least one
 *     publishes a span
 * @param spans mean intersection over union of the bases in spans; NaN without such reads
 * @param chance the same with one read's spans put anywhere: as many and as long
 */
public record Agreement(double calls, int compared, double spans, double chance) {
  /**
   * Compares reads with their alterations.
   *
   * @param random puts the spans anywhere
   */
  static Map<Rank, Agreement> of(
      List<ExplainedRead> whole,
      List<ExplainedRead> altered,
      List<Alteration> alterations,
      Random random) {
    Map<Rank, Agreement> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int same = 0;
      int compared = 0;
      double overlap = 0;
      double chance = 0;
      for (int i = 0; i < whole.size(); i++) {
        Optional<Call> one = call(whole.get(i), rank);
        Optional<Call> two = call(altered.get(i), rank);
        if (one.map(Call::taxon).equals(two.map(Call::taxon))) {
          same++;
          Alteration alteration = alterations.get(i);
          BitSet here = bases(one);
          here.and(alteration.covered());
          BitSet there = bases(two);
          if (!here.isEmpty() || !there.isEmpty()) {
            BitSet anywhere = anywhere(there, alteration.read().length(), random);
            compared++;
            overlap += overlap(here, alteration.mapBack(there));
            chance += overlap(here, alteration.mapBack(anywhere));
          }
        }
      }
      byRank.put(
          rank,
          new Agreement(
              (double) same / whole.size(), compared, overlap / compared, chance / compared));
    }
    return byRank;
  }

  private static Optional<Call> call(ExplainedRead read, Rank rank) {
    return read.calls().stream().filter(call -> call.rank() == rank).findFirst();
  }

  private static BitSet bases(Optional<Call> call) {
    BitSet bases = new BitSet();
    for (Span span : call.map(Call::spans).orElse(List.of())) {
      bases.set(span.start(), span.end());
    }
    return bases;
  }

  private static BitSet anywhere(BitSet bases, int length, Random random) {
    boolean[] kept = new boolean[length];
    bases.stream().forEach(base -> kept[base] = true);
    boolean[] moved = RandomSpans.like(kept, random);
    BitSet anywhere = new BitSet();
    for (int i = 0; i < length; i++) {
      anywhere.set(i, moved[i]);
    }
    return anywhere;
  }

  /** Intersection over union. */
  private static double overlap(BitSet one, BitSet other) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    BitSet either = (BitSet) one.clone();
    either.or(other);
    return (double) both.cardinality() / either.cardinality();
  }
}
