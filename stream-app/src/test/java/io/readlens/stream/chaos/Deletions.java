package io.readlens.stream.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What faults have deleted: reads that had no outcome by then can have none.
 *
 * <p>Threading: one thread.
 */
final class Deletions {
  private record Place(int topic, TopicPartition partition) {}

  /**
   * Reads that were deleted before anybody read them.
   *
   * @param expired the topic went on without them: the ledger counts them
   * @param withTopic all behind the last one of their partition that has an outcome
   */
  record Unread(List<SentRead> expired, List<SentRead> withTopic) {
    /** The reads that must have an outcome. */
    List<SentRead> rest(List<SentRead> sent) {
      Set<SentRead> gone = new HashSet<>(expired);
      gone.addAll(withTopic);
      return sent.stream().filter(read -> !gone.contains(read)).toList();
    }
  }

  private final Map<Place, Long> starts = new HashMap<>();
  private int topics;

  /** The reads topic begins there now. */
  void expired(Map<TopicPartition, Long> now) {
    now.forEach((partition, start) -> starts.put(new Place(topics, partition), start));
  }

  /** The reads topic is another now. */
  void anew() {
    topics++;
  }

  /** Which reads have no outcome because they were deleted. */
  Unread unread(List<SentRead> sent, List<Outcome> outcomes) {
    Set<String> answered = new HashSet<>();
    outcomes.forEach(outcome -> answered.add(outcome.readId()));
    Map<Place, Long> last = new HashMap<>();
    for (SentRead read : sent) {
      if (answered.contains(read.id())) {
        last.merge(place(read), read.offset(), Math::max);
      }
    }
    List<SentRead> expired = new ArrayList<>();
    List<SentRead> withTopic = new ArrayList<>();
    for (SentRead read : sent) {
      if (!answered.contains(read.id())) {
        if (read.offset() < starts.getOrDefault(place(read), 0L)) {
          expired.add(read);
        } else if (read.topic() < topics && read.offset() > last.getOrDefault(place(read), -1L)) {
          withTopic.add(read);
        }
      }
    }
    return new Unread(expired, withTopic);
  }

  private static Place place(SentRead read) {
    return new Place(read.topic(), read.partition());
  }
}
