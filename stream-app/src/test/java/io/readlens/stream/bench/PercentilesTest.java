package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentilesTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "50, 50", "95, 95", "99, 99", "99.5, 100", "100, 100"})
  void shouldTakeTheNearestRank(double percent, long expected) {
    // Given
    long[] hundred = LongStream.rangeClosed(1, 100).map(value -> 101 - value).toArray();

    // When
    long found = new Percentiles(hundred).at(percent);

    // Then
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void shouldBeTheOneValueThatThereIs() {
    // Given
    Percentiles one = new Percentiles(new long[] {7});

    // When
    long found = one.at(0.1);

    // Then
    assertThat(found).isEqualTo(7);
    assertThat(one.count()).isOne();
  }

  @Test
  void shouldMakeUpNothing() {
    // When / Then
    assertThatThrownBy(() -> new Percentiles(new long[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Percentiles(new long[] {1}).at(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
