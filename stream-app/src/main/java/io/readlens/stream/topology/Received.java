package io.readlens.stream.topology;

import org.apache.kafka.common.TopicPartition;

/** A record of the reads topic as it came: bytes and where they are from. */
final class Received {
  private final byte[] key;
  private final byte[] value;
  private final TopicPartition partition;
  private final long offset;
  private final long timestamp;

  /**
   * @param key the key's bytes, or null
   * @param value the value's bytes, or null
   * @param timestamp milliseconds since 1970-01-01T00:00Z; a record that has none counts as one of
   *     that moment
   */
  Received(byte[] key, byte[] value, TopicPartition partition, long offset, long timestamp) {
    this.key = key;
    this.value = value;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = Math.max(0, timestamp);
  }

  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  TopicPartition partition() {
    return partition;
  }

  long offset() {
    return offset;
  }

  long timestamp() {
    return timestamp;
  }

  @Override
  public String toString() {
    return partition + "@" + offset;
  }
}
