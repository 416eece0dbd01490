/**
 * The declared topics on a Kafka cluster: created, compared, described. What is there already is
 * left as it is, but that a ledger grows to the partitions of the reads topic.
 *
 * <p>May know: Kafka's admin client and the declared topics. Trap: Kafka confirms a topic before
 * its partitions can be written to; {@link io.readlens.stream.topics.KafkaTopics} therefore returns
 * only when every partition has told its end offset.
 */
package io.readlens.stream.topics;
