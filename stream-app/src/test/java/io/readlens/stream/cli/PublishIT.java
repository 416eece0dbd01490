package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

/** What {@code publish} announces, on a real broker and registry. */
@Timeout(120)
class PublishIT {
  @TempDir private Path directory;
  private final Topic<CheckpointEvent> topic =
      Topics.standard().checkpoints().named("publish-it-" + UUID.randomUUID());
  private Connection connection;

  @BeforeEach
  void start() throws IOException {
    TestBroker.shared().createTopic(topic.name(), 2, topic.configs());
    connection = Connection.in(directory, Map.of("topic.checkpoints", topic.name()));
  }

  @AfterEach
  void stop() {
    connection.close();
  }

  @Test
  void shouldAnnounceAllThatInstancesNeedToKnow() {
    // Given
    Path models = directory.resolve("models");
    Checkpoint checkpoint = CheckpointFiles.write(models, 1);

    // When
    CommandRun run = publish("--checkpoint", models.toString());

    // Then
    assertThat(run.complaint()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("published  " + checkpoint.id());
    ConsumerRecord<byte[], byte[]> record = onlyRecord();
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("current");
    try (Registry registry =
        Registry.connect(Map.of("schema.registry.url", connection.registry().url().toString()))) {
      CheckpointEvent event = topic.serde(registry).deserialize(topic.name(), record.value());
      assertThat(event.getKind()).isEqualTo(CheckpointEventKind.ANNOUNCED);
      assertThat(event.getCheckpointId()).isEqualTo(checkpoint.id());
      assertThat(event.getLocation()).isEqualTo(models.toUri().toString());
      assertThat(event.getDigests()).isEqualTo(checkpoint.digests());
      assertThat(event.getLabelsDigest()).isEqualTo(checkpoint.labelsDigest());
      assertThat(event.getMetrics()).isEqualTo(checkpoint.metrics().toString());
    }
  }

  @Test
  void shouldRefuseWhatIsNoCheckpoint() {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);
    CheckpointFiles.corrupt(models.resolve("config.json"));

    // When
    CommandRun run = publish("--checkpoint", models.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("config.json differs from its digest");
    assertThat(records()).isEmpty();
  }

  @Test
  void shouldRefuseWeightsThatDoNotLoad() {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);
    String size = "\"hidden_size\" : ";
    int width = Checkpoint.bundled().config().hiddenSize();
    CheckpointFiles.edit(models, "config.json", size + width, size + width / 2);

    // When
    CommandRun run =
        publish("--checkpoint", models.toString(), "--location", "https://models.example/1");

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("classifier.safetensors");
    assertThat(records()).isEmpty();
  }

  /** Every number is finite, but not what is computed with them. */
  @ParameterizedTest
  @CsvSource({
    "explainer.safetensors, explainer.output.scale.weight",
    "classifier.safetensors, readlens.embeddings.amino_acid_triples.weight",
    "classifier.safetensors, classifier.genus.weight",
  })
  void shouldRefuseWhatFailsOnAGoodRead(String file, String tensor) {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);
    CheckpointFiles.numbers(
        models,
        file,
        tensor,
        numbers -> {
          for (int i = 0; i < 150_000 && numbers.hasRemaining(); i++) {
            numbers.putFloat(i % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE);
          }
        });

    // When
    CommandRun run = publish("--checkpoint", models.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("it fails on a read that is known to be good: ");
    assertThat(records()).isEmpty();
  }

  /** An address under which nothing is; an empty directory; another checkpoint; half of it. */
  @ParameterizedTest
  @ValueSource(strings = {"nothing", "empty", "another", "half", "failing"})
  void shouldRefuseWhatIsNotWhereInstancesLookForIt(String matter) throws IOException {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);
    Path there = Files.createDirectories(directory.resolve("there"));
    String location = there.toString();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(matter.equals("failing") ? 503 : 404, -1);
          exchange.close();
        });
    server.start();
    switch (matter) {
      case "another" -> CheckpointFiles.write(there, 2);
      case "half" -> {
        CheckpointFiles.write(there, 1);
        CheckpointFiles.truncate(there.resolve("classifier.safetensors"));
      }
      case "nothing", "failing" ->
          location = "http://localhost:" + server.getAddress().getPort() + "/models";
      default -> {}
    }

    // When
    CommandRun run = publish("--checkpoint", models.toString(), "--location", location);
    server.stop(0);

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .contains("instances would refuse it: ")
        .endsWith("; nothing was published");
    assertThat(records()).isEmpty();
  }

  @Test
  void shouldRefuseAPlaceThatTheSettingsDoNotAllow() throws IOException {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);
    Path allowed = Files.createDirectories(directory.resolve("allowed"));
    Files.writeString(
        connection.config(), "\ncheckpoints.from=" + allowed + "\n", StandardOpenOption.APPEND);

    // When
    CommandRun run = publish("--checkpoint", models.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("is not below what checkpoints.from allows");
    assertThat(records()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1/models", "/no/such/directory"})
  void shouldWarnOfAPlaceThatIsOutOfReach(String location) {
    // Given
    Path models = directory.resolve("models");
    CheckpointFiles.write(models, 1);

    // When
    CommandRun run = publish("--checkpoint", models.toString(), "--location", location);

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .contains("the files at " + location + " were not looked at");
    assertThat(records()).hasSize(1);
  }

  @Test
  void shouldRefuseOtherLabelsThanThoseInForce() {
    // Given
    Path good = directory.resolve("good");
    CheckpointFiles.write(good, 1);
    assertThat(publish("--checkpoint", good.toString()).exitCode()).isZero();

    // When
    CommandRun run = publish("--checkpoint", withOtherLabels().toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .contains("its labels (digest ", "are others than those of checkpoint ")
        .endsWith("start instances with it, then publish it; nothing was published");
    assertThat(records()).as("what is in force stays").hasSize(1);
  }

  /** What runs counts, and not what was in force before it was started. */
  @Test
  void shouldHoldTheLabelsAgainstThoseOfTheInstancesThatRun() {
    // Given
    Path good = directory.resolve("good");
    Checkpoint old = CheckpointFiles.write(good, 1);
    assertThat(publish("--checkpoint", good.toString()).exitCode()).isZero();
    Path other = withOtherLabels();
    Checkpoint own = Checkpoint.load(other);
    say("an-application/a-host/1", own);

    // When
    CommandRun run = publish("--checkpoint", other.toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(publish("--checkpoint", good.toString()).complaint())
        .contains("all 1 instances that run, such as an-application/a-host/1");
    say("an-application/a-host/2", old);
    CommandRun mixed = publish("--checkpoint", good.toString());
    assertThat(mixed.exitCode()).isZero();
    assertThat(mixed.err()).contains("1 of 2 instances answer with other labels");
  }

  private Path withOtherLabels() {
    Path other = directory.resolve("other");
    CheckpointFiles.write(other, 2);
    CheckpointFiles.edit(other, "labels.tsv", "Bacteria", "Bakteria");
    return other;
  }

  /** An instance says what it answers with. */
  private void say(String instance, Checkpoint checkpoint) {
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setKind(CheckpointEventKind.TAKEN)
            .setCheckpointId(checkpoint.id())
            .setLabelsDigest(checkpoint.labelsDigest())
            .setInstance(instance)
            .setTime(Instant.EPOCH)
            .build();
    try (Registry registry =
            Registry.connect(
                Map.of("schema.registry.url", connection.registry().url().toString()));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      var unused =
          producer.send(
              new ProducerRecord<>(
                  topic.name(),
                  instance.getBytes(StandardCharsets.UTF_8),
                  topic.serde(registry).serialize(topic.name(), event)));
    }
  }

  private CommandRun publish(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("publish", "--config", connection.config().toString()));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private ConsumerRecord<byte[], byte[]> onlyRecord() {
    List<ConsumerRecord<byte[], byte[]>> records = records();
    assertThat(records).hasSize(1);
    return records.get(0);
  }

  private List<ConsumerRecord<byte[], byte[]>> records() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          List.of(new TopicPartition(topic.name(), 0), new TopicPartition(topic.name(), 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!ends.entrySet().stream()
          .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
