package io.readlens.stream.topology;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topics;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Ledger;
import io.readlens.stream.topology.Outcome.Expired;
import io.readlens.stream.topology.Outcome.Explained;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.topology.Outcome.TooShort;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The topology, as the diagram shows it:
 *
 * <pre>
 * reads → explain → route ┬ route-explained → to-explanation → explanations
 *                         ├ route-rejected  → to-dead-letter → dead-letters
 *                         └ route-expired   → to-ledger      → ledger
 * </pre>
 *
 * <p>Records are consumed as bytes, so that one which cannot be decoded is an outcome like others,
 * in the same transaction.
 */
final class ExplainTopology {
  /** A record without a timestamp counts as one from 1970: Streams would drop it unseen. */
  static final TimestampExtractor TIMESTAMPS =
      (record, streamTime) -> Math.max(0, record.timestamp());

  private ExplainTopology() {}

  static Topology of(
      Topics topics, ReadIntake intake, Ledger ledger, Registry registry, Clock clock) {
    Serde<byte[]> bytes = Serdes.ByteArray();
    Serde<Explanation> explanations = topics.explanations().serde(registry);
    Serde<DeadLetter> deadLetters = topics.deadLetters().serde(registry);
    AvroMapping mapping = intake.mapping();
    String reads = topics.reads().name();

    StreamsBuilder builder = new StreamsBuilder();
    KStream<byte[], Outcome> outcomes =
        builder.stream(
                reads,
                Consumed.with(bytes, bytes).withName("reads").withTimestampExtractor(TIMESTAMPS))
            .process(() -> new ExplainProcessor(intake, ledger, reads, clock), Named.as("explain"));

    outcomes
        .split(Named.as("route"))
        .branch(
            (key, outcome) -> outcome instanceof Rejected,
            Branched.<byte[], Outcome>withConsumer(
                    rejected ->
                        rejected
                            .mapValues(
                                outcome -> mapping.deadLetter((Rejected) outcome),
                                Named.as("to-dead-letter"))
                            .to(
                                topics.deadLetters().name(),
                                Produced.with(bytes, deadLetters).withName("dead-letters")))
                .withName("-rejected"))
        .branch(
            (key, outcome) -> outcome instanceof Expired,
            Branched.<byte[], Outcome>withConsumer(
                    expired ->
                        expired
                            .mapValues(
                                outcome -> ledger.standing(account((Expired) outcome)),
                                Named.as("to-ledger"))
                            .to(
                                topics.ledger().name(),
                                Produced.with(bytes, bytes)
                                    .withName("ledger")
                                    .withStreamPartitioner(ExplainTopology::ledgerPartition)))
                .withName("-expired"))
        .defaultBranch(
            Branched.<byte[], Outcome>withConsumer(
                    explained ->
                        explained
                            .mapValues(
                                outcome -> explanation(mapping, outcome),
                                Named.as("to-explanation"))
                            .to(
                                topics.explanations().name(),
                                Produced.with(bytes, explanations).withName("explanations")))
                .withName("-explained"));
    return builder.build();
  }

  static Account account(Expired expired) {
    return new Account(expired.partition(), expired.sampleId());
  }

  private static Optional<Set<Integer>> ledgerPartition(
      String topic, byte[] key, byte[] value, int partitions) {
    return Optional.of(Set.of(Account.ofKey(key).partition()));
  }

  private static Explanation explanation(AvroMapping mapping, Outcome outcome) {
    return outcome instanceof Explained explained
        ? mapping.explanation(explained)
        : mapping.explanation((TooShort) outcome);
  }
}
