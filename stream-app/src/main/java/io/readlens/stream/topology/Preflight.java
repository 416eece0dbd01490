package io.readlens.stream.topology;

import io.readlens.avro.LedgerEntry;
import io.readlens.model.process.Why;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.config.Setting;
import io.readlens.stream.ledger.Ledger;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topics.KafkaTopics;
import io.readlens.stream.topics.Rights;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be there before the first poll: the brokers, the topics, the schema registry. Waits for
 * what may still be starting; creates and alters nothing.
 */
final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  /** How long a member that is dead may still be in the group: Kafka's session timeout. */
  private static final Duration MEMBER_PATIENCE = Duration.ofSeconds(8);

  private final Duration limit;
  private final Patience patience;
  private final CountDownLatch closed;

  /**
   * @param patience how long to wait for brokers, and again for the registry
   * @param closed ends every wait when counted down
   */
  Preflight(Duration patience, CountDownLatch closed) {
    this.limit = patience;
    this.patience = new Patience(patience);
    this.closed = closed;
  }

  /**
   * @param properties what an admin client needs to connect
   * @param followsCheckpoints whether published checkpoints are taken up
   * @throws StartException if the brokers cannot be asked, or a topic is missing or would lose
   *     records, or the user may not use it, or the ledger has fewer partitions than the reads
   *     topic
   */
  void requireTopics(Map<String, String> properties, Topics topics, boolean followsCheckpoints) {
    String brokers = properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    Map<String, Object> patient = new HashMap<>(properties);
    patient.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) limit.toMillis());
    patient.put(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(limit.toMillis(), 5000));
    try (Admin admin = Admin.create(patient)) {
      Object unused =
          patience.waitFor(
              "Kafka at " + brokers,
              () -> {
                Rights.require(admin, operations(topics, followsCheckpoints));
                requireExistence(admin, topics.all());
                requireCleanup(admin, topics); // A ledger that will not do need not be grown.
                requireLedgerPartitions(admin, topics.reads(), topics.ledger());
                return topics;
              });
    } catch (TimeoutException e) {
      throw new StartException(BrokerAnswer.late(brokers, limit, e), e);
    } catch (KafkaException e) {
      throw new StartException("Kafka at " + brokers + " refuses: " + Why.of(e), e);
    }
  }

  /**
   * @param properties what an admin client needs to connect
   * @throws StartException if an instance is in the group that has other topics, or an application
   *     in another that writes to the same; one that was killed a moment ago is waited for; if the
   *     user may not use the group, or make transactions
   */
  void requireGroup(Map<String, String> properties, GroupMembers members) {
    long deadline = System.nanoTime() + Math.min(limit.toNanos(), MEMBER_PATIENCE.toNanos());
    try (Admin admin = Admin.create(new HashMap<>(properties))) {
      Rights.requireTransactions(admin, members.application());
      Optional<String> fault = fault(members, admin);
      while (fault.isPresent()) {
        if (System.nanoTime() - deadline > 0 || pause()) {
          throw new StartException(fault.get(), null);
        }
        fault = fault(members, admin);
      }
    } catch (KafkaException e) {
      throw new StartException(
          "cannot ask Kafka for the group %s: %s".formatted(members.application(), Why.of(e)), e);
    }
  }

  private static Optional<String> fault(GroupMembers members, Admin admin) {
    return members.fault(admin).or(() -> members.rival(admin).map(GroupMembers.Rival::fault));
  }

  /**
   * Has reading begin where a reads topic that was created anew does.
   *
   * @throws StartException if an instance still reads the one before; one that was killed a moment
   *     ago is waited for
   */
  void requireOffsets(Ledger ledger, String application) {
    long deadline = System.nanoTime() + Math.min(limit.toNanos(), MEMBER_PATIENCE.toNanos());
    while (true) {
      try {
        ledger.setBackIfAnew();
        return;
      } catch (UnknownMemberIdException e) {
        if (System.nanoTime() - deadline > 0 || pause()) {
          throw new StartException(
              "the reads topic was created anew, and another instance of %s is still at work: stop"
                      .formatted(application)
                  + " all of them, then start again",
              e);
        }
      } catch (KafkaException e) {
        throw new StartException(
            "cannot ask Kafka where %s has got: %s".formatted(application, Why.of(e)), e);
      } catch (IllegalStateException e) {
        throw new StartException(e.getMessage(), e);
      }
    }
  }

  private static Map<String, Set<AclOperation>> operations(
      Topics topics, boolean followsCheckpoints) {
    return Map.of(
        topics.reads().name(),
        Set.of(AclOperation.READ),
        topics.explanations().name(),
        Set.of(AclOperation.WRITE),
        topics.deadLetters().name(),
        Set.of(AclOperation.WRITE),
        topics.ledger().name(),
        Set.of(AclOperation.READ, AclOperation.WRITE),
        topics.checkpoints().name(),
        followsCheckpoints
            ? Set.of(AclOperation.READ, AclOperation.WRITE)
            : Set.of(AclOperation.DESCRIBE));
  }

  private void requireExistence(Admin admin, List<Topic<?>> topics) {
    long deadline = System.nanoTime() + KafkaTopics.TOPIC_PATIENCE.toNanos();
    List<String> missing = missing(admin, topics);
    while (!missing.isEmpty()) {
      if (System.nanoTime() > deadline || pause()) {
        throw new StartException(
            "no topic "
                + String.join(", ", missing)
                + ": create what is missing with "
                + Remedy.CREATE_TOPICS.command(),
            null);
      }
      missing = missing(admin, topics);
    }
  }

  private static List<String> missing(Admin admin, List<Topic<?>> topics) {
    List<String> missing = new ArrayList<>();
    admin
        .describeTopics(topics.stream().map(Topic::name).toList())
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                BrokerAnswer.of(description, name);
              } catch (UnknownTopicOrPartitionException e) {
                missing.add(name);
              }
            });
    return missing.stream().sorted().toList();
  }

  /** Partition p of the ledger counts the reads of partition p; it may have more. */
  private static void requireLedgerPartitions(Admin admin, Topic<?> reads, Topic<?> ledger) {
    int wanted = partitions(admin, reads);
    int found = partitions(admin, ledger);
    if (found < wanted) {
      throw new StartException(tooFew(ledger, found, reads, wanted), null);
    }
  }

  static String tooFew(Topic<?> ledger, int found, Topic<?> reads, int wanted) {
    return "topic %s has %d partitions, and %s has %d: give the ledger as many with %s"
        .formatted(ledger.name(), found, reads.name(), wanted, Remedy.GROW_LEDGER.command());
  }

  private static int partitions(Admin admin, Topic<?> topic) {
    return BrokerAnswer.of(
            admin.describeTopics(List.of(topic.name())).topicNameValues().get(topic.name()))
        .partitions()
        .size();
  }

  private static void requireCleanup(Admin admin, Topics topics) {
    try {
      for (Map.Entry<Topic<?>, String> fault : cleanupFaults(admin, topics).entrySet()) {
        throw new StartException(willNotDo(fault.getKey(), topics, fault.getValue()), null);
      }
    } catch (AuthorizationException e) {
      LOG.info("no ACL for DESCRIBE_CONFIGS on the topics; taking their configuration to be right");
    }
  }

  static String willNotDo(Topic<?> topic, Topics topics, String fault) {
    String setting = Setting.ofTopic(topic, topics).key();
    return "topic %s%s: create another with %s, and set %s to its name"
        .formatted(
            topic.name(),
            fault,
            Remedy.CREATE_ANOTHER_TOPIC.command(setting, topic.name() + ".new"),
            setting);
  }

  /**
   * What is wrong with the topics' clean-up, to follow the topic's name.
   *
   * @throws AuthorizationException if the user may not see it
   */
  static Map<Topic<?>, String> cleanupFaults(Admin admin, Topics topics) {
    List<ConfigResource> resources =
        topics.all().stream()
            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
            .toList();
    Map<ConfigResource, Config> configs = BrokerAnswer.of(admin.describeConfigs(resources).all());
    Map<Topic<?>, String> faults = new LinkedHashMap<>();
    for (Topic<?> topic : topics.all()) {
      ConfigEntry cleanup =
          configs
              .get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
              .get(TopicConfig.CLEANUP_POLICY_CONFIG);
      if (cleanup != null) {
        fault(topic, cleanup.value()).ifPresent(fault -> faults.put(topic, fault));
      }
    }
    return faults;
  }

  private static Optional<String> fault(Topic<?> topic, String cleanup) {
    if (topic.isCompacted()) {
      return cleanup.equals(TopicConfig.CLEANUP_POLICY_COMPACT)
          ? Optional.empty()
          : Optional.of(
              " has cleanup.policy="
                  + cleanup
                  + ", not compact, and would lose "
                  + (topic.type() == LedgerEntry.class
                      ? "counts"
                      : "which checkpoint is in force"));
    }
    return cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT)
        ? Optional.of(" is compacted and would lose one of two mates, which share a key")
        : Optional.empty();
  }

  /**
   * @param probe asks the registry for all that will be needed
   * @throws StartException if the registry cannot be reached, or refuses
   */
  void requireRegistry(Runnable probe) {
    try {
      Object unused =
          patience.retry(
              "the schema registry",
              () -> {
                probe.run();
                return probe;
              },
              e -> e instanceof RegistryException failure && failure.mayPass(),
              closed);
    } catch (RegistryException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  /** Waits a moment; true if the application was closed meanwhile. */
  private boolean pause() {
    try {
      return closed.await(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
