package io.readlens.stream.checkpoints;

import static io.readlens.stream.worker.Reads.CANARY;
import static io.readlens.stream.worker.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Places;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.topology.FakeRegistry;
import io.readlens.stream.waiting.Patience;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of announcements over time, on a real broker: models answer by their names. */
@Timeout(120)
class CheckpointFollowerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration UNTIL_NEXT_TRY = Duration.ofMillis(100);

  /** So many tries, and it is said still only once. */
  private static final int TRIES = 4;

  /** The number of a checkpoint whose model fails on reads. */
  private static final int FAILING = 13;

  /**
   * By the number of a checkpoint what its model does wrong on reads, but not while it is tried.
   */
  private static final Map<Integer, String> FAULTS =
      Map.of(FAILING, "failing", 14, "hanging", 15, "breaking");

  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final DeviceWorker.Policy POLICY =
      new DeviceWorker.Policy(1, 1_000, 1_000, 8, Duration.ofMillis(1), DEADLINE);

  @TempDir private Path directory;
  private final Topics topics = TestBroker.topicsOf("follower-it-" + UUID.randomUUID());
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final PrintStream err = System.err;

  /** What is logged, which is on standard error. */
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private final Checkpoint own = Checkpoint.bundled();
  private HttpServer server;
  private CheckpointTopic announcements;
  private DeviceWorker<ExplainedRead> worker;
  private LiveModel<ExplainedRead> live;
  private CheckpointFollower follower;

  /** Lets those go on that hang: a model, a server. */
  private final CountDownLatch released = new CountDownLatch(1);

  /** What is the matter with the server, if anything is. */
  private volatile String trouble = "";

  @BeforeEach
  void start() throws IOException {
    TestBroker.shared().createTopics(topics, 1);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    announcements = CheckpointTopic.connect(config(), registry);
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    startInstance(PATIENCE);
  }

  /** An instance with the bundled checkpoint. */
  private void startInstance(Duration patience) {
    DeviceModel<ExplainedRead> ownModel = model(own.id(), "");
    worker = DeviceWorker.start(POLICY, ownModel, CANARY);
    live =
        LiveModel.of(
            worker,
            served(own, ownModel),
            new DeviceSpeed(1, 1_000, 1e6),
            Places.parse(directory + "," + url("")),
            checkpoint -> {
              String fault = FAULTS.getOrDefault(checkpoint.metrics().path("number").asInt(), "");
              return served(checkpoint, model(checkpoint.id(), fault));
            },
            (model, speed) -> POLICY,
            CANARY);
    follower = new CheckpointFollower(config(), registry, live, UNTIL_NEXT_TRY);
    follower.start(new Patience(patience));
  }

  private void stopInstance() {
    follower.stop();
    worker.close();
  }

  @AfterEach
  void stop() {
    released.countDown();
    stopInstance();
    System.setErr(err);
    announcements.close();
    server.stop(0);
    registry.close();
    fakeRegistry.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing there", "unfinished", "other files", "failing", "forbidden"})
  void shouldTakeWhatIsAllThereLaterAndSayOnceThatItIsNot(String matter) {
    // Given
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);
    CheckpointFiles.write(directory.resolve("before"), 2);
    trouble = matter;
    announcements.announce(next, url("/next"));
    await().atMost(PATIENCE).until(() -> follower.refused() >= TRIES);
    assertThat(live.checkpointId()).isEqualTo(own.id());

    // When
    trouble = "";

    // Then
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);
    assertThat(live.checkpointId()).isEqualTo(next.id());
    assertThat(logged("refused checkpoint " + next.id()))
        .singleElement()
        .asString()
        .contains("; " + own.id() + " stays, and it is tried again every minute");
    await().atMost(PATIENCE).until(() -> !said(CheckpointEventKind.TAKEN, next).isEmpty());
    assertThat(said(CheckpointEventKind.REFUSED, next)).hasSize(1);
  }

  @Test
  void shouldSayWhatChangedBetweenTwoTries() {
    // Given
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);
    trouble = "nothing there";
    announcements.announce(next, url("/next"));
    await().atMost(PATIENCE).until(() -> follower.refused() >= TRIES);

    // When
    trouble = "unfinished";

    // Then
    await().atMost(PATIENCE).until(() -> logged("refused checkpoint").size() == 2);
    assertThat(logged("refused checkpoint").get(0)).contains("has no SHA256SUMS");
    assertThat(logged("refused checkpoint").get(1))
        .contains("explainer.safetensors differs from its digest");
  }

  @ParameterizedTest
  @CsvSource({
    "64, 4097, its location has 4097 characters",
    "64, 900000, its location has 900000 characters",
    "63, 9, the announcement names no checkpoint",
    "900000, 9, the announcement names no checkpoint",
    "0, 9, the announcement names no checkpoint"
  })
  void shouldSayLittleOfAnAnnouncementThatSaysTooMuch(int idLength, int length, String said) {
    // Given
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setKind(CheckpointEventKind.ANNOUNCED)
            .setCheckpointId("a".repeat(idLength))
            .setLocation("/".repeat(length))
            .setLabelsDigest(own.labelsDigest())
            .setTime(Instant.EPOCH)
            .build();

    // When
    announce(event);

    // Then
    await().atMost(PATIENCE).until(() -> follower.refused() == 1);
    assertThat(logged("refused checkpoint "))
        .singleElement()
        .asString()
        .contains(said)
        .hasSizeLessThan(500);
  }

  @Test
  void shouldNotTryAgainWhatIsBadForGood() {
    // Given
    CheckpointEvent bad =
        BadCheckpoint.INFINITE.write(directory.resolve("bad"), directory.resolve("bad").toString());
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);
    trouble = "nothing there";
    announce(bad);
    await().atMost(PATIENCE).until(() -> follower.refused() == 1);

    // When
    announcements.announce(next, url("/next"));
    await().atMost(PATIENCE).until(() -> follower.refused() >= TRIES);

    // Then
    assertThat(logged("refused checkpoint " + bad.getCheckpointId())).hasSize(1);
    assertThat(logged("refused checkpoint " + next.id())).hasSize(1);
  }

  @Test
  void shouldGoBackFromOneThatFailsOnReadsAndSaySo() throws Exception {
    // Given
    Checkpoint failing = CheckpointFiles.write(directory.resolve("failing"), FAILING);
    announcements.announce(failing, directory.resolve("failing").toString());
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);

    // When
    List<String> answeredBy = answeredBy(20);

    // Then
    await().atMost(PATIENCE).until(() -> !said(CheckpointEventKind.REFUSED, failing).isEmpty());
    assertThat(answeredBy).as("no read is lost").containsOnly(own.id());
    assertThat(live.checkpointId()).isEqualTo(own.id());
    assertThat(logged("gave up checkpoint " + failing.id()))
        .singleElement()
        .asString()
        .contains("; " + own.id() + " answers again");
    await().atMost(PATIENCE).until(() -> said(CheckpointEventKind.REFUSED, failing).size() == 2);
    assertThat(said(CheckpointEventKind.REFUSED, failing))
        .as("the instance's word, and what outlives it")
        .allSatisfy(event -> assertThat(event.getReason()).contains("failed on"));
    assertThat(follower.taken()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"13, failed on 8 of its last reads", "14, stuck", "15, Java heap space"})
  void shouldNotTakeUpAgainAtItsStartWhatWasGivenUp(int number, String reason) throws Exception {
    // Given a checkpoint that ended its service on the first reads
    Checkpoint bad = CheckpointFiles.write(directory.resolve("bad"), number);
    announcements.announce(bad, directory.resolve("bad").toString());
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);
    assertThat(answeredBy(20)).as("no read is lost").containsOnly(own.id());
    await().atMost(PATIENCE).until(() -> !said(CheckpointEventKind.REFUSED, bad).isEmpty());
    stopInstance();

    // When another instance starts
    startInstance(PATIENCE);

    // Then
    assertThat(live.checkpointId()).isEqualTo(own.id());
    assertThat(worker.failure()).isEmpty();
    assertThat(logged("refused checkpoint " + bad.id()))
        .singleElement()
        .asString()
        .contains("gave it up at ", reason, "publish it again to have it tried again")
        .contains("; " + own.id() + " stays");
    assertThat(follower.taken()).isZero();

    // And announced anew it is tried anew
    announcements.announce(bad, directory.resolve("bad").toString());
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);
  }

  private List<String> answeredBy(int reads) throws Exception {
    List<String> answeredBy = new ArrayList<>();
    for (int i = 0; i < reads; i++) {
      var answer = worker.submit(read("read-" + i, 120));
      worker.hint();
      answeredBy.add(answer.get().checkpointId());
    }
    return answeredBy;
  }

  @ParameterizedTest
  @ValueSource(strings = {"silent", "dripping"})
  void shouldBeginWithItsOwnWhereTheServerTakesItsTime(String matter) throws Exception {
    // Given
    stopInstance();
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);
    announcements.announce(next, url("/next"));
    trouble = matter;

    // When
    startInstance(Duration.ofSeconds(3));

    // Then it says what it waited for, and changes over when that comes
    assertThat(answeredBy(1)).containsExactly(own.id());
    assertThat(logged("waiting for checkpoint " + next.id() + " from " + url("/next")))
        .isNotEmpty();
    assertThat(logged("was not there in 3 s: beginning with " + own.id())).hasSize(1);
    trouble = "";
    released.countDown();
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);
    assertThat(answeredBy(1)).containsExactly(next.id());
  }

  @Test
  void shouldAskAgainForASchemaThatTheRegistryDoesNotKnowYet() {
    // Given
    Checkpoint next = CheckpointFiles.write(directory.resolve("next"), 1);
    byte[] unknown = ByteBuffer.allocate(6).put((byte) 0).putInt(4711).array();

    // When
    send(unknown);

    // Then
    await().atMost(PATIENCE).until(() -> follower.refused() >= TRIES);
    assertThat(logged("refused checkpoint"))
        .singleElement()
        .asString()
        .contains("4711", "it is tried again every minute");
    announcements.announce(next, directory.resolve("next").toString());
    await().atMost(PATIENCE).until(() -> follower.taken() == 1);
  }

  private List<String> logged(String text) {
    return log.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains(text))
        .toList();
  }

  /** All that the instance has said of a checkpoint, as far as it is there yet. */
  private List<CheckpointEvent> said(CheckpointEventKind kind, Checkpoint of) {
    String topic = topics.checkpoints().name();
    List<CheckpointEvent> said = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          CheckpointEvent event =
              topics.checkpoints().serde(registry).deserialize(topic, record.value());
          if (event.getKind() == kind && event.getCheckpointId().equals(of.id())) {
            said.add(event);
          }
        }
      }
    }
    return said;
  }

  private void announce(CheckpointEvent event) {
    send(topics.checkpoints().serde(registry).serialize(topics.checkpoints().name(), event));
  }

  private void send(byte[] value) {
    byte[] key = CheckpointTopic.CURRENT.getBytes(StandardCharsets.UTF_8);
    String topic = topics.checkpoints().name();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var unused = producer.send(new ProducerRecord<>(topic, key, value));
    }
  }

  private AppConfig config() {
    Map<String, String> properties = new HashMap<>(TestBroker.shared().settings(topics));
    properties.put("application.id", topics.reads().name());
    properties.put("schema.registry.url", fakeRegistry.url());
    return AppConfig.of(new Properties(), properties);
  }

  private ServedModel<ExplainedRead> served(
      Checkpoint checkpoint, DeviceModel<ExplainedRead> model) {
    return new ServedModel<>(checkpoint.id(), own.labelsDigest(), model, false, () -> {});
  }

  /**
   * @param fault what it does on every read of the test's, but on none that it is tried with
   */
  private DeviceModel<ExplainedRead> model(String name, String fault) {
    return DeviceModel.ofReads(
        reads -> {
          if (reads.stream().anyMatch(read -> read.id().startsWith("read-"))) {
            switch (fault) {
              case "failing" -> throw new IllegalStateException("a mask is not finite");
              case "breaking" -> throw new OutOfMemoryError("Java heap space");
              case "hanging" -> awaitReleased();
              default -> {}
            }
          }
          return reads.stream().map(read -> new ExplainedRead(List.of(), name)).toList();
        });
  }

  private void awaitReleased() {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    byte[] content =
        Files.readAllBytes(
            directory.resolve(
                trouble.equals("other files") ? path.replace("next", "before") : path));
    int status =
        switch (trouble) {
          case "nothing there" -> 404;
          case "failing" -> 503;
          case "forbidden" -> 403;
          default -> 200;
        };
    boolean half = trouble.equals("unfinished") && path.endsWith("explainer.safetensors");
    int length = half ? content.length / 2 : content.length;
    if (trouble.equals("silent")) {
      awaitReleased();
    }
    exchange.sendResponseHeaders(status, status == 200 ? length : -1);
    if (status == 200) {
      if (trouble.equals("dripping")) {
        exchange.getResponseBody().write(content, 0, 10);
        exchange.getResponseBody().flush();
        awaitReleased();
        exchange.getResponseBody().write(content, 10, length - 10);
        exchange.close();
        return;
      }
      exchange.getResponseBody().write(content, 0, length);
    }
    exchange.close();
  }
}
