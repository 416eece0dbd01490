package io.readlens.stream.chaos;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Everything that the written topics hold, as a consumer of either kind sees it. */
final class OutcomeTopics {
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final Topics topics;
  private final RegistrySerde<Explanation> explanations;
  private final RegistrySerde<DeadLetter> deadLetters;

  OutcomeTopics(String bootstrapServers, Topics topics, Registry registry) {
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    explanations = topics.explanations().serde(registry);
    deadLetters = topics.deadLetters().serde(registry);
  }

  /** Reads from the beginning to the present end; those of one partition are in its order. */
  List<Outcome> read(IsolationLevel isolation) {
    List<Outcome> outcomes = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                isolation.name().toLowerCase(Locale.ROOT)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          Stream.of(topics.explanations().name(), topics.deadLetters().name())
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        consumer.poll(POLL).forEach(record -> outcomes.add(outcome(record)));
      }
    }
    return outcomes;
  }

  private Outcome outcome(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (record.topic().equals(topics.explanations().name())) {
      Explanation explanation = explanations.deserialize(record.topic(), record.value());
      return new Outcome(
          explanation.getReadId(),
          partition,
          record.offset(),
          Outcome.explained(explanation.getCheckpointId()));
    }
    DeadLetter letter = deadLetters.deserialize(record.topic(), record.value());
    return new Outcome(
        new String(record.key(), StandardCharsets.UTF_8),
        partition,
        record.offset(),
        Outcome.rejected(
            letter.getReason(),
            new TopicPartition(letter.getTopic(), letter.getPartition()),
            letter.getOffset()));
  }
}
