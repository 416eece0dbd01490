package io.readlens.schemas;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic as it should be created, and the records that it holds. Keys are UTF-8 text.
 *
 * @param name the topic's name
 * @param type class of the values
 * @param partitions how many partitions to create it with, 1 or more
 * @param retention how long records are kept, counted from their timestamps
 * @param maxMessageBytes largest batch of records that it accepts, in bytes after compression
 */
public record Topic<T extends SpecificRecord>(
    String name, Class<T> type, int partitions, Duration retention, int maxMessageBytes) {
  private static final Pattern LEGAL_NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

  public Topic {
    if (!LEGAL_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a topic name: '" + name + "'");
    }
    if (partitions < 1 || retention.toMillis() < 1 || maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          name + ": partitions, retention and message size must be positive");
    }
  }

  /** The same topic under another name. */
  public Topic<T> named(String other) {
    return new Topic<>(other, type, partitions, retention, maxMessageBytes);
  }

  /** The same topic with another number of partitions. */
  public Topic<T> withPartitions(int count) {
    return new Topic<>(name, type, count, retention, maxMessageBytes);
  }

  /** The registry's name for the schemas of this topic's values. */
  public String subject() {
    return subject(name);
  }

  static String subject(String topic) {
    return topic + "-value";
  }

  /** Reads and writes this topic's values. */
  public RegistrySerde<T> serde(Registry registry) {
    return new RegistrySerde<>(type, registry);
  }

  /**
   * The topic's configuration, by Kafka's names. The broker stores batches in gzip whatever the
   * producer sent, because clients without native code (kafkajs) read no other codec; a producer
   * that sends gzip spares it the work.
   */
  public Map<String, String> configs() {
    return Map.of(
        "cleanup.policy",
        "delete",
        "compression.type",
        "gzip",
        "max.message.bytes",
        Integer.toString(maxMessageBytes),
        "retention.ms",
        Long.toString(retention.toMillis()));
  }
}
