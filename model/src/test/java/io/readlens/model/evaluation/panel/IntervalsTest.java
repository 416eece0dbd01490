package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.Hits.Interval;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IntervalsTest {
  @Test
  void shouldGiveWilsonsInterval() {
    // When
    Interval some = Intervals.ofShare(8, 10);
    Interval none = Intervals.ofShare(0, 60);

    // Then as R's prop.test without correction says, and 3.84 / (n + 3.84)
    assertThat(some.value()).isEqualTo(0.8);
    assertThat(some.low()).isCloseTo(0.4902, within(1e-4));
    assertThat(some.high()).isCloseTo(0.9433, within(1e-4));
    assertThat(none.low()).isZero();
    assertThat(none.high()).isCloseTo(0.0602, within(1e-4));
    assertThat(Intervals.ofShare(0, 0).value()).isNaN();
  }

  @Test
  void shouldDrawReadsAgain() {
    // Given a mean of 0 and 1, a hundred each
    // When
    Interval mean =
        Intervals.byBootstrap(
            200, reads -> Arrays.stream(reads).map(r -> r % 2).average().orElse(9));

    // Then two standard errors of .035
    assertThat(mean.value()).isEqualTo(0.5);
    assertThat(mean.low()).isCloseTo(0.43, within(0.025));
    assertThat(mean.high()).isCloseTo(0.57, within(0.025));
  }
}
