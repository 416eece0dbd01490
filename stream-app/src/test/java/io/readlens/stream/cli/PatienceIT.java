package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.PropertiesFile;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Brokers and a registry that answer late, once somebody has said that he waits for them. */
@Timeout(120)
class PatienceIT {
  /** A tenth of it is long enough for what answers once it has been spoken of. */
  private static final int SECONDS = 600;

  private static final String REFUSED = " of 60 s: ";
  private static final String SILENT = " of 600 s: ";

  @TempDir Path directory;

  private final Topics topics = TestBroker.topicsOf("patience-it-" + UUID.randomUUID());
  private Connection connection;

  @BeforeEach
  void start() throws Exception {
    Map<String, String> settings = new HashMap<>(TestBroker.shared().settings(topics));
    settings.put("patience.seconds", Integer.toString(SECONDS));
    settings.put("application.id", topics.reads().name());
    connection = Connection.in(directory, settings);
  }

  @AfterEach
  void stop() {
    connection.close();
  }

  @Test
  void shouldCreateTopicsOnABrokerThatIsStillStarting() throws Exception {
    try (LateEndpoint broker = LateEndpoint.refusing(brokerPort())) {
      // When
      CommandRun run =
          CommandRun.of(
              err -> openWhen(err, REFUSED + "broker", broker),
              "topics",
              "create",
              "--config=" + connection.config(),
              "-Dbootstrap.servers=127.0.0.1:" + broker.port());

      // Then
      assertThat(run.complaint()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out().lines()).hasSize(5).allMatch(line -> line.endsWith(" created"));
      assertThat(run.err())
          .contains(REFUSED + "broker 127.0.0.1:" + broker.port() + ": connection refused");
    }
  }

  @Test
  void shouldReplayToABusyBrokerAndARegistryThatIsStillStarting() throws Exception {
    // Given
    TestBroker.shared().createTopics(topics, 1);
    Path reads = Files.writeString(directory.resolve("a.fastq"), "@r1\nACGT\n+\nIIII\n");
    try (LateEndpoint broker = LateEndpoint.silent(brokerPort());
        LateEndpoint registry = LateEndpoint.refusing(registryPort())) {
      // When
      CommandRun run =
          CommandRun.of(
              err -> {
                openWhen(err, SILENT + "broker", broker);
                openWhen(err, REFUSED + "registry", registry);
              },
              "replay",
              "--input=" + reads,
              "--config=" + connection.config(),
              "-Dbootstrap.servers=127.0.0.1:" + broker.port(),
              "-Dschema.registry.url=http://127.0.0.1:" + registry.port());

      // Then
      assertThat(run.complaint()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).startsWith("replayed 1 read ");
      assertThat(run.err())
          .contains(SILENT + "broker 127.0.0.1:" + broker.port() + ": no answer, though it takes")
          .contains(
              REFUSED + "registry http://127.0.0.1:" + registry.port() + ": connection refused");
    }
  }

  @Test
  void shouldStartOnABrokerThatIsStillStartingAndABusyRegistry() throws Exception {
    // Given
    TestBroker.shared().createTopics(topics, 1);
    try (LateEndpoint broker = LateEndpoint.refusing(brokerPort());
        LateEndpoint registry = LateEndpoint.silent(registryPort())) {
      AppConfig config =
          AppConfig.of(
              PropertiesFile.read(connection.config()).properties(),
              Map.of(
                  "bootstrap.servers",
                  "127.0.0.1:" + broker.port(),
                  "schema.registry.url",
                  "http://127.0.0.1:" + registry.port()));
      ExplainApp app =
          new ExplainApp(
              config,
              DeviceModel.ofReads(new FakeModel()),
              new DeviceSpeed(2, 16_384, 1e6),
              "checkpoint",
              config.patience().limit());
      try (app) {
        // When
        CompletableFuture<Void> started = CompletableFuture.runAsync(app::start);
        awaitAttempt(started);
        broker.open();
        registry.open();
        started.join();

        // Then
        await().until(() -> app.status().state() == KafkaStreams.State.RUNNING);
      }
    }
  }

  @Test
  void shouldGiveUpWhenThePatienceIsOver() throws Exception {
    // Given
    try (LateEndpoint never = LateEndpoint.refusing(brokerPort())) {
      // When
      CommandRun run =
          CommandRun.of(
              "topics",
              "describe",
              "--config=" + connection.config(),
              "-Dpatience.seconds=2",
              "-Dbootstrap.servers=127.0.0.1:" + never.port());

      // Then
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.complaint())
          .isEqualTo(
              "readlens: broker 127.0.0.1:%d: connection refused, nothing listens there;"
                      .formatted(never.port())
                  + " is it running, and is bootstrap.servers right?"
                  + " (waited 2 s; patience.seconds lets it take longer)");
    }
  }

  /** The start waits for the broker, and says so on its own thread. */
  private static void awaitAttempt(CompletableFuture<Void> started) {
    await()
        .until(
            () ->
                started.isDone()
                    || List.copyOf(Thread.getAllStackTraces().keySet()).stream()
                        .anyMatch(thread -> thread.getName().equals("readlens-patience")));
  }

  private static void openWhen(String err, String said, LateEndpoint endpoint) {
    if (err.contains(said)) {
      endpoint.open();
    }
  }

  private static int brokerPort() {
    return URI.create("kafka://" + TestBroker.shared().bootstrapServers()).getPort();
  }

  private int registryPort() {
    return URI.create(connection.registry().url()).getPort();
  }
}
