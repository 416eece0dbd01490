package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which reads were called right, by condition and rank. */
public final class Scores {
  private final Map<Condition, Map<Rank, Hits>> hits = new EnumMap<>(Condition.class);

  Scores(List<Condition> conditions) {
    for (Condition condition : conditions) {
      Map<Rank, Hits> byRank = new EnumMap<>(Rank.class);
      for (Rank rank : Rank.values()) {
        byRank.put(rank, new Hits());
      }
      hits.put(condition, byRank);
    }
  }

  /** The conditions that were tried, in their order; none if nobody was asked. */
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
