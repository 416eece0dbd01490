package io.readlens.stream.topics;

import io.readlens.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of one cluster. Every method throws {@link TopicsException} if the brokers do not
 * answer in time or refuse.
 *
 * <p>Threading: safe for use by several threads.
 */
public final class KafkaTopics implements AutoCloseable {
  /** As many replicas as the brokers are configured to give. */
  public static final short BROKERS_REPLICATION = -1;

  /** Milliseconds to wait for brokers, unless the properties say otherwise. */
  private static final String PATIENCE = "10000";

  /** How long a topic that Kafka has confirmed may take to be known to the broker asked. */
  private static final Duration CREATION_PATIENCE = Duration.ofSeconds(30);

  /** The same for a topic that somebody else may have created just before. */
  private static final Duration TOPIC_PATIENCE = Duration.ofSeconds(2);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  private final Admin admin;
  private final String brokers;

  private KafkaTopics(Admin admin, String brokers) {
    this.admin = admin;
    this.brokers = brokers;
  }

  /**
   * Asks the brokers nothing yet.
   *
   * @param properties what an admin client needs to connect; {@code default.api.timeout.ms} is how
   *     long the brokers may take to answer, 10 s unless set
   * @throws TopicsException if Kafka's client refuses the properties
   */
  public static KafkaTopics connect(Map<String, String> properties) {
    Map<String, Object> settings = new HashMap<>(properties);
    if (!settings.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
      // Kafka refuses a request that may take longer than the whole.
      settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE);
      settings.put(
          AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
          settings.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG));
    }
    try {
      return new KafkaTopics(
          Admin.create(settings), properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
    } catch (KafkaException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new TopicsException("Kafka's client cannot start: " + reason.getMessage(), e);
    }
  }

  /**
   * Creates the topics that are missing, compares those that are not, and returns when all their
   * partitions can be written to.
   *
   * @param replicas of each partition, or {@link #BROKERS_REPLICATION}
   * @return one for each topic, in order
   */
  public List<Creation> create(List<Topic<?>> topics, short replicas) {
    return asking(
        () -> {
          Map<Topic<?>, KafkaFuture<Void>> futures = new HashMap<>();
          for (Topic<?> topic : topics) {
            NewTopic wanted =
                new NewTopic(topic.name(), topic.partitions(), replicas).configs(topic.configs());
            futures.put(topic, admin.createTopics(List.of(wanted)).all());
          }
          return topics.stream().map(topic -> creation(topic, futures.get(topic))).toList();
        });
  }

  private Creation creation(Topic<?> wanted, KafkaFuture<Void> created) {
    boolean found = false;
    try {
      BrokerAnswer.of(created);
    } catch (TopicExistsException e) {
      found = true;
    }
    ExistingTopic topic = onceKnown(CREATION_PATIENCE, () -> existing(wanted));
    return new Creation(wanted.name(), !found, found ? differences(wanted, topic) : List.of());
  }

  private static List<String> differences(Topic<?> wanted, ExistingTopic found) {
    List<String> differences = new ArrayList<>();
    if (found.partitions() != wanted.partitions()) {
      differences.add("partitions=" + found.partitions() + ", wanted " + wanted.partitions());
    }
    new TreeMap<>(wanted.configs())
        .forEach(
            (key, value) -> {
              String actual = found.configs().get(key);
              if (!value.equals(actual)) {
                differences.add(key + "=" + actual + ", wanted " + value);
              }
            });
    return differences;
  }

  /**
   * Returns when every partition of a topic can be written to.
   *
   * @throws TopicsException if there is no such topic, too
   */
  public void requireWritable(Topic<?> topic) {
    asking(
        () -> {
          try {
            return onceKnown(TOPIC_PATIENCE, () -> existing(topic));
          } catch (UnknownTopicOrPartitionException e) {
            throw new TopicsException(
                "no topic " + topic.name() + ": create it with `readlens topics create`", e);
          }
        });
  }

  /** A topic as the cluster has it; empty if it has none of that name. */
  public Optional<ExistingTopic> describe(Topic<?> topic) {
    return asking(
        () -> {
          try {
            return Optional.of(existing(topic));
          } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
          }
        });
  }

  /** Waits for the leader of each partition, for only a leader knows the end offset. */
  private ExistingTopic existing(Topic<?> topic) {
    List<TopicPartitionInfo> partitions =
        BrokerAnswer.of(
                admin.describeTopics(List.of(topic.name())).topicNameValues().get(topic.name()))
            .partitions();
    SortedMap<String, String> configs = new TreeMap<>();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    for (ConfigEntry entry :
        BrokerAnswer.of(admin.describeConfigs(List.of(resource)).values().get(resource))
            .entries()) {
      if (isTold(entry, topic)) {
        configs.put(entry.name(), String.valueOf(entry.value()));
      }
    }
    return new ExistingTopic(
        topic.name(),
        partitions.get(0).replicas().size(),
        configs,
        endOffsets(topic.name(), partitions));
  }

  private static boolean isTold(ConfigEntry entry, Topic<?> topic) {
    return entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
        || topic.configs().containsKey(entry.name());
  }

  private SortedMap<Integer, Long> endOffsets(String topic, List<TopicPartitionInfo> partitions) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (TopicPartitionInfo partition : partitions) {
      ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
    }
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    BrokerAnswer.of(admin.listOffsets(ends).all())
        .forEach((partition, end) -> offsets.put(partition.partition(), end.offset()));
    return offsets;
  }

  /**
   * Asks again for a while when the topic is not known: one that was created a moment ago may not
   * have come round to the broker that is asked, and Kafka's client does not wait for that.
   */
  private static <T> T onceKnown(Duration patience, Supplier<T> question) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return question.get();
      } catch (UnknownTopicOrPartitionException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }

  private <T> T asking(Supplier<T> question) {
    try {
      return question.get();
    } catch (TimeoutException e) {
      throw new TopicsException("no answer from Kafka at " + brokers, e);
    } catch (KafkaException e) {
      throw new TopicsException("Kafka at " + brokers + " refuses: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
