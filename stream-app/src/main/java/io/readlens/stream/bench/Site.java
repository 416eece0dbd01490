package io.readlens.stream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.Explanation;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topics.KafkaTopics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker and a registry to measure on. Each application gets an id and output topics of its own;
 * a reads topic may serve several, one after the other.
 *
 * <p>Threading: one thread.
 */
final class Site implements AutoCloseable {
  private static final int BATCH_BYTES = 128 * 1024;
  private static final Duration LOOK = Duration.ofMillis(40);

  /** With no read answered for so long, the application does not work. */
  private static final Duration STALLED = Duration.ofMinutes(5);

  private final Map<String, String> connection;
  private final Narrator narrator;
  private final Registry registry;
  private final Admin admin;
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private int named;

  /**
   * @param connection {@code bootstrap.servers} and {@code schema.registry.url}
   */
  Site(Map<String, String> connection, Narrator narrator) {
    this.connection = Map.copyOf(connection);
    this.narrator = narrator;
    AppConfig config = AppConfig.of(new Properties(), connection);
    registry = Registry.connect(config.registry());
    admin = Admin.create(new HashMap<>(config.adminProperties()));
  }

  private String unique(String name) {
    named++;
    return "bench-" + run + "-" + named + "-" + name;
  }

  /** A new topic with reads in it, as many on each partition. */
  Topic<SequencingRead> reads(String name, int partitions, List<SequencingRead> reads, long count) {
    Topic<SequencingRead> topic = emptyReads(name, partitions);
    feed(topic, reads, count);
    return topic;
  }

  /** A new topic for reads. */
  Topic<SequencingRead> emptyReads(String name, int partitions) {
    Topic<SequencingRead> topic =
        Topics.standard().reads().named(unique(name + "-reads")).withPartitions(partitions);
    create(List.of(topic));
    return topic;
  }

  private void create(List<Topic<?>> topics) {
    try (KafkaTopics kafka = KafkaTopics.connect(connection)) {
      kafka.create(topics, KafkaTopics.BROKERS_REPLICATION);
    }
  }

  /** Sends the reads, over and over, until so many are sent. */
  private void feed(Topic<SequencingRead> topic, List<SequencingRead> reads, long count) {
    List<byte[]> keys = reads.stream().map(read -> read.getReadId().getBytes(UTF_8)).toList();
    List<byte[]> values = reads.stream().map(read -> encode(topic, read)).toList();
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer = producer(20)) {
      for (long i = 0; i < count && failure.get() == null; i++) {
        int which = (int) (i % reads.size());
        int partition = (int) (i % topic.partitions());
        var unused =
            producer.send(
                new ProducerRecord<>(topic.name(), partition, keys.get(which), values.get(which)),
                (sent, e) -> failure.compareAndSet(null, e));
        narrator.done(i, count);
      }
    }
    if (failure.get() != null) {
      throw new KafkaException("a read could not be sent", failure.get());
    }
  }

  /** An explanation, of what its topic has. */
  Explanation decode(Topic<Explanation> topic, byte[] value) {
    return topic.serde(registry).deserialize(topic.name(), value);
  }

  /** A read as the topic has it. */
  byte[] encode(Topic<SequencingRead> topic, SequencingRead read) {
    return topic.serde(registry).serialize(topic.name(), read);
  }

  /**
   * A producer of reads.
   *
   * @param lingerMillis how long a read may wait for company
   */
  KafkaProducer<byte[], byte[]> producer(int lingerMillis) {
    AppConfig config = AppConfig.of(new Properties(), connection);
    Map<String, Object> settings = new HashMap<>(config.producerProperties());
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    settings.put(ProducerConfig.COMPRESSION_GZIP_LEVEL_CONFIG, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * A new application on a reads topic, its output topics created.
   *
   * @param settings beside the defaults
   */
  AppConfig application(String name, Topic<SequencingRead> reads, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(connection);
    all.putAll(settings);
    String id = unique(name);
    all.put("application.id", id);
    all.put("topic.reads", reads.name());
    all.put("topic.explanations", id + "-explanations");
    all.put("topic.dead-letters", id + "-dead-letters");
    all.put("topic.ledger", id + "-ledger");
    all.put("topic.checkpoints", id + "-checkpoints");
    AppConfig config = AppConfig.of(new Properties(), all);
    create(
        List.of(
            config.topics().explanations().withPartitions(reads.partitions()),
            config.topics().deadLetters(),
            config.topics().ledger().withPartitions(reads.partitions()),
            config.topics().checkpoints()));
    return config;
  }

  /** An application's settings, as another JVM may be told them; the defaults left out. */
  Map<String, String> settings(AppConfig config) {
    Map<String, String> settings = new HashMap<>(connection);
    settings.put("application.id", config.kafka().get("application.id"));
    settings.put("topic.reads", config.topics().reads().name());
    settings.put("topic.explanations", config.topics().explanations().name());
    settings.put("topic.dead-letters", config.topics().deadLetters().name());
    settings.put("topic.ledger", config.topics().ledger().name());
    settings.put("topic.checkpoints", config.topics().checkpoints().name());
    return settings;
  }

  /** How many reads have an outcome that is committed. */
  long answered(AppConfig config) {
    String group = config.kafka().get("application.id");
    Map<TopicPartition, OffsetAndMetadata> committed =
        BrokerAnswer.of(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    return committed.values().stream()
        .filter(offset -> offset != null)
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  /**
   * Whether so many stream threads are at work on as many partitions each, and no rebalance is on.
   */
  boolean isSpread(AppConfig config, int threads) {
    String group = config.kafka().get("application.id");
    ConsumerGroupDescription found =
        BrokerAnswer.of(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
    return found.groupState() == GroupState.STABLE
        && found.members().size() == threads
        && found.members().stream()
                .map(member -> member.assignment().topicPartitions().size())
                .distinct()
                .count()
            == 1;
  }

  /**
   * Waits until so many reads are answered.
   *
   * @param alive throws if they never will be
   * @return how many there are then
   */
  long await(AppConfig config, long reads, Runnable alive) {
    long before = -1;
    long changed = System.nanoTime();
    while (true) {
      long answered = answered(config);
      if (answered >= reads) {
        return answered;
      }
      alive.run();
      if (answered > before) {
        before = answered;
        changed = System.nanoTime();
      } else if (System.nanoTime() - changed > STALLED.toNanos()) {
        throw new IllegalStateException("no read was answered in " + STALLED.toMinutes() + " min");
      }
      narrator.done(answered, reads);
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /**
   * The rate between two moments: when so many reads were answered, and when so many. Where a
   * single commit answers more than all of them, the wait for it counts as well.
   *
   * @param alive throws if they never will be
   */
  Rate rate(AppConfig config, long from, long to, Runnable alive) {
    Rate.Start waiting = Rate.Start.now();
    long first = await(config, from, alive);
    if (first >= to) {
      return waiting.until(first);
    }
    Rate.Start start = Rate.Start.now();
    return start.until(await(config, to, alive) - first);
  }

  /** Deletes an application's output, so that the disk holds one turn at a time. */
  void discardOutput(AppConfig config) {
    discard(
        config.topics().explanations().name(),
        config.topics().deadLetters().name(),
        config.topics().ledger().name(),
        config.topics().checkpoints().name());
  }

  void discard(String... topics) {
    BrokerAnswer.of(admin.deleteTopics(List.of(topics)).all());
  }

  @Override
  public void close() {
    admin.close();
    registry.close();
  }
}
