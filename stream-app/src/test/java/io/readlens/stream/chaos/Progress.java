package io.readlens.stream.chaos;

import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * How far an application has come, in the broker's eyes.
 *
 * <p>Threading: safe for use by many threads.
 */
final class Progress implements AutoCloseable {
  /** Of each topic; the reads topic may be given more. */
  static final int PARTITIONS = 4;

  /** However long the broker stays away, and however busy the machine is. */
  private static final Map<String, String> PATIENT =
      Map.of("default.api.timeout.ms", "3600000", "request.timeout.ms", "30000");

  /**
   * A moment.
   *
   * @param consumed how many records of the reads topic have their offsets committed, or are gone
   *     with it
   * @param partitions how many partitions of it have an offset that is committed
   * @param stable up to where read_committed consumers can read the written topics
   * @param written the written topics' ends
   */
  record Snapshot(
      long consumed,
      int partitions,
      Map<TopicPartition, Long> stable,
      Map<TopicPartition, Long> written) {
    /** Whether no transaction is open. */
    boolean isSettled() {
      return isSettledUpTo(this);
    }

    /** Whether no transaction is open that had written anything by another moment. */
    boolean isSettledUpTo(Snapshot other) {
      return other.written.entrySet().stream()
          .allMatch(end -> stable.get(end.getKey()) >= end.getValue());
    }
  }

  private final Admin admin;
  private final String group;
  private final Map<TopicPartition, OffsetSpec> ends;
  private volatile long gone;

  /**
   * @param group the application's id
   */
  Progress(Map<String, String> client, String group, Topics topics) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.putAll(PATIENT);
    admin = Admin.create(settings);
    this.group = group;
    ends =
        Stream.of(topics.explanations(), topics.deadLetters(), topics.ledger())
            .map(Topic::name)
            .flatMap(
                topic ->
                    IntStream.range(0, PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
            .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
  }

  Snapshot look() {
    var offsets = get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    long consumed = gone + offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    Map<TopicPartition, Long> stable = ends(IsolationLevel.READ_COMMITTED);
    return new Snapshot(consumed, offsets.size(), stable, ends(IsolationLevel.READ_UNCOMMITTED));
  }

  /** The reads topic was created anew; so many reads were sent before. */
  void beginAnew(long sent) {
    gone = sent;
  }

  /** Whether the group has so many members, and each knows its partitions. */
  boolean isStable(int members) {
    try {
      ConsumerGroupDescription found =
          get(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
      return found.groupState() == GroupState.STABLE && found.members().size() == members;
    } catch (CompletionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return false; // Nobody has joined it yet.
      }
      throw e;
    }
  }

  private Map<TopicPartition, Long> ends(IsolationLevel isolation) {
    return get(admin.listOffsets(ends, new ListOffsetsOptions(isolation)).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }

  private static <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the broker", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
