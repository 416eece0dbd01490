package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
  @Test
  void shouldBeHalfOpen() {
    // When
    Span span = new Span(3, 9, 0.75f);

    // Then
    assertThat(span.length()).isEqualTo(6);
    assertThat(span).hasToString("[3,9)=0.75");
  }

  @ParameterizedTest
  @CsvSource({"-1, 2, 0.5", "3, 3, 0.5", "4, 3, 0.5", "0, 1, -0.1", "0, 1, 1.1", "0, 1, NaN"})
  void shouldRefuseWhatIsNoSpan(int start, int end, float score) {
    // When
    // Then
    assertThatThrownBy(() -> new Span(start, end, score))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
