package io.readlens.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.Setting;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topics.Rights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeStreamsGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * The live members of the application's group, and whether they share its topics: instances of one
 * {@code application.id} are given each other's partitions, so those that read, write or count
 * elsewhere lose them to each other. And the members of other groups, which must not share the
 * topics that are written: each application would give every read an outcome, and write over what
 * the other has counted.
 *
 * <p>Kafka tells which partitions a member has, and its {@code client.id}. Instances put a digest
 * of each topic's name into theirs, so that other topics of outcomes and another ledger show too;
 * and one of what they call reads by, which may differ, and be seen to: records say by what they
 * were called. An instance whose {@code client.id} somebody has set is known by the partitions it
 * has.
 *
 * @param application the {@code application.id}
 * @param thresholds what this instance calls reads by
 */
record GroupMembers(String application, Topics topics, ThresholdChoice thresholds) {
  /** How long brokers may take to show other groups; what they do not show is not looked at. */
  private static final int MILLIS = 10_000;

  /** The protocol of classic groups that take records, and not work such as Kafka Connect's. */
  private static final String CONSUMERS = "consumer";

  private static final Set<GroupState> NOBODY = Set.of(GroupState.EMPTY, GroupState.DEAD);

  /** Topics stand where they stood before thresholds did, so that older instances find them. */
  private static final Pattern CLIENT_ID =
      Pattern.compile("(?:.*-by-(?<by>[0-9a-f]{8})|.*)-(?<topics>[0-9a-f]{32})-[0-9a-f-]{36}-.*");

  private static final int DIGEST_LETTERS = 8;

  /**
   * A member, as the brokers describe it.
   *
   * @param reads the topics that it is known to be given partitions of
   */
  private record Member(String clientId, String host, TreeSet<String> reads) {}

  /** A {@code client.id} for one more instance. */
  String newClientId() {
    return application
        + "-by-"
        + digest(thresholds.toString())
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
    return digest(topic.name());
  }

  private static String digest(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(UTF_8));
    return "%08x".formatted(sum.getValue());
  }

  /** Whether a member names the one of the shared topics that this instance has in that place. */
  private boolean sharesTopic(Matcher clientId, int place) {
    String all = clientId.group("topics");
    int from = DIGEST_LETTERS * place;
    return all.substring(from, from + DIGEST_LETTERS).equals(digest(shared().get(place)));
  }

  /**
   * What to say of an instance that calls reads by other thresholds than this one, in one line;
   * empty if none is seen to.
   */
  Optional<String> otherThresholds(Admin admin) {
    return members(admin).stream()
        .filter(
            member -> {
              Matcher digests = CLIENT_ID.matcher(member.clientId());
              return digests.matches()
                  && digests.group("by") != null
                  && !digests.group("by").equals(digest(thresholds.toString()));
            })
        .findFirst()
        .map(
            member ->
                ("an instance of application.id = %s at %s calls reads by other thresholds than this"
                        + " one, which calls by %s: which of the two a read is called by depends on"
                        + " its partition, and its record says so; give all instances the same"
                        + " call.profile and call.thresholds")
                    .formatted(application, member.host().replaceFirst("^/", ""), thresholds));
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
        if (!sharesTopic(digests, i)) {
          return Optional.of(fault(member, Setting.ofTopic(topic, topics), topic, "another topic"));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Why this application and another one must not be at work together, in one line; empty if they
   * may. Seen are the groups that the user may describe.
   *
   * @param application the other's {@code application.id}
   */
  record Rival(String application, String fault) {}

  /** The first other application that writes where this one does; empty if there is none. */
  Optional<Rival> rival(Admin admin) {
    Collection<GroupListing> groups =
        BrokerAnswer.of(admin.listGroups(new ListGroupsOptions().timeoutMs(MILLIS)).valid());
    Map<String, KafkaFuture<List<Member>>> asked = new TreeMap<>();
    admin
        .describeConsumerGroups(
            others(groups, Set.of(GroupType.CLASSIC, GroupType.CONSUMER)),
            new DescribeConsumerGroupsOptions().timeoutMs(MILLIS))
        .describedGroups()
        .forEach((group, told) -> asked.put(group, told.thenApply(GroupMembers::ofConsumers)));
    admin
        .describeStreamsGroups(
            others(groups, Set.of(GroupType.STREAMS)),
            new DescribeStreamsGroupsOptions().timeoutMs(MILLIS))
        .describedGroups()
        .forEach((group, told) -> asked.put(group, told.thenApply(GroupMembers::ofStreams)));
    return asked.entrySet().stream()
        .flatMap(
            group ->
                orNobody(group.getValue()).stream()
                    .flatMap(member -> rivalry(group.getKey(), member).stream())
                    .map(fault -> new Rival(group.getKey(), fault)))
        .findFirst();
  }

  /** The other groups of some types that have members. */
  private List<String> others(Collection<GroupListing> groups, Set<GroupType> types) {
    return groups.stream()
        .filter(group -> group.type().filter(types::contains).isPresent())
        .filter(
            group -> group.type().get() != GroupType.CLASSIC || group.protocol().equals(CONSUMERS))
        .filter(group -> group.groupState().filter(NOBODY::contains).isEmpty())
        .map(GroupListing::groupId)
        .filter(group -> !group.equals(application))
        .toList();
  }

  /** A group that is gone by now, or that brokers do not show in time, shows no members. */
  private static List<Member> orNobody(KafkaFuture<List<Member>> asked) {
    try {
      return BrokerAnswer.of(asked);
    } catch (GroupIdNotFoundException | AuthorizationException | TimeoutException e) {
      return List.of();
    }
  }

  /** Why a member of another group must not be at work beside this instance. */
  private Optional<String> rivalry(String group, Member member) {
    Matcher digests = CLIENT_ID.matcher(member.clientId());
    if (!digests.matches()) {
      return Optional.empty();
    }
    List<Topic<?>> same = new ArrayList<>();
    for (int i = 0; i < shared().size(); i++) {
      if (sharesTopic(digests, i)) {
        same.add(shared().get(i));
      }
    }
    boolean sameReads = same.remove(topics.reads());
    boolean all = sameReads && same.size() == shared().size() - 1;
    if (!sameReads) {
      same.retainAll(List.of(topics.ledger())); // Outcomes of other reads may lie together.
    }
    if (same.isEmpty()) {
      return Optional.empty();
    }
    String settings =
        same.stream()
            .map(topic -> Setting.ofTopic(topic, topics).key() + " = " + topic.name())
            .collect(Collectors.joining(", "));
    return Optional.of(
        "application.id = %s is at work at %s with the same %s, and here application.id = %s: %s; %sname other topics here"
            .formatted(
                group,
                member.host().replaceFirst("^/", ""),
                settings,
                application,
                sameReads && !same.equals(List.of(topics.ledger()))
                    ? "every read would have an outcome of each"
                    : "each would write over what the other has counted",
                all ? "set the same application.id here to share the reads, or " : ""));
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
      return ofStreams(
          BrokerAnswer.of(
              admin
                  .describeStreamsGroups(List.of(application))
                  .describedGroups()
                  .get(application)));
    } catch (GroupIdNotFoundException | UnsupportedVersionException e) {
      return List.of();
    }
  }

  private static List<Member> ofStreams(StreamsGroupDescription group) {
    return group.members().stream()
        .map(
            member ->
                new Member(
                    member.clientId(),
                    member.clientHost(),
                    group.subtopologies().stream()
                        .map(StreamsGroupSubtopologyDescription::sourceTopics)
                        .flatMap(List::stream)
                        .collect(Collectors.toCollection(TreeSet::new))))
        .toList();
  }
}
