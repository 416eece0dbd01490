package io.readlens.stream.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A reads topic whose offsets a test sets; it begins at 0 and has no end, and nobody has read it.
 */
public final class FakeReadsLog extends ReadsLog {
  final Map<Integer, Long> starts = new HashMap<>();
  final Map<Integer, Long> ends = new HashMap<>();
  final Map<Integer, Long> committed = new HashMap<>();

  /** The offsets of the records of any partition; all, if there is none. */
  final TreeSet<Long> reads = new TreeSet<>();

  /** Null once the topic is gone. */
  String topicId = "one";

  /** How often it was asked where partitions begin. */
  int asked;

  public FakeReadsLog() {
    super(Map.of(), "reads", "group");
  }

  @Override
  String topicId() {
    if (topicId == null) {
      throw new UnknownTopicOrPartitionException();
    }
    return topicId;
  }

  @Override
  OptionalLong committed(int partition) {
    return committed.containsKey(partition)
        ? OptionalLong.of(committed.get(partition))
        : OptionalLong.empty();
  }

  @Override
  Map<Integer, Long> starts(Set<Integer> partitions) {
    asked++;
    return partitions.stream()
        .collect(Collectors.toMap(each -> each, each -> starts.getOrDefault(each, 0L)));
  }

  @Override
  boolean holdsReads(int partition, long from, long to) {
    return reads.isEmpty() || !reads.subSet(from, to).isEmpty();
  }

  @Override
  long end(int partition) {
    return ends.getOrDefault(partition, Long.MAX_VALUE);
  }
}
