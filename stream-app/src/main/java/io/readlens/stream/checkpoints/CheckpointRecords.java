package io.readlens.stream.checkpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.stream.config.AppConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What stands on the checkpoints topic: the latest value of each key, as far as it was read.
 *
 * <p>Threading: one thread.
 */
final class CheckpointRecords implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, byte[]> latest = new HashMap<>();

  private CheckpointRecords(KafkaConsumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * @throws KafkaException if the topic cannot be read
   */
  static CheckpointRecords connect(AppConfig config) {
    Map<String, Object> settings = new HashMap<>(config.adminProperties());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(config.topics().checkpoints().name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    } catch (KafkaException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw e;
    }
    return new CheckpointRecords(consumer);
  }

  /**
   * Reads all that is there.
   *
   * @return whether that was done in time
   */
  boolean catchUp(Duration patience) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    long deadline = System.nanoTime() + patience.toNanos();
    while (!ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      boolean unused = poll(MOMENT);
    }
    return true;
  }

  /** Reads on for a time; true if another announcement is in force now, or none any more. */
  boolean poll(Duration time) {
    boolean another = false;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
      if (record.key() != null) {
        String key = new String(record.key(), UTF_8);
        another |= key.equals(CheckpointTopic.CURRENT);
        if (record.value() == null) {
          latest.remove(key);
        } else {
          latest.put(key, record.value());
        }
      }
    }
    return another;
  }

  /** The latest value of a key. */
  Optional<byte[]> of(String key) {
    return Optional.ofNullable(latest.get(key));
  }

  /** The latest value of each key. */
  Map<String, byte[]> all() {
    return Map.copyOf(latest);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
