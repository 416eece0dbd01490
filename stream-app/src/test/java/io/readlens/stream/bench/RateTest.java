package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RateTest {
  @Test
  void shouldWeighTurnsByTheirTime() {
    // Given
    List<Rate> turns = List.of(new Rate(100, 1, 0.5), new Rate(100, 3, 1.5));

    // When
    Rate all = Rate.of(turns);

    // Then
    assertThat(all).isEqualTo(new Rate(200, 4, 2));
    assertThat(all.perSecond()).isEqualTo(50);
    assertThat(all.cpuMicros()).isCloseTo(10_000, within(1e-6));
    assertThat(all.over(new Rate(100, 1, 1))).isEqualTo(0.5);
  }

  @Test
  void shouldCountTimeFromItsStart() {
    // Given
    Rate.Start start = Rate.Start.now();

    // When
    Rate rate = start.until(10);

    // Then
    assertThat(rate.reads()).isEqualTo(10);
    assertThat(rate.seconds()).isPositive();
    assertThat(rate.cpuSeconds()).isNotNegative();
  }
}
