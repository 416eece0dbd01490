package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    "explainer.safetensors, explainer.output.weight",
    "classifier.safetensors, esm.encoder.layer.0.output.dense.weight",
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
          for (int i = 0; i < 30_000; i++) {
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
