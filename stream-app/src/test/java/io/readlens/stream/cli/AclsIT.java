package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.model.process.Why;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.SecuredSite;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.tools.AclCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ACLs that docs/secured.md lists are enough for each command, and none is there in vain. */
@Timeout(300)
class AclsIT {
  private static final Path PAGE = Path.of("../docs/secured.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z ]+)` \\| (topic|group|transactional id) \\| (.+) \\| (.+) \\|");
  private static final Pattern SETTING = Pattern.compile("`([a-z.-]+)`");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Topics TOPICS = TestBroker.topicsOf("acls-it");
  private static final Map<String, String> NAMES = names(TOPICS, "acls-it");
  private static final Map<String, String> STANDARD = names(Topics.standard(), "readlens");

  @TempDir private static Path folder;
  private static SecuredSite site;
  private static Path reads;

  /**
   * A line of the page's table, for one operation on one resource.
   *
   * @param prefixed for all names that begin so
   */
  private record Acl(
      String command, ResourceType type, String name, boolean prefixed, AclOperation operation) {
    AclBinding allowing(String user) {
      return new AclBinding(
          new ResourcePattern(type, name, prefixed ? PatternType.PREFIXED : PatternType.LITERAL),
          new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    String words() {
      return "%s on %s %s"
          .formatted(operation, type.name().toLowerCase(Locale.ROOT).replace('_', ' '), name);
    }

    @Override
    public String toString() {
      return command + " without " + words();
    }
  }

  private static Map<String, String> names(Topics topics, String applicationId) {
    return Map.of(
        "topic.reads", topics.reads().name(),
        "topic.explanations", topics.explanations().name(),
        "topic.dead-letters", topics.deadLetters().name(),
        "topic.ledger", topics.ledger().name(),
        "topic.checkpoints", topics.checkpoints().name(),
        "application.id", applicationId);
  }

  @BeforeAll
  static void start() throws Exception {
    site = SecuredSite.start(Files.createDirectory(folder.resolve("site")));
    reads = Files.writeString(folder.resolve("reads.fasta"), ">a\n" + "ACGT".repeat(100) + "\n");
    CommandRun created = run("topics create", settings(Map.of()));
    assertThat(created.exitCode()).as(created.err()).isZero();
  }

  @AfterAll
  static void close() {
    site.close();
  }

  /** All, but of the commands that treat every topic alike for two topics only. */
  static Stream<Acl> takenAway() throws IOException {
    List<String> few = List.of(TOPICS.reads().name(), TOPICS.ledger().name());
    return needed().filter(acl -> !acl.command().startsWith("topics") || few.contains(acl.name()));
  }

  private static Stream<Acl> needed() throws IOException {
    return needed(NAMES);
  }

  /**
   * All lines of the page's table.
   *
   * @param values of the settings that it names
   */
  private static Stream<Acl> needed(Map<String, String> values) throws IOException {
    List<Acl> acls = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        ResourceType type =
            ResourceType.valueOf(row.group(2).toUpperCase(Locale.ROOT).replace(' ', '_'));
        for (String name : names(row.group(3), values)) {
          for (String operation : row.group(4).split(", ")) {
            acls.add(
                new Acl(
                    row.group(1),
                    type,
                    name,
                    row.group(3).endsWith(", prefixed"),
                    AclOperation.valueOf(operation)));
          }
        }
      }
    }
    return acls.stream();
  }

  private static List<String> names(String cell, Map<String, String> values) {
    if (cell.equals("all five")) {
      return values.keySet().stream()
          .filter(name -> name.startsWith("topic."))
          .map(values::get)
          .toList();
    }
    Matcher setting = SETTING.matcher(cell);
    assertThat(setting.find()).as(cell).isTrue();
    return List.of(values.get(setting.group(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"topics create", "topics describe", "replay", "export", "publish"})
  void shouldDoWithTheAclsThatThePageLists(String command) throws Exception {
    // Given
    Map<String, String> user = user(needed().filter(acl -> acl.command().equals(command)).toList());
    await()
        .atMost(PATIENCE)
        .until(() -> run("topics describe", settings(Map.of())).exitCode() == 0);

    // When
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              CommandRun run = run(command, user);

              // Then
              assertThat(run.exitCode()).as(run.err()).isZero();
            });
  }

  @Test
  void shouldExplainWithTheAclsThatThePageLists() throws Exception {
    // Given
    Map<String, String> user = user(needed().filter(acl -> acl.command().equals("run")).toList());
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(refusalOfRun(user)).isEmpty());

    try (ExplainApp app = app(user)) {
      // When
      app.start();

      // Then
      await().atMost(PATIENCE).until(() -> app.status().state() == KafkaStreams.State.RUNNING);
      CommandRun sent = run("replay", settings(Map.of()));
      assertThat(sent.exitCode()).as(sent.err()).isZero();
      await().atMost(PATIENCE).until(() -> records(TOPICS.explanations().name()) > 0);
      assertThat(app.failure()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("takenAway")
  void shouldNameTheAclThatIsMissing(Acl missing) throws Exception {
    // Given
    Map<String, String> user =
        user(
            needed()
                .filter(acl -> acl.command().equals(missing.command()))
                .filter(acl -> !acl.equals(missing))
                .toList());

    // When
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              String refusal =
                  missing.command().equals("run")
                      ? refusalOfRun(user)
                      : refusal(run(missing.command(), user));

              // Then
              assertThat(refusal).contains("this user has no ACL for " + missing.words());
              assertThat(refusal.lines()).hasSize(1);
            });
  }

  /** By the page's commands as they stand there, with Kafka's own tool and a login that may. */
  @Test
  void shouldGiveRunAndReplayWhatTheyNeedByThePagesCommands() throws Exception {
    // Given
    String administrator = "admin-" + UUID.randomUUID();
    site.addUser(administrator, "password");
    site.allow(
        List.of(
            new AclBinding(
                new ResourcePattern(
                    ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL),
                new AccessControlEntry(
                    "User:" + administrator, "*", AclOperation.ALTER, AclPermissionType.ALLOW))));
    Map<String, String> login = site.brokerLogin(administrator, "password");
    Properties shown = new Properties();
    shown.load(new StringReader(block("properties", "# admin.properties\n")));
    assertThat(shown.stringPropertyNames()).isEqualTo(login.keySet());
    Path typing = Files.createDirectory(folder.resolve("typing"));
    SecuredSite.config(typing.resolve("admin.properties"), login);
    Path tool = typing.resolve("kafka-acls.sh");
    Files.writeString(
        tool,
        """
        #!/bin/sh
        exec %s/bin/java -cp "$CLASS_PATH" %s "$@"
        """
            .formatted(System.getProperty("java.home"), AclCommand.class.getName()));
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    String commands = block("sh", "ALLOW=").replace("broker-1:9093", site.bootstrapServers());
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-e", "-u", "-c", commands)
            .directory(typing.toFile())
            .redirectErrorStream(true);
    shell.environment().merge("PATH", typing.toString(), (path, own) -> own + ":" + path);
    shell.environment().put("CLASS_PATH", System.getProperty("java.class.path"));

    // When
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    // Then
    assertThat(process.waitFor()).as(said).isZero();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(given("readlens")).as(said).isEqualTo(bindings("run", "readlens"));
              assertThat(given("sequencer")).as(said).isEqualTo(bindings("replay", "sequencer"));
            });
  }

  /** What a command needs, as ACLs of the topics' default names. */
  private static Set<AclBinding> bindings(String command, String user) throws IOException {
    return needed(STANDARD)
        .filter(acl -> acl.command().equals(command))
        .map(acl -> acl.allowing(user))
        .collect(Collectors.toSet());
  }

  private static Set<AclBinding> given(String user) throws Exception {
    try (Admin admin = site.admin()) {
      return Set.copyOf(
          admin
              .describeAcls(
                  new AclBindingFilter(
                      ResourcePatternFilter.ANY,
                      new AccessControlEntryFilter(
                          "User:" + user, null, AclOperation.ANY, AclPermissionType.ANY)))
              .values()
              .get());
    }
  }

  @Test
  void shouldPrintTheRefusalThatThePageShows() throws Exception {
    // Given
    String shown = block("text", "readlens: ");
    Matcher missing = Pattern.compile("no ACL for (\\w+) on topic (\\S+);").matcher(shown);
    assertThat(missing.find()).isTrue();
    CommandRun created = run("topics create", standard(Map.of()));
    assertThat(created.exitCode()).as(created.err()).isZero();
    String user =
        newUser(
            needed(STANDARD)
                .filter(acl -> acl.command().equals("run"))
                .filter(
                    acl ->
                        !acl.name().equals(missing.group(2))
                            || acl.operation() != AclOperation.valueOf(missing.group(1)))
                .toList());
    Map<String, String> settings = standard(site.brokerLogin(user, "password"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              // When
              CommandRun refused = run("run", settings);

              // Then
              assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
              assertThat(refused.complaint())
                  .isEqualTo(
                      shown
                          .strip()
                          .replace("broker-1:9093", site.bootstrapServers())
                          .replace("user readlens", "user " + user));
            });
  }

  /** The page's block of a language that begins so. */
  private static String block(String language, String beginning) throws IOException {
    Matcher block =
        Pattern.compile("(?ms)^```" + language + "\n(" + Pattern.quote(beginning) + ".*?)^```")
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).as(beginning).isTrue();
    return block.group(1);
  }

  @Test
  void shouldNeedNoRightToRegisterWhereSchemasAreRegistered() throws Exception {
    // Given
    CommandRun registered = run("replay", settings(Map.of()));
    assertThat(registered.exitCode()).as(registered.err()).isZero();
    Map<String, String> reader = settings(site.registryReader());
    Properties added = new Properties();
    added.load(new StringReader(block("properties", "auto.register.schemas=")));
    added.stringPropertyNames().forEach(name -> reader.put(name, added.getProperty(name)));

    // When
    CommandRun sent = run("replay", reader);

    // Then
    assertThat(sent.exitCode()).as(sent.err()).isZero();
  }

  @Test
  void shouldSayThatTheUserMayNotRegister() throws Exception {
    // Given
    String topic = "acls-it-unregistered";
    Map<String, String> reader = settings(site.registryReader());
    reader.put("topic.reads", topic);
    CommandRun created = run("topics create", reader);
    assertThat(created.exitCode()).as(created.err()).isZero();

    // When
    CommandRun refused = run("replay", reader);

    // Then
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.complaint())
        .contains(topic + "-value")
        .contains("may read, but not register");
  }

  private static CommandRun run(String command, Map<String, String> settings) throws IOException {
    Path config =
        SecuredSite.config(folder.resolve("config-" + UUID.randomUUID() + ".properties"), settings);
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of("--config", config.toString()));
    switch (command) {
      case "replay" -> words.addAll(List.of("--input", reads.toString()));
      case "export" ->
          words.addAll(
              List.of(
                  "--output",
                  folder.resolve(UUID.randomUUID() + ".fastq.gz").toString(),
                  "--truth",
                  folder.resolve(UUID.randomUUID() + ".tsv").toString()));
      case "publish" -> words.addAll(List.of("--checkpoint", checkpoint().toString()));
      default -> {}
    }
    return CommandRun.of(words.toArray(String[]::new));
  }

  /** Where the settings let instances fetch it. */
  private static Path checkpoint() {
    Path models = folder.resolve("models");
    if (!Files.exists(models)) {
      CheckpointFiles.write(models, 1);
    }
    return models;
  }

  private static String refusal(CommandRun run) {
    return run.exitCode() == 0 ? "" : run.complaint();
  }

  /** What {@code run} says of what it lacks before it begins; empty where it lacks nothing. */
  private static String refusalOfRun(Map<String, String> settings) {
    try (ExplainApp app = app(settings)) {
      app.start();
      return "";
    } catch (RuntimeException e) {
      return Why.of(e);
    }
  }

  private static ExplainApp app(Map<String, String> settings) {
    ServedModel<?> model = ServedModel.forGood("checkpoint", DeviceModel.ofReads(new FakeModel()));
    return app(settings, model);
  }

  private static <A> ExplainApp app(Map<String, String> settings, ServedModel<A> model) {
    return new ExplainApp(
        AppConfig.of(new Properties(), settings),
        model,
        new DeviceSpeed(2, 16_384, 1e6),
        checkpoint -> model,
        PATIENCE);
  }

  private static long records(String topic) throws Exception {
    try (Admin admin = site.admin()) {
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      admin
          .describeTopics(List.of(topic))
          .topicNameValues()
          .get(topic)
          .get()
          .partitions()
          .forEach(p -> asked.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
      return admin.listOffsets(asked).all().get().values().stream()
          .mapToLong(end -> end.offset())
          .sum();
    }
  }

  /** The settings of a new user who may do just this. */
  private static Map<String, String> user(List<Acl> acls) throws Exception {
    return settings(site.brokerLogin(newUser(acls), "password"));
  }

  private static String newUser(List<Acl> acls) throws Exception {
    String user = "user-" + UUID.randomUUID();
    site.addUser(user, "password");
    site.allow(acls.stream().map(acl -> acl.allowing(user)).toList());
    return user;
  }

  private static Map<String, String> settings(Map<String, String> login) {
    Map<String, String> settings = standard(login);
    settings.putAll(NAMES);
    return settings;
  }

  /** The same with the default names. */
  private static Map<String, String> standard(Map<String, String> login) {
    Map<String, String> settings = new HashMap<>(site.settings());
    settings.putAll(login);
    settings.put("checkpoints.from", folder.toString());
    return settings;
  }
}
