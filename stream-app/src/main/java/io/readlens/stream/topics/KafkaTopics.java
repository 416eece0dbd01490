package io.readlens.stream.topics;

import io.readlens.schemas.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
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
          List<Creation> creations =
              topics.stream().map(topic -> creation(topic, futures.get(topic))).toList();
          return creations;
        });
  }

  private Creation creation(Topic<?> wanted, KafkaFuture<Void> created) {
    try {
      get(created);
    } catch (TopicExistsException e) {
      int partitions = description(wanted.name()).partitions().size();
      endOffsets(wanted.name(), partitions);
      return new Creation(wanted.name(), false, differences(wanted, partitions));
    }
    endOffsets(wanted.name(), wanted.partitions());
    return new Creation(wanted.name(), true, List.of());
  }

  private List<String> differences(Topic<?> wanted, int partitions) {
    List<String> differences = new ArrayList<>();
    if (partitions != wanted.partitions()) {
      differences.add("partitions=" + partitions + ", wanted " + wanted.partitions());
    }
    Config found = config(wanted.name());
    new TreeMap<>(wanted.configs())
        .forEach(
            (key, value) -> {
              ConfigEntry entry = found.get(key);
              String actual = entry == null ? null : entry.value();
              if (!Objects.equals(actual, value)) {
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
    if (describe(topic).isEmpty()) {
      throw new TopicsException(
          "no topic " + topic.name() + ": create it with `readlens topics create`");
    }
  }

  /** A topic as the cluster has it; empty if it has none of that name. */
  public Optional<ExistingTopic> describe(Topic<?> topic) {
    return asking(
        () -> {
          try {
            TopicDescription description = description(topic.name());
            SortedMap<String, String> configs =
                config(topic.name()).entries().stream()
                    .filter(entry -> isTold(entry, topic))
                    .collect(
                        Collectors.toMap(
                            ConfigEntry::name,
                            entry -> String.valueOf(entry.value()),
                            (a, b) -> a,
                            TreeMap::new));
            return Optional.of(
                new ExistingTopic(
                    topic.name(),
                    description.partitions().get(0).replicas().size(),
                    configs,
                    endOffsets(topic.name(), description.partitions().size())));
          } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
          }
        });
  }

  private static boolean isTold(ConfigEntry entry, Topic<?> topic) {
    return entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
        || topic.configs().containsKey(entry.name());
  }

  private TopicDescription description(String topic) {
    return get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
  }

  private Config config(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return get(admin.describeConfigs(List.of(resource)).values().get(resource));
  }

  /** Waits for the leader of each partition: only a leader knows. */
  private SortedMap<Integer, Long> endOffsets(String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> ends =
        IntStream.range(0, partitions)
            .boxed()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(topic, partition),
                    partition -> OffsetSpec.latest()));
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    get(admin.listOffsets(ends).all())
        .forEach((partition, end) -> offsets.put(partition.partition(), end.offset()));
    return offsets;
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

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
