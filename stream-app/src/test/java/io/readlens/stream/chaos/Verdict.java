package io.readlens.stream.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * How a stream of outcomes departs from exactly one, the right one, for each read, in order. Lists
 * hold names of reads; each is empty if all is well.
 *
 * @param lost no outcome
 * @param doubled more than one outcome, named once for each beyond the first
 * @param wrong another outcome than was due, or one that nobody sent a read for
 * @param disordered an outcome behind that of a later read of the same partition, or in another
 *     partition than its key belongs into
 */
record Verdict(
    List<String> lost, List<String> doubled, List<String> wrong, List<String> disordered) {
  static final Verdict FLAWLESS = new Verdict(List.of(), List.of(), List.of(), List.of());

  private static final int EXAMPLES = 10;

  /** From one partition to another order is kept; the reads topic may have more of them by now. */
  private record Way(int topic, TopicPartition from, TopicPartition to) {}

  /**
   * Compares.
   *
   * @param outcomes those of one partition in its order
   */
  static Verdict of(List<SentRead> sent, List<Outcome> outcomes) {
    Map<String, SentRead> reads =
        sent.stream().collect(Collectors.toMap(SentRead::id, Function.identity()));
    Set<String> answered = new HashSet<>();
    Map<Way, Long> last = new HashMap<>();
    List<String> doubled = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> disordered = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      String id = outcome.readId();
      SentRead read = reads.get(id);
      if (!answered.add(id)) {
        doubled.add(id);
      }
      if (read == null || !read.due().equals(outcome.what())) {
        wrong.add(id);
      }
      if (read != null) {
        Way way = new Way(read.topic(), read.partition(), outcome.partition());
        long before = last.merge(way, read.offset(), Math::max);
        boolean elsewhere = outcome.partition().partition() != read.home();
        if (elsewhere || before > read.offset()) {
          disordered.add(id);
        }
      }
    }
    List<String> lost =
        sent.stream().map(SentRead::id).filter(id -> !answered.contains(id)).toList();
    return new Verdict(lost, doubled, wrong, disordered);
  }

  @Override
  public String toString() {
    return "lost %s, doubled %s, wrong %s, disordered %s"
        .formatted(some(lost), some(doubled), some(wrong), some(disordered));
  }

  private static String some(List<String> reads) {
    if (reads.isEmpty()) {
      return "0";
    }
    String examples = reads.stream().limit(EXAMPLES).collect(Collectors.joining(", "));
    return reads.size() + " (" + examples + (reads.size() > EXAMPLES ? ", ...)" : ")");
  }
}
