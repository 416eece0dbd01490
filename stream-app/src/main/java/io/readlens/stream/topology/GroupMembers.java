package io.readlens.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.Setting;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topics.Rights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * The live members of the application's group, and whether they share its topics: instances of one
 * {@code application.id} are given each other's partitions, so those that read, write or count
 * elsewhere lose them to each other.
 *
 * <p>Kafka tells which partitions a member has, and its {@code client.id}. Instances put a digest
 * of each topic's name into theirs, so that other topics of outcomes and another ledger show too.
 * One whose {@code client.id} somebody has set is known by the partitions it has.
 *
 * @param application the {@code application.id}
 */
record GroupMembers(String application, Topics topics) {
  private static final Pattern CLIENT_ID =
      Pattern.compile(".*-([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8})-[0-9a-f-]{36}-.*");

  /**
   * A member, as the brokers describe it.
   *
   * @param reads the topics that it is known to be given partitions of
   */
  private record Member(String clientId, String host, TreeSet<String> reads) {}

  /** A {@code client.id} for one more instance. */
  String newClientId() {
    return application
        + "-"
        + shared().stream().map(GroupMembers::digest).collect(Collectors.joining())
        + "-"
        + UUID.randomUUID();
  }

  /** What all instances must have in common. */
  private List<Topic<?>> shared() {
    return List.of(topics.reads(), topics.explanations(), topics.deadLetters(), topics.ledger());
  }

  private static String digest(Topic<?> topic) {
    CRC32 sum = new CRC32();
    sum.update(topic.name().getBytes(UTF_8));
    return "%08x".formatted(sum.getValue());
  }

  /**
   * Why this instance and the others must not be in one group, in one line; empty if they may.
   *
   * @throws AuthorizationException where the user may not use the group
   */
  Optional<String> fault(Admin admin) {
    return members(admin).stream().flatMap(member -> fault(member).stream()).findFirst();
  }

  private Optional<String> fault(Member member) {
    TreeSet<String> others = new TreeSet<>(member.reads());
    others.remove(topics.reads().name());
    if (!others.isEmpty()) {
      return Optional.of(
          fault(member, Setting.TOPIC_READS, topics.reads(), String.join(", ", others)));
    }
    Matcher digests = CLIENT_ID.matcher(member.clientId());
    if (digests.matches()) {
      for (int i = 0; i < shared().size(); i++) {
        Topic<?> topic = shared().get(i);
        if (!digests.group(i + 1).equals(digest(topic))) {
          return Optional.of(fault(member, Setting.ofTopic(topic, topics), topic, "another topic"));
        }
      }
    }
    return Optional.empty();
  }

  private String fault(Member member, Setting setting, Topic<?> own, String other) {
    return ("application.id = %s is in use at %s with %s = %s, and here with %s: they would take reads"
            + " from each other; set another application.id here, or the same %s")
        .formatted(
            application,
            member.host().replaceFirst("^/", ""),
            setting.key(),
            other,
            own.name(),
            setting.key());
  }

  private List<Member> members(Admin admin) {
    try {
      return ofConsumers(
          BrokerAnswer.of(
              admin
                  .describeConsumerGroups(List.of(application))
                  .describedGroups()
                  .get(application)));
    } catch (GroupIdNotFoundException e) {
      return ofStreams(admin);
    } catch (AuthorizationException e) {
      throw Rights.missingForGroup(application);
    }
  }

  /** The members of a group of {@code group.protocol=classic}, of plain consumers too. */
  private static List<Member> ofConsumers(ConsumerGroupDescription group) {
    return group.members().stream()
        .map(
            member ->
                new Member(
                    member.clientId(),
                    member.host(),
                    member.assignment().topicPartitions().stream()
                        .map(TopicPartition::topic)
                        .collect(Collectors.toCollection(TreeSet::new))))
        .toList();
  }

  /** The members of a group of {@code group.protocol=streams}, which has one topology for all. */
  private List<Member> ofStreams(Admin admin) {
    try {
      StreamsGroupDescription group =
          BrokerAnswer.of(
              admin.describeStreamsGroups(List.of(application)).describedGroups().get(application));
      List<Member> members = new ArrayList<>();
      group
          .members()
          .forEach(
              member ->
                  members.add(
                      new Member(
                          member.clientId(),
                          member.clientHost(),
                          group.subtopologies().stream()
                              .map(StreamsGroupSubtopologyDescription::sourceTopics)
                              .flatMap(List::stream)
                              .collect(Collectors.toCollection(TreeSet::new)))));
      return members;
    } catch (GroupIdNotFoundException | UnsupportedVersionException e) {
      return List.of();
    }
  }
}
