package io.readlens.stream.ledger;

import io.readlens.stream.topics.BrokerAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What the brokers know of the reads topic: where its partitions begin and end, and how far the
 * application has committed. Every method throws {@link KafkaException} if they do not answer.
 *
 * <p>Threading: safe for use by many threads.
 */
public class ReadsLog implements AutoCloseable {
  private final Map<String, String> properties;
  private final String topic;
  private final String group;
  private Admin admin;

  /**
   * Asks nothing yet.
   *
   * @param properties what an admin client needs to connect
   * @param group the consumer group of the application, its {@code application.id}
   */
  public ReadsLog(Map<String, String> properties, String topic, String group) {
    this.properties = Map.copyOf(properties);
    this.topic = topic;
    this.group = group;
  }

  /** The topic's name. */
  String topic() {
    return topic;
  }

  /**
   * The offset from which the application goes on in a partition, once no transaction that may
   * change it is open; empty if it never committed one there or the brokers have forgotten it.
   */
  OptionalLong committed(int partition) {
    TopicPartition source = new TopicPartition(topic, partition);
    OffsetAndMetadata offset =
        BrokerAnswer.of(
                admin()
                    .listConsumerGroupOffsets(
                        group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata())
            .get(source);
    return Optional.ofNullable(offset)
        .map(known -> OptionalLong.of(known.offset()))
        .orElseGet(OptionalLong::empty);
  }

  /** The lowest offsets that some partitions still hold. */
  Map<Integer, Long> starts(Set<Integer> partitions) {
    return offsets(partitions, OffsetSpec.earliest());
  }

  /** The offset that a partition's next record will have. */
  long end(int partition) {
    return offsets(Set.of(partition), OffsetSpec.latest()).get(partition);
  }

  private Map<Integer, Long> offsets(Set<Integer> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(topic, partition), partition -> which));
    Map<Integer, Long> offsets = new HashMap<>();
    BrokerAnswer.of(admin().listOffsets(asked).all())
        .forEach((partition, found) -> offsets.put(partition.partition(), found.offset()));
    return offsets;
  }

  private synchronized Admin admin() {
    if (admin == null) {
      admin = Admin.create(new HashMap<>(properties));
    }
    return admin;
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close();
      admin = null;
    }
  }
}
