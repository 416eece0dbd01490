package io.readlens.stream.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A read_committed consumer of a topic that stays through it all, and says how far it has come.
 *
 * <p>Threading: safe for use by many threads; consumes on one of its own.
 */
final class Watch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> reached = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::consume, "chaos-watch");
  private volatile boolean closed;

  Watch(Map<String, String> client, String topic) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    partitions.forEach(partition -> reached.put(partition, -1L));
    consumer.assign(partitions);
    thread.start();
  }

  private void consume() {
    while (!closed) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        reached.put(new TopicPartition(record.topic(), record.partition()), record.offset());
      }
    }
  }

  /** The offset of the last record of each partition that was seen; -1 before the first. */
  Map<TopicPartition, Long> reached() {
    return Map.copyOf(reached);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }
}
