package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.SequencingRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.BadCheckpoint;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.checkpoints.CheckpointTopic;
import io.readlens.stream.cli.Main;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints that must not get into service, announced one after the other to {@code run} in a
 * process of its own, with a heap of 512 MiB, while reads flow.
 */
@Timeout(300)
class BadCheckpointsIT {
  private static final int PARTITIONS = 4;
  private static final int AT_A_TIME = 5;
  private static final int SIGTERM_STATUS = 128 + 15;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final byte[] NOTHING = new byte[1 << 16];

  @TempDir private Path directory;
  private final Topics topics = TestBroker.topicsOf("bad-checkpoints-it-" + UUID.randomUUID());
  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> reads = topics.reads().serde(registry);
  private final RegistrySerde<CheckpointEvent> events = topics.checkpoints().serde(registry);
  private final Random random = new Random(1);
  private HttpServer server;
  private KafkaProducer<byte[], byte[]> producer;
  private Committed committed;
  private Process process;
  private Path log;
  private int produced;

  @BeforeEach
  void start() throws IOException {
    TestBroker.shared().createTopics(topics, PARTITIONS);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::serve);
    server.start();
    committed = new Committed(TestBroker.shared().bootstrapServers(), topics, registry);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    Map<String, String> settings = settings();
    Path config =
        Files.write(
            directory.resolve("readlens.properties"),
            settings.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    log = directory.resolve("log");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--config=" + config)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(TestBroker.shared().settings(topics));
    settings.put("application.id", topics.reads().name());
    settings.put("schema.registry.url", fakeRegistry.url());
    settings.put("checkpoints.from", directory + "," + url(""));
    return settings;
  }

  @AfterEach
  void end() {
    process.destroyForcibly().onExit().join();
    producer.close();
    committed.close();
    registry.close();
    fakeRegistry.close();
    server.stop(0);
  }

  @Test
  void shouldRefuseEachInALineWhileReadsFlow() throws Exception {
    // Given
    String own = Checkpoint.bundled().id();
    whileReadsFlow(() -> logged().stream().anyMatch(line -> line.startsWith("explaining ")));
    whileReadsFlow(() -> committed.count() > 0);

    for (BadCheckpoint bad : BadCheckpoint.values()) {
      // When
      String name = bad.name().toLowerCase(Locale.ROOT);
      String location =
          bad == BadCheckpoint.ENDLESS_BODY ? url("/" + name) : directory.resolve(name).toString();
      CheckpointEvent announced = bad.write(directory.resolve(name), location);
      announce(announced);
      String refusal = "refused checkpoint " + announced.getCheckpointId();
      whileReadsFlow(() -> logged().stream().anyMatch(line -> line.contains(refusal)));
      int before = produced;
      whileReadsFlow(() -> committed.count() >= before);

      // Then
      List<String> lines = logged().stream().filter(line -> line.contains(refusal)).toList();
      System.out.println(lines.get(0));
      assertThat(lines).hasSize(1);
      assertThat(lines.get(0)).contains(bad.reason()).contains("; " + own + " stays");
    }

    // And one that is good is taken still, from where the endless one came
    Checkpoint good = CheckpointFiles.write(directory.resolve("good"), 1);
    try (CheckpointTopic topic =
        CheckpointTopic.connect(AppConfig.of(new Properties(), settings()), registry)) {
      topic.announce(good, url("/good"));
    }
    whileReadsFlow(() -> committed.latestCheckpoints().equals(Set.of(good.id())));
    await().atMost(PATIENCE).until(() -> committed.poll().count() >= produced);
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", logged())).isEqualTo(SIGTERM_STATUS);
    committed.pollUntilQuiet();
    assertThat(committed.letters()).isEmpty();
    assertThat(committed.explained()).hasSize(produced).doesNotHaveDuplicates();
    assertThat(
            committed.checkpointsByPartition().values().stream()
                .flatMap(List::stream)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(own, good.id());
    assertThat(logged()).noneMatch(line -> line.matches(".*(OutOfMemory|^\\s+at |Exception).*"));
  }

  /** Sends reads, a few at a time, until something is so. */
  private void whileReadsFlow(Callable<Boolean> until) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              produce();
              committed.poll();
              assertThat(process.isAlive()).as(String.join("\n", logged())).isTrue();
              return until.call();
            });
  }

  private List<String> logged() throws IOException {
    return Files.readAllLines(log);
  }

  private void produce() {
    for (int i = 0; i < AT_A_TIME; i++) {
      String id = "read-" + produced++;
      String sequence =
          random
              .ints(random.nextInt(150, 400), 0, 4)
              .mapToObj(base -> "ACGT".substring(base, base + 1))
              .collect(Collectors.joining());
      byte[] value = reads.serialize(topics.reads().name(), read(id, sequence).build());
      var unused = producer.send(new ProducerRecord<>(topics.reads().name(), bytes(id), value));
    }
    producer.flush();
  }

  private void announce(CheckpointEvent event) {
    byte[] value = events.serialize(topics.checkpoints().name(), event);
    var unused =
        producer.send(new ProducerRecord<>(topics.checkpoints().name(), bytes("current"), value));
    producer.flush();
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    boolean endless = path.equals("endless_body/" + BadCheckpoint.ENDLESS_FILE);
    byte[] content = Files.readAllBytes(directory.resolve(path));
    exchange.sendResponseHeaders(200, endless ? 0 : content.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(content);
      while (endless) {
        body.write(NOTHING);
      }
    }
  }
}
