package io.readlens.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances of one application.id that do not share their topics must not share a group. */
@Timeout(120)
class GroupMembersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name = "group-members-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private final Topics others = TestBroker.topicsOf(name + "-others");
  private final FakeRegistry fakeRegistry = new FakeRegistry();

  @BeforeEach
  void createTopics() {
    TestBroker.shared().createTopics(topics, 2);
    TestBroker.shared().createTopics(others, 2);
  }

  @AfterEach
  void close() {
    fakeRegistry.close();
  }

  @ParameterizedTest
  @CsvSource({
    "classic, topic.reads, reads",
    "streams, topic.reads, reads",
    "classic, topic.ledger, ledger",
    "streams, topic.explanations, explanations",
    "classic, topic.dead-letters, dead-letters"
  })
  void shouldRefuseToStartBesideAnInstanceOfOtherTopics(
      String protocol, String setting, String topic) {
    // Given
    Map<String, String> common = Map.of("group.protocol", protocol);
    try (ExplainApp first = app(common);
        ExplainApp second =
            app(with(common, Map.of(setting, name + "-others-" + topic)), Duration.ofSeconds(2))) {
      start(first);

      // When
      Throwable refused = catchThrowable(second::start);

      // Then
      assertThat(refused)
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(
              "application.id = " + name + " is in use at 127.0.0.1 with " + setting)
          .hasMessageEndingWith("set another application.id here, or the same " + setting)
          .hasMessageContaining("here with " + name + "-others-" + topic);
      assertThat(first.failure()).isEmpty();
      await().atMost(PATIENCE).until(() -> first.status().state() == State.RUNNING);
    }
  }

  @ParameterizedTest
  @CsvSource({"classic", "streams"})
  void shouldStartBesideAnInstanceOfTheSameTopics(String protocol) {
    // Given
    Map<String, String> common = Map.of("group.protocol", protocol, "min.read.length", "50");
    try (ExplainApp first = app(common);
        ExplainApp second = app(with(common, Map.of("min.read.length", "80")))) {
      start(first);

      // When
      start(second);

      // Then
      assertThat(first.failure()).isEmpty();
      assertThat(second.failure()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"classic", "streams"})
  void shouldSayThatAnotherInstanceCallsByOtherThresholds(String protocol) {
    // Given
    Map<String, String> common = Map.of("group.protocol", protocol, "call.profile", "strict");
    ThresholdChoice strict = new ThresholdChoice(Profile.STRICT, Map.of());
    try (ExplainApp first = app(common);
        Admin admin =
            Admin.create(new HashMap<String, Object>(TestBroker.shared().settings(topics)))) {
      start(first);

      // When
      Optional<String> same = new GroupMembers(name, topics, strict).otherThresholds(admin);
      Optional<String> other =
          new GroupMembers(name, topics, ThresholdChoice.BALANCED).otherThresholds(admin);

      // Then
      assertThat(same).isEmpty();
      assertThat(other)
          .contains(
              "an instance of application.id = "
                  + name
                  + " at 127.0.0.1 calls reads by other thresholds than this one, which calls by"
                  + " balanced: which of the two a read is called by depends on its partition, and"
                  + " its record says so; give all instances the same call.profile and"
                  + " call.thresholds");
      assertThat(new GroupMembers(name, topics, ThresholdChoice.BALANCED).fault(admin)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"classic, classic", "classic, streams", "streams, classic"})
  void shouldRefuseToStartBesideAnotherApplicationOfTheSameTopics(String first, String second) {
    // Given
    try (ExplainApp one = app(Map.of("group.protocol", first));
        ExplainApp other =
            app(
                Map.of("group.protocol", second, "application.id", name + "-too"),
                Duration.ofSeconds(1))) {
      start(one);

      // When
      Throwable refused = catchThrowable(other::start);

      // Then
      assertThat(refused)
          .isInstanceOf(StartException.class)
          .hasMessage(
              "application.id = %s is at work at 127.0.0.1 with the same topic.explanations = %s, topic.dead-letters = %s, topic.ledger = %s, and here application.id = %s: every read would have an outcome of each; set the same application.id here to share the reads, or name other topics here"
                  .formatted(
                      name,
                      topics.explanations().name(),
                      topics.deadLetters().name(),
                      topics.ledger().name(),
                      name + "-too"));
      assertThat(one.failure()).isEmpty();
      await().atMost(PATIENCE).until(() -> one.status().state() == State.RUNNING);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "reads explanations dead-letters, ledger, each would write over what the other has counted",
    "explanations dead-letters, ledger, each would write over what the other has counted",
    "explanations ledger, dead-letters, every read would have an outcome of each",
    "dead-letters ledger, explanations, every read would have an outcome of each"
  })
  void shouldRefuseToStartBesideAnotherApplicationThatWritesToOneOfItsTopics(
      String others, String same, String why) {
    // Given
    try (ExplainApp one = app(Map.of());
        ExplainApp other = app(another(others), Duration.ofSeconds(1))) {
      start(one);

      // When
      Throwable refused = catchThrowable(other::start);

      // Then
      assertThat(refused)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("with the same topic." + same + " = ")
          .hasMessageEndingWith(": " + why + "; name other topics here");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"explanations dead-letters ledger", "reads ledger"})
  void shouldStartBesideAnotherApplicationThatWritesElsewhereOrReadsOtherReads(String others) {
    // Given
    try (ExplainApp one = app(Map.of());
        ExplainApp other = app(another(others))) {
      start(one);

      // When
      start(other);

      // Then
      assertThat(one.failure()).isEmpty();
      assertThat(other.failure()).isEmpty();
    }
  }

  @Test
  void shouldStopOneOfTwoApplicationsThatStartedTogether() throws Exception {
    // Given
    try (ExplainApp first = app(Map.of("application.id", name + "-1"), Duration.ofSeconds(1));
        ExplainApp second = app(Map.of("application.id", name + "-2"), Duration.ofSeconds(1))) {
      // When
      List<Throwable> atStart = startTogether(first, second);

      // Then
      awaitFault(" is at work at 127.0.0.1", PATIENCE.plusSeconds(30), atStart, first, second);
    }
  }

  /** Another application, some of whose topics are others. */
  private Map<String, String> another(String others) {
    Map<String, String> settings = new HashMap<>(Map.of("application.id", name + "-too"));
    for (String topic : others.split(" ")) {
      settings.put("topic." + topic, name + "-others-" + topic);
    }
    return settings;
  }

  @Test
  void shouldStartWhereAnEarlierTopicsGroupWasLeftEmpty() {
    // Given
    try (ExplainApp earlier = app(Map.of("topic.reads", others.reads().name()))) {
      start(earlier);
    }

    try (ExplainApp app = app(Map.of())) {
      // When
      start(app);

      // Then
      assertThat(app.failure()).isEmpty();
    }
  }

  @Test
  void shouldRefuseAGroupInWhichSomebodyElseConsumes() {
    // Given
    try (KafkaConsumer<byte[], byte[]> stranger =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", TestBroker.shared().bootstrapServers(), "group.id", name),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        ExplainApp app = app(Map.of(), Duration.ofSeconds(1))) {
      stranger.subscribe(List.of(others.explanations().name()));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                stranger.poll(Duration.ofMillis(100));
                return !stranger.assignment().isEmpty();
              });

      // When
      Throwable refused = catchThrowable(app::start);

      // Then
      assertThat(refused)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("with topic.reads = " + others.explanations().name() + ",");
    }
  }

  /** Which of them gets the other's partitions, or all or none, is Kafka's choice. */
  @RepeatedTest(3)
  void shouldStopThoseThatStartedTogether() throws Exception {
    // Given
    try (ExplainApp first = app(Map.of("client.id", "a"), Duration.ofSeconds(1));
        ExplainApp second =
            app(
                Map.of("client.id", "b", "topic.reads", others.reads().name()),
                Duration.ofSeconds(1))) {
      // When
      List<Throwable> atStart = startTogether(first, second);

      // Then
      awaitFault("is in use at 127.0.0.1", PATIENCE, atStart, first, second);
    }
  }

  /** Returns what either was refused with. */
  private static List<Throwable> startTogether(ExplainApp first, ExplainApp second)
      throws Exception {
    CompletableFuture<Throwable> starting =
        CompletableFuture.supplyAsync(() -> catchThrowable(second::start));
    Throwable refused = catchThrowable(first::start);
    return Stream.of(refused, starting.get()).filter(Objects::nonNull).toList();
  }

  /** Waits until one of two says so, unless one was refused at its start with these words. */
  private static void awaitFault(
      String words,
      Duration patience,
      List<Throwable> atStart,
      ExplainApp first,
      ExplainApp second) {
    await()
        .atMost(patience)
        .until(
            () ->
                Stream.of(atStart.stream(), first.failure().stream(), second.failure().stream())
                    .flatMap(some -> some)
                    .anyMatch(some -> some.getMessage().contains(words)));
  }

  private static void start(ExplainApp app) {
    app.start();
    await().atMost(PATIENCE).until(() -> app.status().state() == State.RUNNING);
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private ExplainApp app(Map<String, String> overrides) {
    return app(overrides, PATIENCE);
  }

  private ExplainApp app(Map<String, String> overrides, Duration patience) {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", name);
    properties.put("schema.registry.url", fakeRegistry.url());
    properties.putAll(overrides);
    AppConfig config = AppConfig.of(new Properties(), properties);
    DeviceSpeed speed = new DeviceSpeed(2, 16_384, 1e6);
    return new ExplainApp(
        config, DeviceModel.ofReads(new FakeModel()), speed, "checkpoint", patience);
  }
}
