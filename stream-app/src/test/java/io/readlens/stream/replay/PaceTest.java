package io.readlens.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  /** Not 0, where a {@code nanoTime} need not start. */
  private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

  private final long start = now;

  @Test
  void shouldNotAddUpWhatItsWaitsTakeTooLong() {
    // Given
    Pace pace = pace(10, asked -> asked + millis(30));

    // When
    List<Long> dues = awaitMillis(pace, 50);

    // Then
    assertThat(dues.get(0)).isZero();
    assertThat(dues.get(1)).isEqualTo(130);
    assertThat(dues.get(49)).isEqualTo(4930);
  }

  @Test
  void shouldWaitAgainWhenAWaitEndsEarly() {
    // Given
    Pace pace = pace(10, asked -> (asked + 1) / 2);

    // When
    List<Long> dues = awaitMillis(pace, 4);

    // Then
    assertThat(dues).containsExactly(0L, 100L, 200L, 300L);
  }

  @Test
  void shouldMakeUpForASenderThatWasHeldUp() {
    // Given
    Pace pace = pace(10, asked -> asked);
    pace.await();
    now += millis(250);

    // When
    List<Long> dues = awaitMillis(pace, 4);

    // Then
    assertThat(dues).containsExactly(250L, 250L, 300L, 400L);
  }

  @Test
  void shouldKeepARateThatIsNoWholeNumberOfNanoseconds() {
    // Given
    Pace pace = pace(3, asked -> asked);

    // When
    List<Long> dues = awaitMillis(pace, 3001);

    // Then
    assertThat(dues.get(3000)).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseWhatIsNoRate(double rate) {
    // When
    ThrowingCallable of = () -> Pace.of(rate);

    // Then
    assertThatThrownBy(of)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(rate + " reads per second are no rate");
  }

  /** A pace whose waits take what {@code taken} says of what they were asked for. */
  private Pace pace(double rate, LongUnaryOperator taken) {
    LongConsumer park = asked -> now += taken.applyAsLong(asked);
    return Pace.of(rate, () -> now, park);
  }

  private List<Long> awaitMillis(Pace pace, int count) {
    List<Long> dues = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pace.await();
      dues.add(TimeUnit.NANOSECONDS.toMillis(now - start));
    }
    return dues;
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
