package io.readlens.stream.chaos;

import io.readlens.stream.ledger.Counts;
import org.apache.kafka.common.TopicPartition;

/**
 * A read as the broker took it.
 *
 * @param id its name, which no other read has
 * @param sample where it counts: its sample, or none if nobody can read that
 * @param topic how often the reads topic had been created anew when it was sent
 * @param partition the partition of the reads topic that holds it
 * @param offset its offset there
 * @param home the partition of the written topics that its outcome belongs into, by its key
 * @param due what must become of it, in the words of {@link Outcome#what}
 * @param counts what it adds to the ledger
 */
record SentRead(
    String id,
    String sample,
    int topic,
    TopicPartition partition,
    long offset,
    int home,
    String due,
    Counts counts) {}
