package io.readlens.stream.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What the user that logs in may do, asked before it is done: a broker that refuses later often
 * does not say what, and never which ACL is missing. Brokers without ACLs allow everything.
 */
public final class Rights {
  private Rights() {}

  /**
   * Requires that operations on topics are allowed; a topic that is not there allows all.
   *
   * @throws AuthorizationException naming all that is missing
   */
  public static void require(Admin admin, Map<String, Set<AclOperation>> operations) {
    Map<String, KafkaFuture<TopicDescription>> topics =
        admin
            .describeTopics(
                operations.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    List<String> missing = new ArrayList<>();
    new TreeMap<>(operations)
        .forEach(
            (topic, wanted) -> {
              Set<AclOperation> refused = new TreeSet<>(wanted);
              refused.removeAll(allowed(topics.get(topic)).orElse(wanted));
              refused.forEach(operation -> missing.add(acl(operation, ResourceType.TOPIC, topic)));
            });
    if (!missing.isEmpty()) {
      throw missing(String.join(", ", missing));
    }
  }

  /** Empty where the brokers do not know. */
  private static Optional<Set<AclOperation>> allowed(KafkaFuture<TopicDescription> topic) {
    try {
      return Optional.ofNullable(BrokerAnswer.of(topic).authorizedOperations());
    } catch (TopicAuthorizationException e) {
      return Optional.of(Set.of());
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    }
  }

  /**
   * Requires that transactions may be made.
   *
   * @param prefix what their ids begin with
   * @throws AuthorizationException naming what is missing
   */
  public static void requireTransactions(Admin admin, String prefix) {
    try {
      String id = prefix + "-";
      Object unused = BrokerAnswer.of(admin.describeTransactions(List.of(id)).description(id));
    } catch (TransactionalIdNotFoundException e) {
      // Nobody uses this one: the broker would say so to nobody else.
    } catch (TransactionalIdAuthorizationException e) {
      throw missing(
          acl(AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, prefix)
              + " and all that begin so");
    }
  }

  /**
   * What a broker answers to a question about one topic.
   *
   * @param needs what the question needs
   * @throws AuthorizationException naming what is missing
   */
  static <T> T ask(AclOperation needs, String topic, KafkaFuture<T> question) {
    try {
      return BrokerAnswer.of(question);
    } catch (TopicAuthorizationException e) {
      throw missing(acl(needs, ResourceType.TOPIC, topic));
    }
  }

  /** What is missing when a broker says nothing of a group. */
  public static AuthorizationException missingForGroup(String group) {
    return missing(acl(AclOperation.READ, ResourceType.GROUP, group));
  }

  private static String acl(AclOperation operation, ResourceType type, String name) {
    return "%s on %s %s"
        .formatted(operation, type.name().toLowerCase(Locale.ROOT).replace('_', ' '), name);
  }

  private static AuthorizationException missing(String acls) {
    return new AuthorizationException("this user has no ACL for " + acls);
  }
}
