package io.readlens.stream.topology;

import io.readlens.avro.SequencingRead;
import io.readlens.model.filter.InputFilter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;

/** Records, rules and a clock for tests. */
final class Samples {
  static final String READS = "readlens.reads.v1";
  static final TopicPartition PARTITION = new TopicPartition(READS, 1);
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final Duration NEVER = Duration.ofHours(1);

  private Samples() {}

  static ExplanationRules rules() {
    return new ExplanationRules(
        InputFilter.NONE, 100, 1000, 3, true, true, () -> "checkpoint", 1_000_000);
  }

  /** A read with everything that is optional left out. */
  static SequencingRead.Builder read(String id, String sequence) {
    return SequencingRead.newBuilder().setReadId(id).setSequence(sequence);
  }

  /** Bases that are no repeat; the same each time. */
  static String bases(int count) {
    Random random = new Random(count);
    StringBuilder bases = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  static Received received(byte[] value) {
    return new Received(bytes("key"), value, PARTITION, 42, 1_000);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
