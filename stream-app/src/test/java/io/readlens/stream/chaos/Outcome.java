package io.readlens.stream.chaos;

import io.readlens.avro.DeadLetterReason;
import io.readlens.stream.worker.FakeModel;
import org.apache.kafka.common.TopicPartition;

/**
 * What a consumer found for one read.
 *
 * @param readId the read's name
 * @param partition where it was found
 * @param offset where there
 * @param what became of the read, in the words of {@link #explained} or {@link #rejected}
 */
record Outcome(String readId, TopicPartition partition, long offset, String what) {

  /**
   * An explanation.
   *
   * @param checkpointId in which {@link FakeModel} names the read that it was asked about
   */
  static String explained(String checkpointId) {
    return "explained by " + checkpointId;
  }

  /** A dead letter of the record at an offset of the reads topic. */
  static String rejected(DeadLetterReason reason, TopicPartition partition, long offset) {
    return "rejected as " + reason + ", the record at " + partition + "/" + offset;
  }
}
