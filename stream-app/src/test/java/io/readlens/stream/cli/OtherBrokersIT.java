package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Brokers other than that of {@code bootstrap.servers}: a cluster of three real ones, of which the
 * second is not where it says that it is, and the third is down; and one of one broker that is not
 * where it says that it is.
 */
@Timeout(240)
class OtherBrokersIT {
  private static final int LOST = 2;
  private static final int DOWN = 3;

  private static final String LISTENERS = "advertised.listeners";

  @TempDir private static Path directory;
  private static TestBroker first;
  private static TestBroker lost;
  private static TestBroker alone;
  private static EmbeddedRegistry registry;
  private static Path reads;

  @BeforeAll
  static void start() throws Exception {
    first = TestBroker.start(folder("first"), Map.of());
    // While its topic can only be on the first one.
    registry =
        EmbeddedRegistry.start(
            first.bootstrapServers(),
            EmbeddedRegistry.ANY_PORT,
            CompatibilityLevel.FULL_TRANSITIVE);
    lost = TestBroker.join(first, LOST, folder("lost"), Map.of(LISTENERS, at(LOST)));
    TestBroker down = TestBroker.join(first, DOWN, folder("down"), Map.of());
    createTopics("lost", LOST);
    createTopics("down", DOWN);
    down.close();
    awaitNoLeader("down");
    alone = TestBroker.start(folder("alone"), Map.of(LISTENERS, at(1)));
    reads = Files.writeString(directory.resolve("reads.fasta"), ">a\nACGT\n");
  }

  private static Path folder(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private static String at(int node) {
    return "CLIENTS://kafka-%d.invalid:9092".formatted(node);
  }

  @AfterAll
  static void stop() {
    registry.close();
    alone.close();
    lost.close();
    first.close();
  }

  static List<List<String>> commands() {
    return List.of(
        List.of("topics", "describe"),
        List.of("replay", "--input=" + reads),
        List.of("export", "--output=" + directory.resolve("out.fastq")));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldNameTheOnlyBrokerThatIsNotWhereItSays(List<String> command) throws Exception {
    // When
    CommandRun run = run(command, alone, "", List.of());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .isEqualTo("readlens: " + lost(1) + " (waited 6 s; patience.seconds lets it take longer)");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldNameTheBrokerThatIsNotWhereItSaysWhereAnotherOneAnswers(List<String> command)
      throws Exception {
    // When
    CommandRun run = run(command, first, "lost", List.of("-Dpatience.seconds=8"));

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).startsWith("readlens: " + lost(LOST) + "; ");
    assertThat(run.err()).contains(lost(LOST) + " (what needs this broker waits)");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldNameThePartitionThatHasNoLeader(List<String> command) throws Exception {
    // When
    CommandRun run = run(command, first, "down", List.of("-Dpatience.seconds=4"));

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .isEqualTo(
            "readlens: topic down-reads: partition 1 has no leader: broker 3, which holds it, is"
                + " down; start it (waited 4 s; patience.seconds lets it take longer)");
  }

  private static String lost(int node) {
    return "broker %d of the cluster, which says that it is at kafka-%d.invalid:9092: no host named kafka-%d.invalid is known; look at advertised.listeners on that broker, or let this machine resolve the name"
        .formatted(node, node, node);
  }

  private static CommandRun run(
      List<String> command, TestBroker broker, String topics, List<String> more)
      throws IOException {
    Map<String, String> settings = new HashMap<>(broker.settings(TestBroker.topicsOf(topics)));
    settings.put("schema.registry.url", registry.url());
    Path config = directory.resolve("client.properties");
    Files.write(
        config,
        settings.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--config=" + config);
    arguments.addAll(more);
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** Partition 1 of each is on one broker, all others on the first. */
  private static void createTopics(String name, int broker) throws Exception {
    try (Admin admin = admin()) {
      Topics topics = TestBroker.topicsOf(name);
      for (Topic<?> topic : topics.all()) {
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        replicas.put(0, List.of(1));
        replicas.put(1, List.of(topic.equals(topics.reads()) ? broker : 1));
        await()
            .ignoreExceptions() // The broker may not have joined yet.
            .untilAsserted(
                () ->
                    admin
                        .createTopics(
                            List.of(new NewTopic(topic.name(), replicas).configs(topic.configs())))
                        .all()
                        .get());
      }
    }
  }

  private static void awaitNoLeader(String name) {
    try (Admin admin = admin()) {
      String topic = TestBroker.topicsOf(name).reads().name();
      await()
          .until(
              () ->
                  admin
                          .describeTopics(List.of(topic))
                          .allTopicNames()
                          .get()
                          .get(topic)
                          .partitions()
                          .get(1)
                          .leader()
                      == null);
    }
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", first.bootstrapServers()));
  }
}
