package io.readlens.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic as it should be created, and the records that it holds. Keys are UTF-8 text.
 *
 * @param name the topic's name
 * @param type class of the values
 * @param partitions how many partitions to create it with, 1 or more
 * @param retention how long records are kept, counted from their timestamps; empty: the topic is
 *     compacted, the latest record of each key is kept for ever
 * @param maxMessageBytes largest batch of records that it accepts, in bytes after compression
 */
public record Topic<T extends SpecificRecord>(
    String name, Class<T> type, int partitions, Optional<Duration> retention, int maxMessageBytes) {
  /**
   * Of a compacted topic: how much of a partition is left as it was written. Whoever reads it from
   * the beginning reads that much and the latest of each key.
   */
  private static final int SEGMENT_BYTES = 4 * 1024 * 1024;

  /**
   * Of a compacted topic: how long the end of a transaction stays in it. Kafka keeps these for a
   * day unless told otherwise, which at ten transactions a second is most of what there is to read.
   */
  private static final Duration MARKERS_KEPT = Duration.ofMinutes(10);

  private static final Pattern LEGAL_NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

  public Topic {
    if (!LEGAL_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a topic name: '" + name + "'");
    }
    if (partitions < 1 || isBelowAMilli(retention) || maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          name + ": partitions, retention and message size must be positive");
    }
  }

  private static boolean isBelowAMilli(Optional<Duration> retention) {
    return retention.isPresent() && retention.get().toMillis() < 1;
  }

  /** Whether only the latest record of each key is kept. */
  public boolean isCompacted() {
    return retention.isEmpty();
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
    Map<String, String> configs = new HashMap<>();
    configs.put("compression.type", "gzip");
    configs.put("max.message.bytes", Integer.toString(maxMessageBytes));
    if (retention.isPresent()) {
      configs.put("cleanup.policy", "delete");
      configs.put("retention.ms", Long.toString(retention.get().toMillis()));
    } else {
      configs.put("cleanup.policy", "compact");
      configs.put("segment.bytes", Integer.toString(SEGMENT_BYTES));
      configs.put("delete.retention.ms", Long.toString(MARKERS_KEPT.toMillis()));
    }
    return Map.copyOf(configs);
  }
}
