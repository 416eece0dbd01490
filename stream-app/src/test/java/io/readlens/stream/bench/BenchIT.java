package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.embedded.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A row on a real broker, of a size that says nothing and takes no time. */
@Timeout(120)
class BenchIT {
  private static final Scale TINY =
      new Scale(1, 40, 400, 40, 64, Duration.ofSeconds(1), Duration.ofSeconds(1), 4);

  @Test
  void shouldCompareThePipelineWithKafkaStreamsAlone() {
    // Given
    Report report = new Report();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String brokers = TestBroker.shared().bootstrapServers();
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            brokers, EmbeddedRegistry.ANY_PORT, CompatibilityLevel.FULL_TRANSITIVE)) {
      Bench bench =
          new Bench(
              Set.of(Row.ZERO),
              TINY,
              Workload.mixed(50, 20, 400, 2_000),
              Checkpoint.bundled(),
              report,
              new PrintStream(said, true, StandardCharsets.UTF_8));

      // When
      bench.run(
          Map.of("bootstrap.servers", brokers, "schema.registry.url", registry.url()),
          Duration.ofMinutes(1));

      // Then
      assertThat(report.figures())
          .containsKeys("identityReadsPerSecond", "zeroReadsPerSecond", "zeroCostOverIdentity")
          .allSatisfy((name, figure) -> assertThat(figure).isPositive().isFinite());
      assertThat(report.table()).anyMatch(line -> line.matches("zero .* (met|missed)"));
      assertThat(said.toString(StandardCharsets.UTF_8)).contains("s] identity, turn 1");
    }
  }
}
