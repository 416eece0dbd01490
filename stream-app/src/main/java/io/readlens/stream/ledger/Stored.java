package io.readlens.stream.ledger;

import java.util.Map;
import java.util.Set;

/**
 * What the ledger holds of a partition.
 *
 * @param counts by sample
 * @param readsTopics the ids of the reads topics that it counts; empty if its entries do not say
 */
public record Stored(Map<String, Counts> counts, Set<String> readsTopics) {
  public Stored {
    counts = Map.copyOf(counts);
    readsTopics = Set.copyOf(readsTopics);
  }

  /** Whether a reads topic is another than those that are counted, as far as the entries say. */
  boolean isAnew(String readsTopic) {
    return !readsTopics.isEmpty() && !readsTopics.contains(readsTopic);
  }
}
