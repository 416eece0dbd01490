package io.readlens.stream.bench;

import io.readlens.avro.EventTimeSource;
import io.readlens.avro.Explanation;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Registry;
import io.readlens.stream.config.AppConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/**
 * What Kafka Streams does for the same topics by itself: it decodes each read and encodes an
 * explanation of the same size, one after the other, under the application's own settings. No
 * pipeline built on Kafka Streams can do with less.
 */
final class IdentityApp implements AutoCloseable {
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  private final Registry registry;
  private final KafkaStreams streams;

  private IdentityApp(Registry registry, KafkaStreams streams) {
    this.registry = registry;
    this.streams = streams;
  }

  /**
   * @param canned gives the explanations
   */
  static IdentityApp start(AppConfig config, CannedModel canned) {
    Registry registry = Registry.connect(config.registry());
    Serde<byte[]> bytes = Serdes.ByteArray();
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(
            config.topics().reads().name(),
            Consumed.with(bytes, config.topics().reads().serde(registry)).withName("reads"))
        .mapValues(read -> explanation(read, canned), Named.as("identity"))
        .to(
            config.topics().explanations().name(),
            Produced.with(bytes, config.topics().explanations().serde(registry))
                .withName("explanations"));
    Properties properties = new Properties();
    properties.putAll(config.kafka());
    KafkaStreams streams = new KafkaStreams(builder.build(), properties);
    streams.start();
    return new IdentityApp(registry, streams);
  }

  private static Explanation explanation(SequencingRead read, CannedModel canned) {
    int bases = read.getSequence().length();
    CannedModel.Encodable answer = canned.encodable(bases);
    Instant now = Instant.now();
    return new Explanation(
        read.getReadId(),
        read.getRunId(),
        read.getSampleId(),
        read.getBarcode(),
        bases,
        null,
        ReadOutcome.CLASSIFIED,
        answer.calls(),
        answer.mask().duplicate(),
        CannedModel.tokens(bases),
        0,
        bases,
        List.of(),
        "",
        "",
        null,
        null,
        CannedModel.CHECKPOINT_ID,
        "",
        List.of(),
        now,
        EventTimeSource.PROCESSED_TIME,
        now,
        read.getTrueTaxId(),
        List.of());
  }

  /**
   * @throws IllegalStateException if it has stopped by itself
   */
  void requireAlive() {
    if (streams.state() == KafkaStreams.State.ERROR) {
      throw new IllegalStateException("the identity topology failed");
    }
  }

  @Override
  public void close() {
    streams.close(CLOSE_PATIENCE);
    registry.close();
  }
}
