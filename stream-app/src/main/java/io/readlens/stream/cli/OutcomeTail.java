package io.readlens.stream.cli;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.LedgerView;
import io.readlens.stream.topics.BrokerAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads committed outcomes from now on and the ledger, as any consumer of the topics would, and
 * knows how many reads they must be for: those that the application has not answered yet.
 *
 * <p>Threading: one thread, but for {@link #giveUp}.
 */
final class OutcomeTail implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Admin admin;
  private final Topics topics;
  private final Deserializer<Explanation> explanations;
  private final Deserializer<DeadLetter> deadLetters;
  private final List<TopicPartition> reads;
  private final Map<TopicPartition, Long> readsBefore;
  private final LedgerView ledger;
  private final Counts ledgerBefore;

  /**
   * Begins before the application starts, or its first outcomes could be missed.
   *
   * @param config where the brokers are, and how long they may take to answer
   * @param application the application's id, which is also its consumer group's
   * @param registry stays open
   */
  OutcomeTail(AppConfig config, String application, Registry registry) {
    Map<String, String> properties = config.adminProperties();
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    topics = config.topics();
    explanations = topics.explanations().serde(registry).deserializer();
    deadLetters = topics.deadLetters().serde(registry).deserializer();
    List<TopicPartition> outcomes = new ArrayList<>(partitions(topics.explanations()));
    outcomes.addAll(partitions(topics.deadLetters()));
    consumer.assign(outcomes);
    consumer.seekToEnd(outcomes);
    outcomes.forEach(consumer::position);
    admin = Admin.create(new HashMap<>(properties));
    reads = partitions(topics.reads());
    readsBefore = answered(application);
    ledger = LedgerView.of(properties, topics.ledger(), registry);
    if (!ledger.catchUp(config.patience().limit())) {
      throw new KafkaException(
          "the ledger was not read in %d s".formatted(config.patience().limit().toSeconds()));
    }
    ledgerBefore = ledger.total();
  }

  /** Where the application left off in each partition of the reads topic, in earlier runs. */
  private Map<TopicPartition, Long> answered(String application) {
    Map<TopicPartition, OffsetAndMetadata> committed =
        BrokerAnswer.of(
            admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
    Map<TopicPartition, Long> before = new HashMap<>();
    for (TopicPartition partition : reads) {
      OffsetAndMetadata offset = committed.get(partition);
      before.put(partition, offset == null ? 0 : offset.offset());
    }
    return before;
  }

  /** The broker's count of the records in each partition of the reads topic. */
  private Map<TopicPartition, Long> endOffsets() {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    reads.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    BrokerAnswer.of(admin.listOffsets(latest).all())
        .forEach((p, info) -> ends.put(p, info.offset()));
    return ends;
  }

  private List<TopicPartition> partitions(Topic<?> topic) {
    return consumer.partitionsFor(topic.name()).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /** Reads on the reads topic that had no outcome when this tail began: counted by the broker. */
  long received() {
    Map<TopicPartition, Long> now = endOffsets();
    return reads.stream().mapToLong(p -> now.get(p) - readsBefore.get(p)).sum();
  }

  /** Waits for outcomes up to a time, and hands them over. */
  void poll(Duration atMost, Consumer<Explanation> explained, Consumer<DeadLetter> deadLettered) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
      if (record.topic().equals(topics.explanations().name())) {
        explained.accept(explanations.deserialize(record.topic(), record.value()));
      } else {
        deadLettered.accept(deadLetters.deserialize(record.topic(), record.value()));
      }
    }
  }

  /** What the ledger counted before this tail began. */
  Counts ledgerBefore() {
    return ledgerBefore;
  }

  /** What the ledger has counted as far as is known; waits for nothing. */
  Counts ledger() {
    ledger.poll(Duration.ZERO);
    return ledger.total();
  }

  /** Has what the broker is being asked fail, for it is gone; by any thread. */
  void giveUp() {
    admin.close(Duration.ZERO);
  }

  @Override
  public void close() {
    try (admin;
        ledger) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
