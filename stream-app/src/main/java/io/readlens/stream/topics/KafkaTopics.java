package io.readlens.stream.topics;

import io.readlens.model.process.Why;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of one cluster. Every method throws {@link TopicsException} if the brokers do not
 * answer in time or refuse.
 *
 * <p>Threading: safe for use by several threads.
 */
public final class KafkaTopics implements AutoCloseable {
  /** As many replicas as the brokers are configured to give. */
  public static final short BROKERS_REPLICATION = -1;

  /** What Kafka's admin client waits for brokers unless the properties say otherwise. */
  private static final Duration KAFKAS_PATIENCE = Duration.ofSeconds(60);

  /**
   * How long a topic that somebody else may have created just before may take to be known to the
   * broker asked. Whoever has forgotten to create it waits as long for being told so. One that
   * Kafka has confirmed is waited for as long as an answer is.
   */
  public static final Duration TOPIC_PATIENCE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

  private final Admin admin;
  private final String brokers;
  private final Patience patience;

  private KafkaTopics(Admin admin, String brokers, Patience patience) {
    this.admin = admin;
    this.brokers = brokers;
    this.patience = patience;
  }

  /**
   * Asks the brokers nothing yet.
   *
   * @param properties what an admin client needs to connect; {@code default.api.timeout.ms} is how
   *     long the brokers may take to answer, 60 s unless set
   * @throws TopicsException if Kafka's client refuses the properties
   */
  public static KafkaTopics connect(Map<String, String> properties) {
    try {
      return new KafkaTopics(
          Admin.create(new HashMap<>(properties)),
          properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG),
          new Patience(patience(properties)));
    } catch (KafkaException e) {
      throw new TopicsException("Kafka's client cannot start: " + Why.of(e), e);
    }
  }

  private static Duration patience(Map<String, String> properties) {
    // Kafka's client has refused what is no number.
    String millis = properties.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
    return millis == null
        ? KAFKAS_PATIENCE
        : Duration.ofMillis(Math.max(1, Long.parseLong(millis.strip())));
  }

  /**
   * Creates those of ReadLens's topics that are missing, compares those that are not, and returns
   * when all their partitions can be written to. How many partitions a topic has that is there
   * already is left as it is, with one exception: the ledger is given as many as the reads topic
   * has, if it has fewer.
   *
   * @param partitions of each topic that is created; empty: as declared. Where it is given, a reads
   *     topic of another number differs
   * @param replicas of each partition, or {@link #BROKERS_REPLICATION}
   * @return one for each topic, in order
   */
  public List<Creation> create(Topics topics, OptionalInt partitions, short replicas) {
    List<Creation> creations = new ArrayList<>();
    for (Topic<?> declared : topics.all()) {
      Topic<?> topic =
          partitions.isPresent() ? declared.withPartitions(partitions.getAsInt()) : declared;
      if (topic.name().equals(topics.ledger().name())) {
        creations.add(asking(() -> ledger(topic, topics.reads(), replicas)));
      } else {
        boolean counts = partitions.isPresent() && topic.name().equals(topics.reads().name());
        creations.add(asking(() -> creation(topic, created(topic, replicas), counts)));
      }
    }
    return creations;
  }

  /**
   * As {@link #create(Topics, OptionalInt, short)}, for topics that have nothing to do with each
   * other.
   */
  public List<Creation> create(List<Topic<?>> topics, short replicas) {
    return asking(
        () -> {
          Map<Topic<?>, KafkaFuture<Void>> futures = new HashMap<>();
          topics.forEach(topic -> futures.put(topic, created(topic, replicas)));
          return topics.stream().map(topic -> creation(topic, futures.get(topic), true)).toList();
        });
  }

  private KafkaFuture<Void> created(Topic<?> topic, short replicas) {
    NewTopic wanted =
        new NewTopic(topic.name(), topic.partitions(), replicas).configs(topic.configs());
    return admin.createTopics(List.of(wanted)).all();
  }

  private Creation creation(Topic<?> wanted, KafkaFuture<Void> created, boolean countsPartitions) {
    boolean found = false;
    try {
      Rights.ask(AclOperation.CREATE, wanted.name(), created);
    } catch (TopicExistsException e) {
      found = true;
    }
    ExistingTopic topic = onceKnown(patience.limit(), () -> existing(wanted));
    return found
        ? new Creation(
            wanted.name(), Optional.empty(), differences(wanted, topic, countsPartitions))
        : new Creation(wanted.name(), Optional.of("created"), List.of());
  }

  /** The ledger: partition p counts the reads of partition p. */
  private Creation ledger(Topic<?> declared, Topic<?> reads, short replicas) {
    int wanted = onceKnown(patience.limit(), () -> existing(reads)).partitions();
    Topic<?> ledger = declared.withPartitions(wanted);
    Creation creation = creation(ledger, created(ledger, replicas), false);
    int found = existing(ledger).partitions();
    if (found >= wanted) {
      return creation;
    }
    Rights.ask(
        AclOperation.ALTER,
        ledger.name(),
        admin.createPartitions(Map.of(ledger.name(), NewPartitions.increaseTo(wanted))).all());
    awaitPartitions(ledger, wanted);
    return new Creation(
        ledger.name(),
        Optional.of(
            "grown from %d to %d partitions, as many as %s has"
                .formatted(found, wanted, reads.name())),
        creation.differences());
  }

  private void awaitPartitions(Topic<?> topic, int wanted) {
    long deadline = System.nanoTime() + patience.limit().toNanos();
    while (existing(topic).partitions() < wanted) {
      if (System.nanoTime() - deadline > 0) {
        throw new TopicsException(
            "%s was given %d partitions, and does not show them after %d s"
                .formatted(topic.name(), wanted, patience.limit().toSeconds()));
      }
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
  }

  private static List<String> differences(
      Topic<?> wanted, ExistingTopic found, boolean countsPartitions) {
    List<String> differences = new ArrayList<>();
    if (countsPartitions && found.partitions() != wanted.partitions()) {
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
   * @throws TopicsException if there is no such topic, or the user may not write to it, too
   */
  public void requireWritable(Topic<?> topic) {
    require(topic, AclOperation.WRITE);
  }

  /**
   * Returns when every partition of a topic can be read.
   *
   * @throws TopicsException if there is no such topic, or the user may not read it, too
   */
  public void requireReadable(Topic<?> topic) {
    require(topic, AclOperation.READ);
  }

  private void require(Topic<?> topic, AclOperation operation) {
    asking(
        () -> {
          Rights.require(admin, Map.of(topic.name(), Set.of(operation)));
          try {
            return onceKnown(
                TOPIC_PATIENCE, () -> endOffsets(topic.name(), ledPartitions(topic.name())));
          } catch (UnknownTopicOrPartitionException e) {
            throw new TopicsException(
                "no topic " + topic.name() + ": create it with " + Remedy.CREATE_TOPICS.command(),
                e);
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
    List<TopicPartitionInfo> partitions = ledPartitions(topic.name());
    SortedMap<String, String> configs = new TreeMap<>();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    for (ConfigEntry entry :
        Rights.ask(
                AclOperation.DESCRIBE_CONFIGS,
                topic.name(),
                admin.describeConfigs(List.of(resource)).values().get(resource))
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

  private List<TopicPartitionInfo> partitions(String topic) {
    return Rights.ask(
            AclOperation.DESCRIBE,
            topic,
            admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
        .partitions();
  }

  /**
   * The partitions of a topic, once all have a leader.
   *
   * @throws TopicsException naming those that have none when patience ends
   */
  private List<TopicPartitionInfo> ledPartitions(String topic) {
    long deadline = System.nanoTime() + patience.limit().toNanos();
    String said = "";
    while (true) {
      List<TopicPartitionInfo> partitions = partitions(topic);
      Optional<String> missing = Leaders.missing(topic, partitions);
      if (missing.isEmpty()) {
        return partitions;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TopicsException(
            "%s (waited %d s; patience.seconds lets it take longer)"
                .formatted(missing.get(), patience.limit().toSeconds()));
      }
      if (!missing.get().equals(said)) {
        said = missing.get();
        LOG.warn("waiting, {} s at most: {}", patience.limit().toSeconds(), said);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
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
    BrokerAnswer.of(admin.listOffsets(ends).all(), topic)
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
      return patience.waitFor("Kafka at " + brokers, question);
    } catch (TimeoutException e) {
      throw new TopicsException(BrokerAnswer.late(brokers, patience.limit(), e), e);
    } catch (KafkaException e) {
      throw new TopicsException("Kafka at " + brokers + " refuses: " + Why.of(e), e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
