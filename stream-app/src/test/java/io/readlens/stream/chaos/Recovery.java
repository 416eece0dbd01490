package io.readlens.stream.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * A fault, and how the system got over it.
 *
 * <p>Threading: one thread.
 */
final class Recovery {
  static final String HEADER =
      "%-31s %8s %8s %7s %6s %7s  %-23s  %s%n"
          .formatted(
              "fault", "at read", "aborted", "lasted", "first", "readers", "paused", "ended");

  private final Fault fault;
  private final int endedBefore;
  private final Instant struck;
  private final Progress.Snapshot before;
  private final Progress.Snapshot after;
  private final Map<TopicPartition, Long> reached;
  private final Map<TopicPartition, Instant> moved = new HashMap<>();
  private final Map<TopicPartition, Duration> paused = new HashMap<>();
  private Duration lasted;
  private Duration first;
  private Duration readersFree;
  private Progress.Snapshot whole;
  private List<Instance.Ending> ended = List.of();

  /**
   * @param endedBefore how many processes had ended before
   * @param before taken just before the fault
   * @param after taken just after it; records behind its ends are new
   * @param reached last committed record that was seen of each partition of explanations
   */
  Recovery(
      Fault fault,
      int endedBefore,
      Instant struck,
      Progress.Snapshot before,
      Progress.Snapshot after,
      Map<TopicPartition, Long> reached) {
    this.fault = fault;
    this.endedBefore = endedBefore;
    this.struck = struck;
    this.before = before;
    this.after = after;
    this.reached = new HashMap<>(reached);
    reached.keySet().forEach(partition -> moved.put(partition, struck));
  }

  Fault fault() {
    return fault;
  }

  /** How many processes had ended before. */
  int endedBefore() {
    return endedBefore;
  }

  /** How long ago it struck. */
  Duration age(Instant when) {
    return Duration.between(struck, when);
  }

  /**
   * Notes what has happened by now, until it is over.
   *
   * @param seen last committed record that was seen of each partition of explanations
   */
  void look(Instant when, Progress.Snapshot now, Map<TopicPartition, Long> seen) {
    if (isOver()) {
      return;
    }
    seen.forEach(
        (partition, offset) -> {
          if (offset > reached.put(partition, offset)) {
            Duration pause = Duration.between(moved.put(partition, when), when);
            paused.merge(partition, pause, (one, other) -> one.compareTo(other) > 0 ? one : other);
          }
          if (first == null && offset >= after.written().get(partition)) {
            first = age(when);
          }
        });
    if (readersFree == null && now.isSettledUpTo(after)) {
      readersFree = age(when);
    }
  }

  /** The cause of the trouble is gone. */
  void lifted(Instant when) {
    lasted = age(when);
  }

  /** Whoever should run runs, and is in the group. */
  void whole(Progress.Snapshot now) {
    whole = now;
  }

  /** Whether since then new records were committed in every partition, and none are hidden. */
  boolean isOver() {
    return whole != null
        && readersFree != null
        && reached.entrySet().stream()
            .allMatch(each -> each.getValue() >= whole.written().get(each.getKey()));
  }

  /** The processes that have ended since it struck. */
  void ended(List<Instance.Ending> processes) {
    ended = List.copyOf(processes);
  }

  List<Instance.Ending> ended() {
    return ended;
  }

  /** How many of some records were in a transaction that was open when it struck. */
  int open(Set<Outcome> records) {
    return (int)
        records.stream()
            .filter(each -> each.offset() >= before.stable().get(each.partition()))
            .filter(each -> each.offset() < after.written().get(each.partition()))
            .count();
  }

  /**
   * A line of the report.
   *
   * @param aborted the records that are in the topics and not committed
   */
  String line(Set<Outcome> aborted) {
    return "%-31s %,8d %8d %7s %6s %7s  %-23s  %s%n"
        .formatted(
            fault,
            before.consumed(),
            open(aborted),
            lasted == null ? "" : seconds(lasted),
            first == null ? "never" : seconds(first),
            readersFree == null ? "never" : seconds(readersFree),
            paused.values().stream()
                .sorted()
                .map(Recovery::seconds)
                .collect(Collectors.joining("  ")),
            ended.stream().map(Instance.Ending::toString).collect(Collectors.joining(", ")));
  }

  private static String seconds(Duration duration) {
    return "%.1f".formatted(duration.toMillis() / 1e3);
  }
}
