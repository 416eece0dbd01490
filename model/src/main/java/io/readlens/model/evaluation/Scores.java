package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which reads were called right, by condition and rank. */
public final class Scores {
  private final Map<Condition, Map<Rank, Hits>> hits = new EnumMap<>(Condition.class);

  Hits at(Condition condition, Rank rank) {
    return hits.computeIfAbsent(condition, c -> new EnumMap<>(Rank.class))
        .computeIfAbsent(rank, r -> new Hits());
  }

  /** The conditions that were tried, in their order; empty without the one who was to be asked. */
  public List<Condition> conditions() {
    return List.copyOf(hits.keySet());
  }

  /**
   * The reads under a condition.
   *
   * @throws IllegalArgumentException if it was not tried
   */
  public Hits of(Condition condition, Rank rank) {
    Map<Rank, Hits> byRank = hits.get(condition);
    if (byRank == null) {
      throw new IllegalArgumentException("not tried: " + condition);
    }
    return byRank.get(rank);
  }
}
