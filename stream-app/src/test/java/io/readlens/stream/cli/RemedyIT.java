package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.LedgerEntry;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topics;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.topics.BrokerAnswer;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/**
 * Brings about every message that recommends a command, types the command as it is printed, and
 * sees that what had failed goes on.
 */
@Timeout(180)
class RemedyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern COMMAND = Pattern.compile("`java -jar readlens\\.jar ([^`]+)`");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|[^ ]+");

  @TempDir Path directory;

  private final Topics topics = TestBroker.topicsOf("remedy-it-" + UUID.randomUUID());
  private Connection connection;

  /**
   * What goes wrong.
   *
   * @param message what it says
   * @param works succeeds once the command was typed
   */
  private record Trouble(String message, Runnable works) {}

  @BeforeEach
  void start() throws IOException {
    Path withABlank = Files.createDirectory(directory.resolve("my lab"));
    connection = Connection.in(withABlank, TestBroker.shared().settings(topics));
  }

  @AfterEach
  void stop() {
    connection.close();
  }

  @ParameterizedTest
  @EnumSource(Remedy.class)
  void shouldHelpAsTyped(Remedy remedy) {
    for (Supplier<Trouble> next : troubles(remedy)) {
      // Given
      Trouble trouble = next.get();
      assertThat(trouble.message()).doesNotContain("\n", "`readlens ");
      List<String> words = words(command(trouble.message()));

      // When
      type(words);

      // Then
      trouble.works().run();
    }
  }

  /** Runs a command to its end; {@code run}, which has none, until it is at work. */
  private void type(List<String> words) {
    String[] arguments = words.toArray(String[]::new);
    if (words.get(0).equals("run")) {
      CommandLine main = Main.commandLine();
      main.parseArgs(arguments);
      List<String> settings =
          main.getParseResult().subcommand().matchedOptionValue("-D", List.of());
      startsAndStops(
          settings.stream()
              .map(setting -> setting.split("=", 2))
              .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
      return;
    }
    CommandRun typed = CommandRun.of(arguments);
    assertThat(typed.complaint()).isEmpty();
    assertThat(typed.exitCode()).isZero();
  }

  /** One for each place that recommends it; a remedy without a case does not compile. */
  private List<Supplier<Trouble>> troubles(Remedy remedy) {
    return switch (remedy) {
      case CREATE_TOPICS ->
          List.of(
              () -> failing("replay", "--input", reads()),
              () -> failing("topics", "describe", "-Dtopic.ledger=" + topics.ledger().name() + "2"),
              this::missingAtStart);
      case GROW_LEDGER ->
          List.of(
              this::readsRaisedWhileStopped,
              this::readsRaisedWhileRunning,
              () -> ledgerAnewWhileRunning(5, Map.of("cleanup.policy", "compact")));
      case CREATE_ANOTHER_TOPIC ->
          List.of(
              this::ledgerThatForgets,
              this::ledgerOfAnotherProgram,
              () -> ledgerAnewWhileRunning(4, Map.of()));
      case GO_ON_WITHOUT_EXPIRED -> List.of(this::readsAreGone);
      case REPLAY_TO_DEMO -> List.of(this::demoIsUp);
    };
  }

  private Trouble missingAtStart() {
    Map<String, String> other = Map.of("topic.explanations", topics.explanations().name() + "2");
    return new Trouble(complaintOfRun(other), () -> startsAndStops(other));
  }

  private Trouble failing(String... arguments) {
    CommandRun failed = run(arguments);
    assertThat(failed.exitCode()).isEqualTo(1);
    return new Trouble(failed.complaint(), () -> succeed(arguments));
  }

  private Trouble readsRaisedWhileStopped() {
    succeed("topics", "create", "--partitions=2");
    raiseReads(3);
    String message = complaintOfRun(Map.of());
    assertThat(message)
        .startsWith(
            "readlens: topic %s has 2 partitions, and %s has 3: give the ledger as many with "
                .formatted(topics.ledger().name(), topics.reads().name()));
    return new Trouble(message, () -> startsAndStops(Map.of()));
  }

  private Trouble readsRaisedWhileRunning() {
    succeed("topics", "create");
    AtomicBoolean raised = new AtomicBoolean();
    String message =
        complaintOfRun(
            Map.of("main.consumer.metadata.max.age.ms", "500"),
            said -> {
              if (said.contains(" holds 0 samples") && !raised.getAndSet(true)) {
                raiseReads(5);
              }
            });
    assertThat(message)
        .startsWith("readlens: topic %s has 3 partitions, ".formatted(topics.ledger().name()));
    return new Trouble(message, () -> startsAndStops(Map.of()));
  }

  /**
   * As somebody creates it who knows nothing of it.
   *
   * @param before partitions that it had, as many as the reads topic has
   */
  private Trouble ledgerAnewWhileRunning(int before, Map<String, String> configs) {
    String ledger = topics.ledger().name() + "-anew-" + configs.size();
    succeed("topics", "create", "-Dtopic.ledger=" + ledger);
    AtomicBoolean deleted = new AtomicBoolean();
    String message =
        complaintOfRun(
            Map.of("topic.ledger", ledger),
            said -> {
              if (said.split(" holds 0 samples", -1).length > before && !deleted.getAndSet(true)) {
                delete(ledger);
                TestBroker.shared().createTopic(ledger, 1, configs);
              }
            });
    assertThat(message).startsWith("readlens: topic %s has ".formatted(ledger));
    String another = configs.isEmpty() ? ledger + ".new" : ledger;
    return new Trouble(message, () -> startsAndStops(Map.of("topic.ledger", another)));
  }

  private static void delete(String topic) {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      BrokerAnswer.of(admin.deleteTopics(List.of(topic)).all());
      await().until(() -> !admin.listTopics().names().get().contains(topic));
    }
  }

  private Trouble ledgerThatForgets() {
    succeed("topics", "create");
    String forgetful = topics.ledger().name() + "-forgetful";
    TestBroker.shared().createTopic(forgetful, 4, Map.of("cleanup.policy", "delete"));
    return new Trouble(
        complaintOfRun(Map.of("topic.ledger", forgetful)),
        () -> startsAndStops(Map.of("topic.ledger", forgetful + ".new")));
  }

  /** Of a program that is not ReadLens. */
  private Trouble ledgerOfAnotherProgram() {
    String foreign = topics.ledger().name() + "-foreign";
    TestBroker.shared().createTopic(foreign, 4, topics.ledger().configs());
    LedgerEntry entry =
        LedgerEntry.newBuilder()
            .setPartition(0)
            .setReceived(3)
            .setClassified(1)
            .setUnclassified(0)
            .setTooShort(0)
            .setDeadLettered(0)
            .setUpdatedTime(Instant.EPOCH)
            .build();
    Map<String, Object> client =
        Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers());
    try (Registry registry =
            Registry.connect(
                Map.of("schema.registry.url", connection.registry().url().toString()));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] value = topics.ledger().serde(registry).serialize(topics.ledger().name(), entry);
      var unused = producer.send(new ProducerRecord<>(foreign, 0, new Account(0, "").key(), value));
      producer.flush();
    }
    return new Trouble(
        complaintOfRun(Map.of("topic.ledger", foreign)),
        () -> startsAndStops(Map.of("topic.ledger", foreign + ".new")));
  }

  private Trouble readsAreGone() {
    succeed("topics", "create", "--partitions=1");
    succeed("replay", "--input", reads());
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      BrokerAnswer.of(
          admin
              .deleteRecords(
                  Map.of(
                      new TopicPartition(topics.reads().name(), 0),
                      RecordsToDelete.beforeOffset(1)))
              .all());
    }
    return new Trouble(complaintOfRun(Map.of("reads.expired", "stop")), () -> {});
  }

  private Trouble demoIsUp() {
    succeed("topics", "create");
    String said = Remedy.REPLAY_TO_DEMO.line(connection.config().toString());
    return new Trouble("`" + said.replace("FILE", reads()) + "`", () -> {});
  }

  private String complaintOfRun(Map<String, String> settings) {
    return complaintOfRun(settings, said -> {});
  }

  /** Has {@code run} fail: all that it has printed and logged can be typed, and says the same. */
  private String complaintOfRun(Map<String, String> settings, Consumer<String> watching) {
    List<String> arguments = new ArrayList<>(List.of("run", "--config"));
    arguments.add(connection.config().toString());
    arguments.add("-Dapplication.id=" + topics.reads().name());
    settings.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    CommandRun failed = CommandRun.of(watching, arguments.toArray(String[]::new));
    assertThat(failed.exitCode()).as(failed.err()).isEqualTo(1);
    String printed = command(failed.complaint());
    assertThat(failed.err().lines().filter(line -> line.contains("`")))
        .allSatisfy(
            line -> {
              assertThat(line.split("`")).as("one command in it").hasSizeLessThanOrEqualTo(3);
              assertThat(command(line)).isEqualTo(printed);
            });
    return failed.complaint();
  }

  private void startsAndStops(Map<String, String> settings) {
    try (ExplainApp app = app(settings)) {
      app.start();
      await().atMost(PATIENCE).until(() -> app.status().state() == KafkaStreams.State.RUNNING);
      assertThat(app.failure()).isEmpty();
    }
  }

  private ExplainApp app(Map<String, String> settings) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(connection.config())) {
      properties.load(reader);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Map<String, String> overrides = new TreeMap<>(settings);
    overrides.putIfAbsent("application.id", topics.reads().name());
    AppConfig config = AppConfig.of(properties, overrides);
    DeviceSpeed speed = new DeviceSpeed(2, 16_384, 1e6);
    return new ExplainApp(
        config, DeviceModel.ofReads(new FakeModel()), speed, "checkpoint", PATIENCE);
  }

  private void raiseReads(int partitions) {
    String reads = topics.reads().name();
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      admin.createPartitions(Map.of(reads, NewPartitions.increaseTo(partitions))).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String reads() {
    try {
      return Files.writeString(directory.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n").toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of(arguments), Stream.of("--config", connection.config().toString()))
            .toArray(String[]::new));
  }

  private void succeed(String... arguments) {
    CommandRun run = run(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static String command(String message) {
    Matcher command = COMMAND.matcher(message);
    assertThat(command.find()).as(message).isTrue();
    return command.group(1);
  }

  /** As a shell splits it. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    for (MatchResult word : WORD.matcher(command).results().toList()) {
      words.add(word.group(1) == null ? word.group() : word.group(1));
    }
    return words;
  }
}
