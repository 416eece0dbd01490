package io.readlens.stream.topology;

import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.topics.BrokerAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the topics that are written while the application is at work. Kafka's producers
 * wait for a topic or a partition that is gone as they wait for brokers, and say neither which nor
 * why.
 *
 * <p>What one look shows may be a broker's that is not up to date, or a topic that is about to be
 * created again: it is believed at the second.
 *
 * <p>Threading: one thread.
 */
final class TopicWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

  private static final int BELIEVED = 2;

  private final Topics topics;
  private final List<Topic<?>> written;
  private final Map<String, TopicDescription> known = new HashMap<>();
  private final Map<String, Integer> missed = new HashMap<>();
  private int looksWithTooFew;

  TopicWatch(Topics topics) {
    this.topics = topics;
    this.written = List.of(topics.explanations(), topics.deadLetters(), topics.ledger());
  }

  /**
   * Says what is new, and what can be done.
   *
   * @return why the application cannot go on until somebody has done something, in one line; empty
   *     if it can
   * @throws KafkaException if the brokers do not answer
   */
  Optional<String> look(Admin admin) {
    Map<String, TopicDescription> there = new HashMap<>();
    List<Topic<?>> asked = new ArrayList<>(written);
    asked.add(topics.reads());
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(asked.stream().map(Topic::name).toList()).topicNameValues();
    for (Topic<?> topic : asked) {
      try {
        there.put(topic.name(), BrokerAnswer.of(answers.get(topic.name())));
      } catch (UnknownTopicOrPartitionException e) {
        there.remove(topic.name());
      }
    }
    Optional<String> fault = ledgerFault(admin, there);
    if (fault.isEmpty()) {
      written.forEach(topic -> compare(topic.name(), there.get(topic.name())));
    }
    return fault;
  }

  private void compare(String topic, TopicDescription now) {
    if (now == null) {
      if (missed.merge(topic, 1, Integer::sum) == BELIEVED) {
        LOG.warn(
            "no topic {} any more: what is written to it waits; create it again with {}",
            topic,
            Remedy.CREATE_TOPICS.command());
      }
      return;
    }
    missed.remove(topic);
    TopicDescription before = known.put(topic, now);
    if (before != null && before.partitions().size() > now.partitions().size()) {
      LOG.warn(
          "topic {} was created anew, with {} partitions where it had {}: what was sent to the others is given up and done again, which takes minutes; a restart is quicker",
          topic,
          now.partitions().size(),
          before.partitions().size());
    }
  }

  /** Reads of a partition that the ledger has not cannot be counted, and so not be committed. */
  private Optional<String> ledgerFault(Admin admin, Map<String, TopicDescription> there) {
    TopicDescription reads = there.get(topics.reads().name());
    TopicDescription ledger = there.get(topics.ledger().name());
    boolean tooFew =
        reads != null && ledger != null && ledger.partitions().size() < reads.partitions().size();
    looksWithTooFew = tooFew ? looksWithTooFew + 1 : 0;
    if (looksWithTooFew < BELIEVED) {
      return Optional.empty();
    }
    return Optional.of(
        cleanupFault(admin)
            .orElseGet(
                () ->
                    Preflight.tooFew(
                        topics.ledger(),
                        ledger.partitions().size(),
                        topics.reads(),
                        reads.partitions().size())));
  }

  /** Whether it would not do either if it had enough. */
  private Optional<String> cleanupFault(Admin admin) {
    try {
      return Optional.ofNullable(Preflight.cleanupFaults(admin, topics).get(topics.ledger()))
          .map(fault -> Preflight.willNotDo(topics.ledger(), topics, fault));
    } catch (AuthorizationException e) {
      return Optional.empty();
    }
  }
}
