package io.readlens.stream.ledger;

import io.readlens.stream.topics.BrokerAnswer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the brokers know of the reads topic: where its partitions begin and end, and how far the
 * application has committed. Every method throws {@link KafkaException} if they do not answer.
 *
 * <p>Threading: safe for use by many threads.
 */
public class ReadsLog implements AutoCloseable {
  /** A broker that has just come back may not know of every topic yet. */
  private static final Duration TOPIC_PATIENCE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  /** How long brokers may take to show what lies between two offsets. */
  private static final Duration READING = Duration.ofSeconds(30);

  private final Map<String, String> properties;
  private final String topic;
  private final String group;
  private Admin admin;
  private boolean closed;

  /**
   * Asks nothing yet.
   *
   * @param properties what an admin client needs to connect
   * @param group the consumer group of the application, its {@code application.id}
   */
  public ReadsLog(Map<String, String> properties, String topic, String group) {
    this.properties = Map.copyOf(properties);
    this.topic = topic;
    this.group = group;
  }

  /** The topic's name. */
  String topic() {
    return topic;
  }

  /**
   * The offset from which the application goes on in a partition, once no transaction that may
   * change it is open; empty if it never committed one there or the brokers have forgotten it.
   */
  OptionalLong committed(int partition) {
    Long offset = committed().get(partition);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /**
   * Kafka's id of the topic, which one that is created anew has not.
   *
   * @throws UnknownTopicOrPartitionException if there is no such topic, not for a moment only
   */
  String topicId() {
    return description().topicId().toString();
  }

  /** The partitions that the topic has. */
  Set<Integer> partitions() {
    return description().partitions().stream()
        .map(TopicPartitionInfo::partition)
        .collect(Collectors.toSet());
  }

  private TopicDescription description() {
    long deadline = System.nanoTime() + TOPIC_PATIENCE.toNanos();
    while (true) {
      try {
        return BrokerAnswer.of(admin().describeTopics(Set.of(topic)).topicNameValues().get(topic));
      } catch (UnknownTopicOrPartitionException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }

  /**
   * The offsets from which the application goes on, by partition, once no transaction that may
   * change them is open; none where it never read.
   */
  Map<Integer, Long> committed() {
    Map<Integer, Long> offsets = new HashMap<>();
    BrokerAnswer.of(
            admin()
                .listConsumerGroupOffsets(
                    group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata())
        .forEach(
            (partition, offset) -> {
              if (partition.topic().equals(topic) && offset != null) {
                offsets.put(partition.partition(), offset.offset());
              }
            });
    return offsets;
  }

  /**
   * Has the application go on from other offsets.
   *
   * @throws UnknownMemberIdException if an instance of it is at work
   */
  void setBack(Map<Integer, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> wanted = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            wanted.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
    BrokerAnswer.of(admin().alterConsumerGroupOffsets(group, wanted).all());
  }

  /** The lowest offsets that some partitions still hold. */
  Map<Integer, Long> starts(Set<Integer> partitions) {
    return offsets(partitions, OffsetSpec.earliest());
  }

  /** The offset that a partition's next record will have. */
  long end(int partition) {
    return offsets(Set.of(partition), OffsetSpec.latest()).get(partition);
  }

  /** Whether a partition holds committed records from one offset to before another. */
  boolean holdsReads(int partition, long from, long to) {
    TopicPartition source = new TopicPartition(topic, partition);
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    long deadline = System.nanoTime() + READING.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(Set.of(source));
      consumer.seek(source, from);
      while (consumer.position(source) < to) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(BETWEEN_TRIES);
        if (!polled.isEmpty()) {
          return polled.iterator().next().offset() < to;
        }
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException(
              "%s was not read from offset %d to %d in %d s"
                  .formatted(source, from, to, READING.toSeconds()));
        }
      }
      return false;
    }
  }

  private Map<Integer, Long> offsets(Set<Integer> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(topic, partition), partition -> which));
    Map<Integer, Long> offsets = new HashMap<>();
    BrokerAnswer.of(admin().listOffsets(asked).all())
        .forEach((partition, found) -> offsets.put(partition.partition(), found.offset()));
    return offsets;
  }

  private synchronized Admin admin() {
    if (closed) {
      throw new KafkaException("the application has been closed");
    }
    if (admin == null) {
      admin = Admin.create(new HashMap<>(properties));
    }
    return admin;
  }

  /** Whoever asks meanwhile, or later, is refused. */
  @Override
  public synchronized void close() {
    closed = true;
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }
}
