package io.readlens.stream.connect;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * What a login lacks at the brokers, where they refuse something: which topic, group or
 * transactional id, and which rights.
 *
 * @param who logs in, such as {@code user readlens}
 * @param application the application's id: its group's, and how its transactional ids begin
 */
record Rights(String who, String application) {
  /** What an error lacks rights for; empty if it is about something else. */
  Optional<Fault> fault(Throwable error) {
    return Stream.iterate(error, each -> each != null, Throwable::getCause)
        .filter(AuthorizationException.class::isInstance)
        .map(AuthorizationException.class::cast)
        .findFirst()
        .map(refusal -> Fault.lasting(words(refusal)));
  }

  private String words(AuthorizationException refusal) {
    return refusal.getClass() == AuthorizationException.class
        ? who + " is refused: " + refusal.getMessage() + "; grant it" // It names the ACL.
        : who + " may not use " + missing(refusal);
  }

  private String missing(AuthorizationException refusal) {
    if (refusal instanceof TopicAuthorizationException e) {
      return topics(e.unauthorizedTopics())
          + "; grant DESCRIBE and DESCRIBE_CONFIGS, READ to read it, WRITE to write it, CREATE to"
          + " create it";
    }
    if (refusal instanceof GroupAuthorizationException e) {
      String group = e.groupId() == null ? application : e.groupId();
      return "the group " + group + "; grant READ and DESCRIBE on it";
    }
    if (refusal instanceof TransactionalIdAuthorizationException) {
      return "transactional ids that begin with "
          + application
          + "; grant WRITE and DESCRIBE on that prefix";
    }
    if (refusal instanceof ClusterAuthorizationException) {
      return "the cluster so ("
          + refusal.getMessage()
          + "); grant CREATE to create topics, IDEMPOTENT_WRITE to write";
    }
    return "this (" + refusal.getMessage() + "); look at its ACLs";
  }

  private static String topics(Collection<String> names) {
    return names.isEmpty()
        ? "one of the topics"
        : (names.size() == 1 ? "the topic " : "the topics ") + String.join(", ", names);
  }
}
