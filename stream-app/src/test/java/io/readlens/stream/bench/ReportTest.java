package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
  @Test
  void shouldSetWordsLeftAndNumbersRight() {
    // Given
    Report report = new Report();
    report.add(Row.RAW, "alone", "9 reads/s");
    report.add(
        Row.PIPELINE, "topic to topic", "1,200 reads/s", 0.9512, Target.atLeast(0.95, "%.2f"));
    report.add(Row.MASK, "with mask", "2 s", 1.5);
    report.addFigure(Row.LATENCY, "p95", "301 ms", 301, Target.atMost(300, "%.0f ms"));

    // When
    List<String> table = report.table();

    // Then
    assertThat(table)
        .containsExactly(
            "row       what                   figure  ratio  target     verdict",
            "raw       alone               9 reads/s",
            "pipeline  topic to topic  1,200 reads/s  0.951  >= 0.95    met",
            "mask      with mask                 2 s  1.500",
            "latency   p95                    301 ms         <= 300 ms  missed");
  }

  @Test
  void shouldNameFiguresInTheOrderOfMeasuring() {
    // Given
    Report report = new Report();
    report.put("rawReadsPerSecond", 120.5);
    report.put("deviceIdle", 0.01);

    // When
    var figures = report.figures();

    // Then
    assertThat(figures)
        .containsExactly(
            java.util.Map.entry("rawReadsPerSecond", 120.5),
            java.util.Map.entry("deviceIdle", 0.01));
  }

  @ParameterizedTest
  @CsvSource({
    "0.95, true, true, false",
    "0.9499, false, true, true",
    "0.9501, true, false, false",
  })
  void shouldMeetTargets(double value, boolean atLeast, boolean atMost, boolean below) {
    // When / Then
    assertThat(Target.atLeast(0.95, "%.2f").isMet(value)).isEqualTo(atLeast);
    assertThat(Target.atMost(0.95, "%.2f").isMet(value)).isEqualTo(atMost);
    assertThat(Target.below(0.95, "%.2f").isMet(value)).isEqualTo(below);
  }
}
