package io.readlens.stream.topics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * The brokers that lead partitions, which alone are read from and written to. A partition whose
 * brokers are all down has none; clients then wait for one, and do not say so.
 */
public final class Leaders {
  private Leaders() {}

  /** Which partitions of some topics have no leader, in words; empty if none, or nobody knows. */
  public static Optional<String> missing(Admin admin, Collection<String> topics) {
    Map<String, KafkaFuture<TopicDescription>> asked =
        new TreeMap<>(admin.describeTopics(topics).topicNameValues());
    List<String> missing = new ArrayList<>();
    asked.forEach(
        (topic, description) -> {
          try {
            missing(topic, BrokerAnswer.of(description).partitions()).ifPresent(missing::add);
          } catch (KafkaException e) {
            // Then nothing is known of this one.
          }
        });
    return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
  }

  /** The same of one topic that is described already. */
  static Optional<String> missing(String topic, List<TopicPartitionInfo> partitions) {
    List<TopicPartitionInfo> leaderless =
        partitions.stream()
            .filter(each -> each.leader() == null || each.leader().isEmpty())
            .toList();
    if (leaderless.isEmpty()) {
      return Optional.empty();
    }
    boolean one = leaderless.size() == 1;
    return Optional.of(
        "topic %s: %s %s no leader: %s"
            .formatted(
                topic,
                (one ? "partition " : "partitions ")
                    + leaderless.stream()
                        .map(each -> Integer.toString(each.partition()))
                        .collect(Collectors.joining(", ")),
                one ? "has" : "have",
                down(leaderless)));
  }

  private static String down(List<TopicPartitionInfo> leaderless) {
    String holders =
        leaderless.stream()
            .flatMap(each -> each.replicas().stream())
            .map(Node::id)
            .distinct()
            .sorted()
            .map(id -> Integer.toString(id))
            .collect(Collectors.joining(", "));
    String it = leaderless.size() == 1 ? "it" : "them";
    return holders.contains(",")
        ? "brokers that hold %s are down (of %s); start them".formatted(it, holders)
        : "broker %s, which holds %s, is down; start it".formatted(holders, it);
  }
}
