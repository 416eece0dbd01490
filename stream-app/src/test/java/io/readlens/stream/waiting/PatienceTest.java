package io.readlens.stream.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.connect.Said;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {
  private static final Patience LONG = new Patience(Duration.ofMinutes(5));
  private static final Patience SHORT = new Patience(Duration.ofMillis(1));
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void shouldAskUntilItIsAnswered() {
    // When
    int answer = LONG.retry("it", () -> failUntil(3), e -> true, new CountDownLatch(1));

    // Then
    assertThat(answer).isEqualTo(3);
  }

  @Test
  void shouldNotAskAgainWhatWillNotPass() {
    // When / Then
    assertThatThrownBy(
            () -> LONG.retry("it", () -> failUntil(3), e -> false, new CountDownLatch(1)))
        .hasMessage("away 1");
  }

  @Test
  void shouldGiveUpWithTheLastFailure() {
    // When / Then
    assertThatThrownBy(
            () ->
                SHORT.retry(
                    "it", () -> failUntil(Integer.MAX_VALUE), e -> true, new CountDownLatch(1)))
        .hasMessage("away " + asked.get());
  }

  @Test
  void shouldGiveUpWhenNobodyWantsTheAnswer() {
    // Given
    CountDownLatch closed = new CountDownLatch(0);

    // When / Then
    assertThatThrownBy(() -> LONG.retry("it", () -> failUntil(3), e -> true, closed))
        .hasMessage("away 1");
  }

  @ParameterizedTest
  @CsvSource({"60, 6", "600, 60", "86400, 8640", "30, 5", "5, 5", "2, 2"})
  void shouldBearFaultsForATenthButFiveSecondsAtLeast(int limit, int ofFaults) {
    // When
    Duration borne = new Patience(Duration.ofSeconds(limit)).ofFaults();

    // Then
    assertThat(borne).hasSeconds(ofFaults);
  }

  @Test
  void shouldSayForWhomItWaitsAndWhatTheLastAnswerWas() throws Exception {
    // Given
    Patience patience = new Patience(Duration.ofSeconds(3));

    // When
    String said =
        Said.during(
            () ->
                assertThatThrownBy(
                        () ->
                            patience.retry(
                                "the broker",
                                () -> failUntil(Integer.MAX_VALUE),
                                e -> true,
                                new CountDownLatch(1)))
                    .hasMessageStartingWith("away "));

    // Then
    assertThat(said)
        .containsPattern("waiting for the broker \\(away \\d+\\), \\d s of 3 s")
        .doesNotContain("Exception");
  }

  private int failUntil(int times) {
    if (asked.incrementAndGet() < times) {
      throw new IllegalStateException("away " + asked.get());
    }
    return asked.get();
  }
}
