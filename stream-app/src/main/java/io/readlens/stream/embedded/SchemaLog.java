package io.readlens.stream.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The compacted topic {@code _schemas}: one partition, written and read back by one process.
 *
 * <p>Every call throws {@link RegistryException} (50001) when the broker does not answer in time.
 *
 * <p>Threading: for one thread at a time, because a Kafka consumer is.
 */
final class SchemaLog implements AutoCloseable {
  private static final String TOPIC = "_schemas";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Duration limit;
  private final KafkaConsumer<String, String> consumer;
  private final KafkaProducer<String, String> producer;

  /**
   * Creates the topic where it does not exist.
   *
   * @param broker what leads a client to it
   * @param limit how long the broker may take to answer
   */
  SchemaLog(Map<String, String> broker, Duration limit) {
    this.limit = limit;
    String millis = Long.toString(limit.toMillis());
    createTopic(broker, millis);
    Map<String, Object> reading = client(broker, millis);
    reading.put("enable.auto.commit", false);
    reading.put("auto.offset.reset", "earliest");
    reading.put("default.api.timeout.ms", millis);
    // The consumer fetches ahead, and the next question for the end waits behind that fetch.
    reading.put("fetch.max.wait.ms", 10);
    consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
    consumer.assign(List.of(PARTITION));
    consumer.seekToBeginning(List.of(PARTITION));
    Map<String, Object> writing = client(broker, millis);
    writing.put("acks", "all");
    writing.put("linger.ms", 0);
    writing.put("max.block.ms", millis);
    writing.put("delivery.timeout.ms", millis);
    producer = new KafkaProducer<>(writing, new StringSerializer(), new StringSerializer());
  }

  /** Returns when the broker has acknowledged the record. */
  void append(LogRecord entry) {
    try {
      producer.send(new ProducerRecord<>(TOPIC, 0, entry.key(), entry.value())).get();
    } catch (ExecutionException e) {
      throw RegistryException.storeFailed(e.getCause());
    } catch (KafkaException e) {
      throw RegistryException.storeFailed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryException.storeFailed(e);
    }
  }

  /** What was appended since the last call that succeeded; at first, everything. */
  List<LogEntry> unread() {
    try {
      long start = consumer.position(PARTITION);
      long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
      try {
        return readTo(end);
      } catch (KafkaException e) {
        consumer.seek(PARTITION, start);
        throw e;
      }
    } catch (KafkaException e) {
      throw RegistryException.storeFailed(e);
    }
  }

  private List<LogEntry> readTo(long end) {
    List<LogEntry> entries = new ArrayList<>();
    long deadline = System.nanoTime() + limit.toNanos();
    while (consumer.position(PARTITION) < end) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("no record of " + PARTITION + " within " + limit);
      }
      for (ConsumerRecord<String, String> entry : consumer.poll(POLL)) {
        entries.add(new LogEntry(entry.offset(), new LogRecord(entry.key(), entry.value())));
      }
    }
    return entries;
  }

  /** Everything written is durable already: there is nothing to wait for. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
    consumer.close();
  }

  private static void createTopic(Map<String, String> broker, String millis) {
    Map<String, Object> settings = client(broker, millis);
    settings.put("default.api.timeout.ms", millis);
    NewTopic topic = new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw RegistryException.storeFailed(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryException.storeFailed(e);
    }
  }

  private static Map<String, Object> client(Map<String, String> broker, String millis) {
    Map<String, Object> settings = new HashMap<>(broker);
    settings.put("client.id", "readlens-embedded-registry");
    settings.put("request.timeout.ms", Long.toString(Long.parseLong(millis) / 2));
    return settings;
  }
}
