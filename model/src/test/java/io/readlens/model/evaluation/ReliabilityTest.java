package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {
  @Test
  void shouldHoldEachBinsProbabilityAgainstItsRightCalls() {
    // Given four calls said to be right nine times in ten, and one that is said to be right always
    Reliability reliability = new Reliability();
    reliability.add(0.9, true);
    reliability.add(0.9, true);
    reliability.add(0.9, false);
    reliability.add(0.9, false);
    reliability.add(1, true);

    // When
    double error = reliability.error();

    // Then half of the four were right, and the one
    assertThat(reliability.bins())
        .containsExactly(new Reliability.Bin(4, 0.9, 0.5), new Reliability.Bin(1, 1, 1));
    assertThat(error).isCloseTo(4 * 0.4 / 5, within(1e-12));
  }

  @Test
  void shouldHaveNoErrorWithoutCalls() {
    // When
    double error = new Reliability().error();

    // Then
    assertThat(error).isZero();
  }

  @Test
  void shouldRefuseWhatIsNoProbability() {
    // When
    // Then
    assertThatThrownBy(() -> new Reliability().add(Double.NaN, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
