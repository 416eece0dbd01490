package io.readlens.stream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every time here is made up: what a device of a known speed would take for the batch in use. */
class TempoTest {
  private static final double SPEED = 40_000;
  private static final int FULL = 4_000;

  private final Tempo tempo = new Tempo(2, SPEED, 65_536);

  @Test
  void shouldBeginWithWhatWasMeasured() {
    // When
    int batch = tempo.batchTokens();
    long queue = tempo.queueTokens();

    // Then: a thread answers 20,000 a second
    assertThat(batch).isEqualTo(FULL);
    assertThat(queue).isEqualTo(40_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 50, 1_000})
  void shouldFollowADeviceThatBecomesSlowerWithinSeconds(int times) {
    // When
    int batches = work(5, SPEED / times);

    // Then
    assertThat(tempo.batchTokens()).isBetween(256, Math.max(256, FULL * 11 / 10 / times));
    assertThat(tempo.tokensPerSecond()).isBetween(SPEED / times, SPEED / times * 1.1);
    assertThat(batches).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 50, 1_000})
  void shouldReturnToFullBatchesOnceTheDeviceIsQuickAgain(int times) {
    // Given
    work(60, SPEED / times);

    // When
    work(6, SPEED);

    // Then
    assertThat(tempo.batchTokens()).isBetween(FULL * 98 / 100, FULL);
    assertThat(tempo.queueTokens()).isBetween(39_200L, 40_000L);
  }

  @Test
  void shouldGrowBeyondAStartAtABusyMoment() {
    // Given
    Tempo busy = new Tempo(2, SPEED / 12, 65_536);

    // When
    work(busy, 6, SPEED);

    // Then
    assertThat(busy.batchTokens()).isBetween(FULL * 98 / 100, FULL);
  }

  @Test
  void shouldGrowOnADeviceThatTakesAsLongForAFullBatchAsForOne() {
    // Given: 20 ms, whatever is in it
    Tempo gpu = new Tempo(1, 251 / 0.02, 65_536);

    // When
    for (int i = 0; i < 200; i++) {
      gpu.answered(gpu.batchTokens(), true, 20_000_000);
    }

    // Then
    assertThat(gpu.batchTokens()).isEqualTo(65_536);
  }

  @Test
  void shouldTakeFewReadsForNoSignOfASlowDevice() {
    // When
    for (int i = 0; i < 1_000; i++) {
      tempo.answered(251, false, 100_000_000);
    }

    // Then
    assertThat(tempo.batchTokens()).isEqualTo(FULL);
  }

  @Test
  void shouldSeeThatADeviceIsSlowWhereFewReadsTakeLongerThanABatchMay() {
    // When
    for (int i = 0; i < 5; i++) {
      tempo.answered(251, false, 2_000_000_000);
    }

    // Then
    assertThat(tempo.batchTokens()).isLessThan(FULL / 10);
  }

  @Test
  void shouldSeeThatADeviceIsQuickerWhereFewReadsShowIt() {
    // Given
    Tempo busy = new Tempo(1, SPEED / 40, FULL);

    // When
    for (int i = 0; i < 1_000; i++) {
      busy.answered(251, false, Math.round(251 / SPEED * 1e9));
    }

    // Then
    assertThat(busy.batchTokens()).isBetween(FULL * 9 / 10, FULL);
  }

  @Test
  void shouldBearJitter() {
    // Given
    long seed = System.nanoTime();
    Random random = new Random(seed);

    // When
    int least = FULL;
    for (int i = 0; i < 1_000; i++) {
      int tokens = tempo.batchTokens();
      double jitter = random.nextInt(20) == 0 ? 3 : 0.8 + 0.4 * random.nextDouble();
      tempo.answered(tokens, true, Math.round(tokens / (SPEED / 2) * jitter * 1e9));
      least = Math.min(least, tempo.batchTokens());
    }

    // Then
    assertThat(least).as("with seed " + seed).isGreaterThan(FULL / 3);
    assertThat(tempo.batchTokens()).as("with seed " + seed).isGreaterThan(FULL / 2);
  }

  @Test
  void shouldBeginWithAnotherModelAsManyTimesAsFastAsTheyCompare() {
    // Given
    work(60, SPEED / 10);

    // When
    Tempo another = tempo.times(0.5);

    // Then
    assertThat(another.tokensPerSecond()).isBetween(SPEED / 20, SPEED / 20 * 1.01);
  }

  private int work(double seconds, double speed) {
    return work(tempo, seconds, speed);
  }

  /** Two threads at work on full batches for so long at least; how many they answer. */
  private static int work(Tempo tempo, double seconds, double speed) {
    int batches = 0;
    for (double at = 0; at < seconds; batches++) {
      int tokens = tempo.batchTokens();
      double took = tokens / (speed / 2);
      tempo.answered(tokens, true, Math.round(took * 1e9));
      at += took / 2;
    }
    return batches;
  }
}
