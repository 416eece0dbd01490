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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A row on a real broker, of a size that says nothing and takes no time. */
@Timeout(120)
class BenchIT {
  private static final Scale TINY =
      new Scale(1, 40, 400, 40, 64, Duration.ofSeconds(1), Duration.ofSeconds(1), 4, 10, 10);

  private final Report report = new Report();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream progress = new PrintStream(said, true, StandardCharsets.UTF_8);
  private final String brokers = TestBroker.shared().bootstrapServers();
  private final EmbeddedRegistry registry =
      EmbeddedRegistry.start(
          brokers, EmbeddedRegistry.ANY_PORT, CompatibilityLevel.FULL_TRANSITIVE);
  private final Map<String, String> connection =
      Map.of("bootstrap.servers", brokers, "schema.registry.url", registry.url());

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void shouldCompareThePipelineWithKafkaStreamsAlone() {
    // Given
    Bench bench =
        new Bench(
            Set.of(Row.ZERO),
            TINY,
            Workload.mixed(50, 20, 400, 2_000),
            Checkpoint.bundled(),
            report,
            progress);

    // When
    bench.run(connection, Duration.ofMinutes(1));

    // Then
    assertThat(report.figures())
        .containsKeys("identityReadsPerSecond", "zeroReadsPerSecond", "zeroCostOverIdentity")
        .allSatisfy((name, figure) -> assertThat(figure).isNotNegative().isFinite());
    assertThat(report.figures().get("zeroReadsPerSecond")).isPositive();
    assertThat(report.table()).anyMatch(line -> line.matches("zero .* (met|missed)"));
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("s] identity, turn 1");
  }

  @Test
  void shouldSetAnOptionsValuesBesideEachOther() {
    // Given
    Bench bench =
        new Bench(
            Set.of(Row.FAITHFULNESS),
            TINY,
            Workload.ofLength(4, 300),
            Checkpoint.bundled(),
            report,
            progress);

    // When
    bench.run(Map.of(), Duration.ofMinutes(1));

    // Then
    assertThat(report.figures())
        .containsOnlyKeys(
            "faithfulnessReadsPerSecond.off",
            "faithfulnessReadsPerSecond.0.01",
            "faithfulnessReadsPerSecond.all");
    assertThat(report.table())
        .anyMatch(line -> line.matches("faithfulness  faithfulness=off, .*  1\\.000"));
  }

  @Test
  void shouldPriceEveryFilter() {
    // Given
    Bench bench =
        new Bench(Set.of(Row.FILTERS), TINY, List.of(), Checkpoint.bundled(), report, progress);

    // When
    bench.run(Map.of(), Duration.ofMinutes(1));

    // Then
    assertThat(report.figures())
        .containsOnlyKeys(
            "filterMicros.none",
            "filterMicros.UNKNOWN",
            "filterMicros.ADAPTER",
            "filterMicros.VECTOR",
            "filterMicros.TAIL",
            "filterMicros.LOW_COMPLEXITY",
            "filterMicros.all")
        .allSatisfy((name, micros) -> assertThat(micros).isPositive());
  }

  @Test
  void shouldReadTroublesFromTheMetricsOfKafkasClients() {
    // Given
    try (Site site = new Site(connection, new Narrator(progress))) {
      LongReads row = new LongReads(site, new Narrator(progress), report);

      // When
      row.measure(Apps.Subject.of(new CannedModel()), Duration.ofMillis(500));

      // Then
      // A stream thread that joins late on a busy machine is a rebalance.
      assertThat(report.figures())
          .hasEntrySatisfying("longRebalances", count -> assertThat(count).isBetween(0.0, 4.0))
          .containsEntry("longAbortMillis", 0.0)
          .containsEntry("longFailedThreads", 0.0)
          .hasEntrySatisfying("longReadsPerSecond", rate -> assertThat(rate).isNotNegative());
    }
  }
}
