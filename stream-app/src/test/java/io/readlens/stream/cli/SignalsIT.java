package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.embedded.EmbeddedPlatform;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.topics.BrokerAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every command in a process of its own that is told to end while it works: it ends by the code
 * that is documented, says nothing of a crash, and leaves no file that is half written, nor a
 * temporary one.
 */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class SignalsIT {
  private static final Map<String, Integer> CODES = Map.of("INT", 130, "TERM", 143, "HUP", 129);
  private static final Duration STARTED = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(35);
  private static final Duration OFTEN = Duration.ofMillis(5);
  private static final int MANY = 200_000;

  /** What Linux keeps of the name of a thread that tries a checkpoint. */
  private static final String TRIAL = "readlens-checkp";

  @TempDir private Path directory;
  private Path temporary;
  private Path out;
  private Path said;
  private Process process;

  @BeforeEach
  void prepare() throws IOException {
    temporary = Files.createDirectory(directory.resolve("tmp"));
    out = directory.resolve("out");
    said = directory.resolve("said");
  }

  @AfterEach
  void end() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndExplain(String signal) throws Exception {
    // Given
    Path reads = bundledReads();
    start("explain", "--input=" + reads, "--output=" + out);
    awaitWork(() -> isBeingWritten(out));

    // When
    send(signal);

    // Then
    requireCleanEnd(signal, "said", "tmp", "reads");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndDiff(String signal) throws Exception {
    // Given
    Path reads = bundledReads();
    CheckpointFiles.write(directory.resolve("b"), 1);
    start("diff", "--b=" + directory.resolve("b"), "--input=" + reads, "--json=" + out);
    awaitWork(this::isComputing);

    // When
    send(signal);

    // Then
    requireCleanEnd(signal, "said", "tmp", "reads", "b");
  }

  @ParameterizedTest
  @CsvSource({"INT, false", "TERM, true", "HUP, false"})
  void shouldEndDemo(String signal, boolean early) throws Exception {
    // Given
    start("demo");
    awaitWork(
        () -> early ? !files(temporary).isEmpty() : Files.readString(said).contains("explained ["));

    // When
    send(signal);

    // Then
    requireCleanEnd(signal, "said", "tmp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "HUP"})
  void shouldEndEmbedded(String signal) throws Exception {
    // Given
    start("embedded", "--data-dir=" + out);
    awaitWork(() -> Files.readString(said).contains("# The same is in "));

    // When
    send(signal);

    // Then
    requireCleanEnd(signal, "said", "tmp", "out");
    assertThat(out.resolve("kafka/.kafka_cleanshutdown")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndBench(String signal) throws Exception {
    // Given
    start("bench", "--quick", "--json=" + out);
    awaitWork(() -> !files(temporary).isEmpty());

    // When
    send(signal);

    // Then
    requireCleanEnd(signal, "said", "tmp");
  }

  @ParameterizedTest
  @CsvSource({
    "TERM, run",
    "HUP, run",
    "INT, replay --rate=20 --input=READS",
    "TERM, export --output=OUT.gz --truth=OUT",
    "HUP, export --output=OUT --truth=OUT.tsv",
  })
  void shouldEndWhatWorksOnTopics(String signal, String command) throws Exception {
    // Given
    Topics topics = TestBroker.topicsOf("signals-it-" + UUID.randomUUID());
    TestBroker.shared().createTopics(topics, 1);
    try (Connection connection = Connection.in(directory, TestBroker.shared().settings(topics))) {
      String config = "--config=" + connection.config();
      Path reads = bundledReads();
      if (command.startsWith("export")) {
        Path many = manyReads();
        assertThat(
                CommandRun.of("replay", config, "--input=" + many, "--truth=" + truth(many))
                    .exitCode())
            .isZero();
        Files.delete(many);
        Files.delete(truth(many));
      }
      List<String> words = new ArrayList<>();
      for (String word : command.split(" ")) {
        words.add(word.replace("READS", reads.toString()).replace("OUT", out.toString()));
      }
      words.add(config);
      start(words.toArray(String[]::new));
      awaitWork(
          () ->
              switch (words.get(0)) {
                case "run" ->
                    Files.readString(said).contains("explaining " + topics.reads().name());
                case "replay" -> describe(config).contains(" 0:4");
                default -> isBeingWritten(out);
              });

      // When
      send(signal);

      // Then
      requireCleanEnd(signal, "said", "tmp", "reads", "readlens.properties");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndPublishWhileItTriesTheCheckpoint(String signal) throws Exception {
    // Given
    Topics topics = TestBroker.topicsOf("signals-it-" + UUID.randomUUID());
    TestBroker.shared().createTopics(topics, 1);
    CheckpointFiles.write(directory.resolve("b"), 1);
    try (Connection connection = Connection.in(directory, TestBroker.shared().settings(topics))) {
      start("publish", "--checkpoint=" + directory.resolve("b"), "--config=" + connection.config());
      awaitWork(this::isTryingACheckpoint);

      // When
      send(signal);

      // Then
      requireCleanEnd(signal, "said", "tmp", "b", "readlens.properties");
    }
  }

  /** Some milliseconds' work, which may be done before the signal comes: both files, or neither. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndDemoReads(String signal) throws Exception {
    // Given
    start("demo-reads", "--output=" + out);
    await()
        .pollInterval(OFTEN)
        .atMost(STARTED)
        .until(() -> !process.isAlive() || (Files.exists(out) && !files(out).isEmpty()));

    // When
    send(signal);

    // Then
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isIn(0, CODES.get(signal));
    if (process.exitValue() == 0 || !files(out).isEmpty()) {
      assertThat(files(out)).containsExactlyInAnyOrder(DemoReads.FASTQ, DemoReads.TRUTH);
    }
    for (String name : files(out)) {
      assertThat(out.resolve(name)).hasBinaryContent(DemoReads.open(name).readAllBytes());
    }
  }

  /** Kafka answers nothing: all of them wait. */
  @ParameterizedTest
  @CsvSource({
    "INT, topics create",
    "HUP, topics create",
    "TERM, topics describe",
    "HUP, topics describe",
    "HUP, publish --checkpoint=B --location=B",
    "TERM, run",
    "INT, replay --input=READS",
    "TERM, export --output=OUT",
  })
  void shouldEndWhatWaits(String signal, String command) throws Exception {
    // Given
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path reads = bundledReads();
      Path checkpoint = directory.resolve("b");
      CheckpointFiles.write(checkpoint, 1);
      List<String> words = new ArrayList<>();
      for (String word : command.split(" ")) {
        words.add(
            word.replace("READS", reads.toString())
                .replace("OUT", out.toString())
                .replace("=B", "=" + checkpoint));
      }
      String address = "127.0.0.1:" + silent.getLocalPort();
      Path config = directory.resolve("readlens.properties");
      Files.writeString(
          config,
          "bootstrap.servers=%s\nschema.registry.url=http://%s\n".formatted(address, address));
      words.add("--config=" + config);
      start(words.toArray(String[]::new));
      silent.setSoTimeout(100);
      List<Socket> unanswered = new ArrayList<>();
      awaitWork(() -> unanswered.add(silent.accept()));

      // When
      send(signal);

      // Then
      requireCleanEnd(signal, "said", "tmp", "reads", "b", "readlens.properties");
      for (Socket each : unanswered) {
        each.close();
      }
    }
  }

  /** Kafka's producers would wait for it for two minutes: whoever stops it kills after one. */
  @ParameterizedTest
  @ValueSource(strings = {"explanations", "ledger"})
  void shouldEndRunSoonWhereATopicIsGone(String gone) throws Exception {
    // Given
    Topics topics = TestBroker.topicsOf("signals-it-" + UUID.randomUUID());
    String topic = topics.reads().name().replace("reads", gone);
    TestBroker.shared().createTopics(topics, 1);
    try (Connection connection = Connection.in(directory, TestBroker.shared().settings(topics))) {
      startOnManyReads(connection.config());
      delete(topic);
      awaitWork(() -> Files.readString(said).contains("no topic " + topic + " any more"));

      // When
      send("TERM");

      // Then
      requireSoonEnd();
    }
  }

  /** A broker that stands still takes connections, and answers nothing. */
  @Test
  void shouldEndRunSoonWhereTheBrokerStandsStill() throws Exception {
    // Given
    try (EmbeddedPlatform platform = EmbeddedPlatform.start(directory.resolve("data"), 0, 0)) {
      Path config = platform.config();
      assertThat(CommandRun.of("topics", "create", "--config=" + config).exitCode()).isZero();
      startOnManyReads(config);
      List<ProcessHandle> brokers =
          ProcessHandle.current().children().filter(each -> each.pid() != process.pid()).toList();
      try {
        for (ProcessHandle each : brokers) {
          send("STOP", each.pid());
        }

        // When
        send("TERM");

        // Then
        requireSoonEnd();
      } finally {
        for (ProcessHandle each : brokers) {
          send("CONT", each.pid());
        }
      }
    }
  }

  /** Returns in the midst of transactions. */
  private void startOnManyReads(Path config) throws IOException {
    CommandRun replay = CommandRun.of("replay", "--config=" + config, "--input=" + manyReads());
    assertThat(replay.exitCode()).as(replay.err()).isZero();
    start("run", "--config=" + config);
    awaitWork(() -> Files.readString(said).contains(" holds 0 samples") && hasExplained(config));
  }

  private static boolean hasExplained(Path config) {
    String topics = describe("--config=" + config);
    return topics
        .substring(topics.indexOf("explanations"), topics.indexOf("dead-letters"))
        .matches("(?s).*, sum [1-9].*");
  }

  private void requireSoonEnd() throws Exception {
    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
        .as(Files.readString(said))
        .isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(CODES.get("TERM"));
    assertThat(Files.readString(said))
        .contains("what is begun cannot be committed within ")
        .doesNotContain("Exception", "ERROR", "fatal error", "SIGSEGV", "readlens:");
  }

  private static void delete(String topic) {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      BrokerAnswer.of(admin.deleteTopics(List.of(topic)).all());
    }
  }

  private void start(String... arguments) throws IOException {
    // A test that was itself started to outlive its terminal would have the signals ignored.
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT,HUP,TERM"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Djava.io.tmpdir=" + temporary, "-Xmx512m"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of(arguments));
    process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
  }

  private void awaitWork(Callable<Boolean> isAtWork) throws IOException {
    await()
        .pollInterval(OFTEN)
        .atMost(STARTED)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> !process.isAlive() || isAtWork.call());
    assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
  }

  private void send(String signal) throws Exception {
    send(signal, process.pid());
  }

  private static void send(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
  }

  private void requireCleanEnd(String signal, String... left) throws Exception {
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(Files.readString(said)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(CODES.get(signal));
    assertThat(Files.readString(said))
        .doesNotContain("Exception", "fatal error", "SIGSEGV", "readlens:");
    assertThat(files(temporary)).isEmpty();
    assertThat(files(directory)).containsExactlyInAnyOrder(left);
  }

  /** Something of it is there, under a name that is not yet its own. */
  private boolean isBeingWritten(Path file) throws IOException {
    for (String name : files(directory)) {
      if (name.startsWith(file.getFileName() + ".") && name.endsWith(".part")) {
        return Files.size(directory.resolve(name)) > 0;
      }
    }
    return false;
  }

  /** Whether the engine's libraries are loaded, and more. */
  private boolean isComputing() throws IOException {
    Path maps = Path.of("/proc", String.valueOf(process.pid()), "maps");
    return Files.readString(maps).contains("libdjl_torch")
        && process.info().totalCpuDuration().orElseThrow().toSeconds() > 3;
  }

  /** Whether the engine loads a model, or answers by it, for the sake of a trial. */
  private boolean isTryingACheckpoint() throws IOException {
    Path self = Path.of("/proc", String.valueOf(process.pid()));
    if (!Files.readString(self.resolve("maps")).contains("libdjl_torch")) {
      return false;
    }
    for (String thread : files(self.resolve("task"))) {
      if (Files.readString(self.resolve("task").resolve(thread).resolve("comm"))
          .startsWith(TRIAL)) {
        return true;
      }
    }
    return false;
  }

  private static String describe(String config) {
    return CommandRun.of("topics", "describe", config).out();
  }

  private Path bundledReads() throws IOException {
    Path reads = directory.resolve("reads");
    Files.createDirectories(reads);
    return DemoReads.bundled(reads).files().get(0);
  }

  private Path manyReads() throws IOException {
    Path many = directory.resolve("many.fasta");
    StringBuilder reads = new StringBuilder();
    StringBuilder taxa = new StringBuilder("readId\ttaxid\n");
    for (int i = 0; i < MANY; i++) {
      reads.append(">r" + i + "\nACGT\n");
      taxa.append("r" + i + "\t562\n");
    }
    Files.writeString(truth(many), taxa);
    return Files.writeString(many, reads);
  }

  private static Path truth(Path reads) {
    return reads.resolveSibling(reads.getFileName() + ".tsv");
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
