package io.readlens.stream.topology;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.Explanation;
import io.readlens.avro.ReadOutcome;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.ledger.Counts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a read_committed consumer sees of the written topics, from their beginning. */
final class Committed implements AutoCloseable {
  private static final Duration QUIET = Duration.ofSeconds(2);

  private final Topics topics;
  private final RegistrySerde<Explanation> explanations;
  private final RegistrySerde<DeadLetter> deadLetters;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<Integer, List<String>> explained = new HashMap<>();
  private final Map<Integer, List<String>> checkpoints = new HashMap<>();
  private final Map<String, DeadLetterReason> letters = new HashMap<>();
  private Counts outcomes = Counts.NONE;
  private int count;

  Committed(String bootstrapServers, Topics topics, Registry registry) {
    this.topics = topics;
    explanations = topics.explanations().serde(registry);
    deadLetters = topics.deadLetters().serde(registry);
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        Stream.of(topics.explanations().name(), topics.deadLetters().name())
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads on for a moment. */
  Committed poll() {
    take(consumer.poll(Duration.ofMillis(200)));
    return this;
  }

  /** Reads on until nothing has come for a while: a record too many would have. */
  void pollUntilQuiet() {
    ConsumerRecords<byte[], byte[]> polled;
    do {
      polled = consumer.poll(QUIET);
      take(polled);
    } while (!polled.isEmpty());
  }

  private void take(ConsumerRecords<byte[], byte[]> polled) {
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      count++;
      if (record.topic().equals(topics.explanations().name())) {
        Explanation explanation = explanations.deserialize(record.topic(), record.value());
        outcomes = outcomes.plus(one(explanation.getOutcome()));
        explained
            .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
            .add(explanation.getReadId());
        checkpoints
            .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
            .add(explanation.getCheckpointId());
      } else {
        outcomes = outcomes.plus(Counts.DEAD_LETTERED);
        letters.put(
            new String(record.key(), StandardCharsets.UTF_8),
            deadLetters.deserialize(record.topic(), record.value()).getReason());
      }
    }
  }

  private static Counts one(ReadOutcome outcome) {
    return switch (outcome) {
      case CLASSIFIED -> Counts.CLASSIFIED;
      case UNCLASSIFIED -> Counts.UNCLASSIFIED;
      case TOO_SHORT -> Counts.TOO_SHORT;
      case UNKNOWN -> throw new AssertionError("an unknown outcome was written");
    };
  }

  /** The records so far by outcome; none counts as received. */
  Counts outcomes() {
    return outcomes;
  }

  /** All records so far. */
  int count() {
    return count;
  }

  /** The ids of the explained reads. */
  List<String> explained() {
    return explained.values().stream().flatMap(List::stream).toList();
  }

  /** The same by partition, in order. */
  Map<Integer, List<String>> explainedByPartition() {
    return explained;
  }

  /** The checkpoint that each explained read names, by partition, in order. */
  Map<Integer, List<String>> checkpointsByPartition() {
    return checkpoints;
  }

  /** The checkpoints that the latest read of each partition names. */
  Set<String> latestCheckpoints() {
    return checkpoints.values().stream()
        .map(ofPartition -> ofPartition.get(ofPartition.size() - 1))
        .collect(Collectors.toSet());
  }

  /** Why each dead letter's record was rejected, by its key. */
  Map<String, DeadLetterReason> letters() {
    return letters;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
