package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  @Test
  void shouldStopOnceItsPatienceIsSpent() {
    // When
    EarlyStopping twice = after(new EarlyStopping(3, 0.1), 1.0, 0.95, 1.2);
    EarlyStopping thrice = twice.after(Double.NaN);

    // Then
    assertThat(twice.over()).isFalse();
    assertThat(thrice.over()).isTrue();
    assertThat(thrice.best()).isEqualTo(1.0);
  }

  @Test
  void shouldTakeHeartFromALowerLoss() {
    // When
    EarlyStopping stopping = after(new EarlyStopping(2, 0.1), 1.0, 1.0, 0.8, 0.75);

    // Then
    assertThat(stopping.over()).isFalse();
    assertThat(stopping.best()).isEqualTo(0.8);
    assertThat(stopping.keep()).isFalse();
    assertThat(stopping.after(0.6).keep()).isTrue();
  }

  @Test
  void shouldNeverStopWithoutPatience() {
    // When
    EarlyStopping stopping = after(EarlyStopping.never(), 1.0, 2.0, 3.0, Double.NaN);

    // Then
    assertThat(stopping.over()).isFalse();
    assertThat(stopping.keep()).isTrue();
  }

  private static EarlyStopping after(EarlyStopping stopping, double... losses) {
    return Arrays.stream(losses)
        .boxed()
        .reduce(stopping, EarlyStopping::after, (first, second) -> second);
  }
}
