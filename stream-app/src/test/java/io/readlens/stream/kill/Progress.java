package io.readlens.stream.kill;

import io.readlens.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * How far an application has come, in the broker's eyes.
 *
 * <p>Threading: safe for use by many threads.
 */
final class Progress implements AutoCloseable {
  /**
   * A moment.
   *
   * @param consumed how many records of the reads topic have their offsets committed
   * @param stable up to where read_committed consumers can read the written topics
   * @param written the written topics' ends
   */
  record Snapshot(
      long consumed, Map<TopicPartition, Long> stable, Map<TopicPartition, Long> written) {
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

  /**
   * @param group the application's id
   * @param partitions of each topic
   */
  Progress(String bootstrapServers, String group, Topics topics, int partitions) {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.group = group;
    ends =
        Stream.of(topics.explanations().name(), topics.deadLetters().name())
            .flatMap(
                topic ->
                    IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
            .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
  }

  Snapshot look() {
    long consumed =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).values().stream()
            .mapToLong(OffsetAndMetadata::offset)
            .sum();
    Map<TopicPartition, Long> stable = ends(IsolationLevel.READ_COMMITTED);
    return new Snapshot(consumed, stable, ends(IsolationLevel.READ_UNCOMMITTED));
  }

  /**
   * The ids of the producers of the written topics, and how many records each has there in a
   * transaction that is open. Only one application writes to a partition at a time.
   */
  Map<Long, Long> producers() {
    Map<Long, Long> open = new HashMap<>();
    Map<TopicPartition, Long> written = ends(IsolationLevel.READ_UNCOMMITTED);
    get(admin.describeProducers(ends.keySet()).all())
        .forEach(
            (partition, state) ->
                state
                    .activeProducers()
                    .forEach(
                        producer -> {
                          long end = written.get(partition);
                          long start = producer.currentTransactionStartOffset().orElse(end);
                          open.merge(producer.producerId(), Math.max(0, end - start), Long::sum);
                        }));
    return open;
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
