package io.readlens.stream.topics;

import java.util.SortedMap;

/**
 * A topic as the cluster has it.
 *
 * @param replicas of each partition
 * @param configs what was set for this topic, and the value of all that ReadLens sets
 * @param endOffsets by partition: the offset that its next record will have
 */
public record ExistingTopic(
    String name,
    int replicas,
    SortedMap<String, String> configs,
    SortedMap<Integer, Long> endOffsets) {

  public int partitions() {
    return endOffsets.size();
  }
}
