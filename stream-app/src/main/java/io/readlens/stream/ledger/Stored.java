package io.readlens.stream.ledger;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What the ledger holds of a partition.
 *
 * @param counts by sample
 * @param readsTopics by the id of each reads topic that it counts the offset up to which it does,
 *     below 0 if its entries do not say; empty if they do not say of which topic they are
 */
public record Stored(Map<String, Counts> counts, Map<String, Long> readsTopics) {
  public Stored {
    counts = Map.copyOf(counts);
    readsTopics = Map.copyOf(readsTopics);
  }

  /** Whether a reads topic is another than those that are counted, as far as the entries say. */
  boolean isAnew(String readsTopic) {
    return !readsTopics.isEmpty() && !readsTopics.containsKey(readsTopic);
  }

  /** The offset up to which a reads topic is counted; empty if the entries do not say. */
  OptionalLong countedTo(String readsTopic) {
    long offset = readsTopics.getOrDefault(readsTopic, -1L);
    return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
  }
}
