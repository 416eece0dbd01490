package io.readlens.stream.ledger;

import io.readlens.stream.advice.Remedy;
import io.readlens.stream.ledger.Passage.Lost;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one stream thread has counted in the partitions that it owns: the ledger's counts and those
 * since the last commit. Reads that were deleted before they came are counted by the transaction
 * that commits past them, so that they are counted once, as all others are.
 *
 * <p>Threading: one stream thread only.
 */
public final class Tallies {
  private static final Logger LOG = LoggerFactory.getLogger(Tallies.class);

  /**
   * What was so when a partition was opened.
   *
   * @param readsTopic the reads topic's id
   * @param from the offset from which reading goes on
   * @param polledTo tells the offset to which the partition was polled since
   */
  private record Opening(String readsTopic, long from, LongSupplier polledTo) {}

  private final IntFunction<Stored> stored;
  private final ReadsLog log;
  private final boolean stopsAtLoss;
  private final Map<Integer, Map<String, Counts>> partitions = new HashMap<>();
  private final Map<Integer, Passage> passages = new TreeMap<>();

  private final Map<Integer, Opening> openings = new HashMap<>();

  private final Set<Account> changed = new LinkedHashSet<>();

  /**
   * @param stored what the ledger holds of a partition
   * @param stopsAtLoss whether reads that were deleted unread are no matter of counting
   */
  Tallies(IntFunction<Stored> stored, ReadsLog log, boolean stopsAtLoss) {
    this.stored = stored;
    this.log = log;
    this.stopsAtLoss = stopsAtLoss;
  }

  /**
   * Begins to count in a partition, from what the ledger holds of it, and sees whether the log
   * still holds what is to be read next.
   *
   * @param polledTo tells the offset to which the partition was polled since it was closed last
   * @throws ReadsExpiredException if it does not, and that is no matter of counting
   * @throws ReadsAnewException if reading would go on where it stood in a topic that is no more
   */
  public void open(int partition, LongSupplier polledTo) {
    close(partition);
    String readsTopic = log.topicId();
    Stored found = stored.apply(partition);
    Map<String, Counts> counts = new HashMap<>(found.counts());
    long received = counts.values().stream().mapToLong(Counts::received).sum();
    OptionalLong committed = log.committed(partition);
    long end = log.end(partition);
    long start = log.starts(Set.of(partition)).get(partition);
    Passage passage =
        found.isAnew(readsTopic)
            ? new Passage(firstOfAnother(partition, committed, start), start)
            : new Passage(firstUnread(partition, committed, received, start, end), start);
    if (!found.isAnew(readsTopic) && committed.isPresent() && committed.getAsLong() <= end) {
      requireCounted(partition, found.countedTo(readsTopic), committed.getAsLong(), received);
    }
    if (passage.pending() != null) {
      say(partition, passage.pending());
    }
    partitions.put(partition, counts);
    openings.put(
        partition, new Opening(readsTopic, Math.max(start, committed.orElse(0)), polledTo));
    passages.put(partition, passage);
  }

  /** All of a topic that was created anew is unread: its first offset. */
  private long firstOfAnother(int partition, OptionalLong committed, long start) {
    if (committed.isPresent() && committed.getAsLong() > start) {
      throw anew();
    }
    stopOrWarn(
        "%s was created anew since the ledger has counted reads of its partition %d: what it held unread then is gone, and not counted; what it holds is read from offset %d"
            .formatted(log.topic(), partition, start));
    return 0;
  }

  private ReadsAnewException anew() {
    return new ReadsAnewException(
        log.topic()
            + " was created anew while it was read: what it held unread then is gone; start again,"
            + " and what it holds now is read from its beginning");
  }

  /** The first offset of which nobody has said what became of it. */
  private long firstUnread(
      int partition, OptionalLong committed, long received, long start, long end) {
    if (committed.isEmpty()) {
      if (received > 0) {
        LOG.warn(
            "the group has no offset of {}-{}, of which the ledger counts {} reads: the topic was"
                + " created anew, the group's offsets have expired, or application.id is another;"
                + " reading on from offset {}, and what is read again is counted again",
            log.topic(),
            partition,
            received,
            start);
      }
      if (start > 0 && received >= start) {
        stopOrWarn(
            "nobody knows whether all reads of %s-%d below offset %d, which were deleted, had been read: the group has no offset there"
                .formatted(log.topic(), partition, start));
      }
      return Math.min(received, start);
    }
    if (committed.getAsLong() > end) {
      stopOrWarn(
          "%s-%d ends at offset %d, before %d, where reading was to go on: the topic was created anew or has lost its end; what it holds is read from offset %d"
              .formatted(log.topic(), partition, end, committed.getAsLong(), start));
      return start;
    }
    return committed.getAsLong();
  }

  /**
   * Says where reading does not go on where the ledger has counted to: offsets and ledger are
   * written in one transaction, so that somebody has set the one or emptied the other.
   */
  private void requireCounted(int partition, OptionalLong counted, long committed, long received) {
    long from = counted.orElse(received > 0 ? committed : 0);
    if (committed < from) {
      LOG.warn(
          "{}-{} is read from offset {}, and the ledger has counted it to offset {}: the group's offsets were set back, and what is read again is explained and counted again",
          log.topic(),
          partition,
          committed,
          from);
    } else if (committed > from && log.holdsReads(partition, from, committed)) {
      if (received > 0) {
        stopOrWarn(
            "%s-%d is read from offset %d, and the ledger has counted it to offset %d: the group's offsets were set forward, and the reads between are passed over, not counted"
                .formatted(log.topic(), partition, committed, from));
      } else {
        LOG.warn(
            "{}-{} is read from offset {}, and the ledger counts no read of it: the group's offsets were set forward, or the ledger was emptied, is a new one, or was deleted; it counts from here",
            log.topic(),
            partition,
            committed);
      }
    }
  }

  private void say(int partition, Lost lost) {
    stopOrWarn(
        "%d reads of %s-%d, offsets %d to %d, were deleted before they were read"
            .formatted(lost.reads(), log.topic(), partition, lost.from(), lost.to() - 1));
  }

  private void stopOrWarn(String loss) {
    if (stopsAtLoss) {
      throw new ReadsExpiredException(
          loss + "; to go on with what there is: " + Remedy.GO_ON_WITHOUT_EXPIRED.command());
    }
    LOG.warn(loss);
  }

  /** Counts. The partition must be open. */
  public void add(int partition, String sampleId, Counts more) {
    Account account = Account.of(partition, sampleId);
    partitions.get(partition).merge(account.sampleId(), more, Counts::plus);
    changed.add(account);
  }

  /** A record of the reads topic is about to be counted. The partition must be open. */
  public void take(int partition, long offset) {
    OptionalLong expected = passages.get(partition).take(offset);
    if (expected.isPresent()) {
      stopOrWarn(
          "%s-%d went back from offset %d to %d: the topic was created anew, or offsets were set back"
              .formatted(log.topic(), partition, expected.getAsLong(), offset));
    }
  }

  /**
   * Looks for reads that were deleted where no other may come and begin a transaction. To be called
   * every few seconds.
   *
   * @return whether a transaction is to be begun for them
   * @throws ReadsAnewException if the topic is another by now
   */
  public boolean lookForLoss(int partition) {
    requireSameTopic();
    Passage passage = passages.get(partition);
    if (passage.pending() == null
        && passage.standsStill(log.starts(Set.of(partition)).get(partition), System.nanoTime())) {
      say(partition, passage.pending());
    }
    return passage.pending() != null;
  }

  /**
   * Counts the reads that were deleted unread below the offsets that a transaction is to commit.
   *
   * @param committing by partition, of those that are open
   * @return the same, or where reads were deleted, offsets beyond these
   * @throws ReadsExpiredException if there are some, and that is no matter of counting
   * @throws ReadsAnewException if the topic is another by now: what was read may be of either
   * @throws TransactionLostException if an offset is beyond what was polled, or outcomes of a
   *     partition that is left out are in the transaction
   */
  Map<Integer, Long> settle(Map<Integer, Long> committing) {
    requireSameTopic();
    committing.forEach(this::requirePolled);
    committing.forEach(
        (partition, offset) -> {
          if (passages.containsKey(partition)) {
            passages.get(partition).reach(offset);
          }
        });
    Set<Integer> asking =
        passages.entrySet().stream()
            .filter(entry -> entry.getValue().hasPassedOver())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    if (!asking.isEmpty()) {
      log.starts(asking)
          .forEach(
              (partition, start) -> {
                for (Lost lost : passages.get(partition).takePassedOver(start)) {
                  say(partition, lost);
                  add(partition, "", Counts.expired(lost.reads()));
                }
              });
    }
    Map<Integer, Long> settled = new HashMap<>(committing);
    passages.forEach(
        (partition, passage) -> {
          if (passage.pending() != null) {
            add(partition, "", Counts.expired(passage.pending().reads()));
            settled.putIfAbsent(partition, passage.pending().to());
            passage.settle();
          }
          settled.computeIfPresent(partition, (p, offset) -> passage.beyondLost(offset));
        });
    requireAllOf(settled.keySet());
    return settled;
  }

  /** Kafka Streams may remember what a task had polled before it was closed. */
  private void requirePolled(int partition, long offset) {
    Opening opening = openings.get(partition);
    if (opening != null && offset > Math.max(opening.from(), opening.polledTo().getAsLong())) {
      throw new TransactionLostException(
          "%s-%d was to be committed at offset %d, and was not read to there"
              .formatted(log.topic(), partition, offset));
    }
  }

  /**
   * Where a task could not write, Kafka Streams commits the thread's other tasks, and with them
   * what that task has written.
   */
  private void requireAllOf(Set<Integer> committing) {
    changed.stream()
        .map(Account::partition)
        .filter(partition -> !committing.contains(partition))
        .findFirst()
        .ifPresent(
            partition -> {
              throw new TransactionLostException(
                  "outcomes of %s-%d were to be committed without its offset"
                      .formatted(log.topic(), partition));
            });
  }

  /** Kafka's client does not say it, and goes on in the new topic where it was in the old one. */
  private void requireSameTopic() {
    if (!openings.isEmpty()) {
      String now;
      try {
        now = log.topicId();
      } catch (UnknownTopicOrPartitionException e) {
        throw new ReadsAnewException(
            log.topic() + " was deleted while it was read: what it held unread is gone");
      }
      if (openings.values().stream().anyMatch(each -> !each.readsTopic().equals(now))) {
        throw anew();
      }
    }
  }

  /** The id of the topic that a partition's reads are of; empty if the partition is not open. */
  String readsTopic(int partition) {
    return openings.containsKey(partition) ? openings.get(partition).readsTopic() : "";
  }

  /** The offset up to which an open partition is accounted for; -1 if it is not open. */
  long nextOffset(int partition) {
    return passages.containsKey(partition) ? passages.get(partition).next() : -1;
  }

  /**
   * Forgets a partition. What was counted since the last commit is taken back: its transaction
   * aborts too, or it would have been committed before.
   */
  public void close(int partition) {
    partitions.remove(partition);
    passages.remove(partition);
    openings.remove(partition);
    changed.removeIf(account -> account.partition() == partition);
  }

  /** An account and how it stands. */
  record Balance(Account account, Counts counts) {}

  /**
   * The accounts that have changed since this was last asked.
   *
   * @throws IllegalStateException if a read was received and has no outcome: a transaction must not
   *     be committed between the two
   */
  List<Balance> takeChanges() {
    List<Balance> changes =
        changed.stream().map(account -> new Balance(account, counts(account))).toList();
    changes.stream()
        .filter(change -> !change.counts().balance())
        .findFirst()
        .ifPresent(
            change -> {
              throw new IllegalStateException("received is not the sum of the outcomes: " + change);
            });
    changed.clear();
    return changes;
  }

  /** How an account stands; none if its partition is not open or the sample was never seen. */
  public Counts counts(Account account) {
    return partitions
        .getOrDefault(account.partition(), Map.of())
        .getOrDefault(account.sampleId(), Counts.NONE);
  }
}
