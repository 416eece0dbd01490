package io.readlens.stream.ledger;

import io.readlens.avro.LedgerEntry;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.topics.BrokerAnswer;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The ledger as whoever reads committed records sees it. What it shows is in balance after every
 * poll: each record is.
 *
 * <p>Threading: one thread.
 */
public final class LedgerView implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final RegistrySerde<LedgerEntry> serde;
  private final List<TopicPartition> partitions;
  private final Map<Account, LedgerEntry> entries = new HashMap<>();

  private LedgerView(
      KafkaConsumer<byte[], byte[]> consumer,
      RegistrySerde<LedgerEntry> serde,
      List<TopicPartition> partitions) {
    this.consumer = consumer;
    this.serde = serde;
    this.partitions = partitions;
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * The whole ledger; nothing of it is read yet.
   *
   * @param properties what a client needs to connect
   */
  public static LedgerView of(
      Map<String, String> properties, Topic<LedgerEntry> topic, Registry registry) {
    KafkaConsumer<byte[], byte[]> consumer = consumer(properties);
    int count = consumer.partitionsFor(topic.name()).size();
    return new LedgerView(
        consumer,
        topic.serde(registry),
        IntStream.range(0, count).mapToObj(p -> new TopicPartition(topic.name(), p)).toList());
  }

  /**
   * One partition of it.
   *
   * @throws IllegalStateException if there is no such partition
   */
  static LedgerView ofPartition(
      Map<String, String> properties, Topic<LedgerEntry> topic, Registry registry, int partition) {
    KafkaConsumer<byte[], byte[]> consumer = consumer(properties);
    int count = consumer.partitionsFor(topic.name()).size();
    if (partition >= count) {
      consumer.close();
      String fault =
          "topic %s has %d partitions, none for reads of partition %d"
              .formatted(topic.name(), count, partition);
      throw new IllegalStateException(
          isCompacted(properties, topic)
              ? "%s: give it as many as the reads topic has with %s, then start again"
                  .formatted(fault, Remedy.GROW_LEDGER.command())
              : "%s, and is not compacted: create another with %s, and set topic.ledger to its name"
                  .formatted(
                      fault,
                      Remedy.CREATE_ANOTHER_TOPIC.command("topic.ledger", topic.name() + ".new")));
    }
    return new LedgerView(
        consumer, topic.serde(registry), List.of(new TopicPartition(topic.name(), partition)));
  }

  /** Taken to be so where nobody says. */
  private static boolean isCompacted(Map<String, String> properties, Topic<LedgerEntry> topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    try (Admin admin = Admin.create(new HashMap<>(properties))) {
      ConfigEntry cleanup =
          BrokerAnswer.of(admin.describeConfigs(List.of(resource)).values().get(resource))
              .get(TopicConfig.CLEANUP_POLICY_CONFIG);
      return cleanup == null || cleanup.value().equals(TopicConfig.CLEANUP_POLICY_COMPACT);
    } catch (KafkaException e) {
      return true;
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, String> properties) {
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Waits for entries up to a time, and takes them in. */
  public void poll(Duration atMost) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
      Account account = Account.ofKey(record.key());
      if (record.value() == null) {
        entries.remove(account);
      } else {
        entries.put(account, serde.deserialize(record.topic(), record.value()));
      }
    }
  }

  /**
   * Reads all that is committed by now.
   *
   * @return whether that was done in time
   */
  public boolean catchUp(Duration patience) {
    return readTo(consumer.endOffsets(partitions), patience);
  }

  /** Reads until every record below these offsets is known to be committed or aborted. */
  boolean readTo(Map<TopicPartition, Long> ends, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      poll(MOMENT);
    }
    return true;
  }

  /** The latest entry of each account that was read so far. */
  public Map<Account, LedgerEntry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** The counts of one account; none if it has no entry. */
  public Counts counts(Account account) {
    LedgerEntry entry = entries.get(account);
    return entry == null ? Counts.NONE : Counts.of(entry);
  }

  /** The sum over all samples and partitions. */
  public Counts total() {
    return entries.values().stream().map(Counts::of).reduce(Counts.NONE, Counts::plus);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
