package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.readlens.trainer.SequencingErrors.Platform;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequencingErrorsTest {
  private static final String STRETCH = "A".repeat(30_000);

  @Test
  void shouldSubstituteInsertAndDeleteAtTheRate() {
    // When
    String read = new SequencingErrors(0.3).in(STRETCH, new Random(1));

    // Then a tenth is gone, a tenth is another base, and a tenth has a base of any kind after it
    long others = read.chars().filter(base -> base != 'A').count();
    assertThat(read.length()).isCloseTo(30_000, within(400));
    assertThat(others).isCloseTo(3_000 + 2_250, within(300L));
  }

  @Test
  void shouldReadTheSameOfTheSameSeed() {
    // Given
    SequencingErrors errors = new SequencingErrors(0.05);

    // When
    String read = errors.in(STRETCH, new Random(7));

    // Then
    assertThat(read).isEqualTo(errors.in(STRETCH, new Random(7))).isNotEqualTo(STRETCH);
    assertThat(errors.in(STRETCH, new Random(8))).isNotEqualTo(read);
  }

  @Test
  void shouldLeaveAStretchAloneWithoutErrors() {
    // Given
    Random random = new Random(3);

    // When
    String read = SequencingErrors.NONE.in("ACGTN", random);

    // Then nothing was drawn either
    assertThat(read).isEqualTo("ACGTN");
    assertThat(random.nextLong()).isEqualTo(new Random(3).nextLong());
  }

  @Test
  void shouldSubstituteMoreTowardsTheEndOfAnIlluminaRead() {
    // When
    String read = new SequencingErrors(0.1, Platform.ILLUMINA).in(STRETCH, new Random(1));

    // Then a tenth is another base, of the last third three times as many as of the first or more
    assertThat(read).hasSameSizeAs(STRETCH);
    assertThat(others(read)).isCloseTo(3_000, within(200L));
    assertThat(others(read.substring(20_000))).isGreaterThan(3 * others(read.substring(0, 10_000)));
  }

  @Test
  void shouldLoseMoreBasesThanItAddsInANanopore() {
    // Given bases of which no two neighbours are equal
    String bases = "ACGT".repeat(7_500);

    // When
    String read = new SequencingErrors(0.1, Platform.NANOPORE).in(bases, new Random(1));

    // Then 45 of 100 errors are deletions, and 20 insertions
    assertThat(bases.length() - read.length()).isCloseTo(3_000 * 25 / 100, within(150));
  }

  @ParameterizedTest
  @CsvSource({"NANOPORE, 3", "HIFI, 30"})
  void shouldErrMoreInRunsOfOneBase(Platform platform, int times) {
    // Given nine bases in a run for seven that are in none
    String bases = "ACGTACGTAAAAAAAA".repeat(4_000);

    // When
    String read = new SequencingErrors(0.02, platform).in(bases, new Random(1));

    // Then the rate is the same over all, and less where there are no runs
    double outside = 0.02 * 16 / (9 * times + 7);
    int intact = read.split("CGTACGT", -1).length - 1;
    assertThat(intact / 4_000.0).isCloseTo(Math.pow(1 - outside, 7), within(0.015));
  }

  @Test
  void shouldMixPlatformsAndRatesAndTakeLettersFromATenthOfTheReads() {
    // Given
    String bases = "ACGT".repeat(500);
    SequencingErrors errors = new SequencingErrors(0.03, Platform.MIXED);
    Random random = new Random(1);

    // When
    List<String> reads = IntStream.range(0, 2_000).mapToObj(i -> errors.in(bases, random)).toList();

    // Then a quarter is Illumina's, whose reads keep their length; so do some of HiFi
    double kept = reads.stream().filter(read -> read.length() == bases.length()).count() / 2_000.0;
    assertThat(kept).isBetween(0.25, 0.45);
    double[] unknown =
        reads.stream()
            .mapToDouble(read -> read.chars().filter(c -> c == 'N').count() / 2_000.0)
            .filter(share -> share > 0)
            .toArray();
    assertThat(unknown.length / 2_000.0).isCloseTo(0.1, within(0.02));
    assertThat(Arrays.stream(unknown).max().orElseThrow()).isBetween(0.15, 0.23);
  }

  @ParameterizedTest
  @CsvSource({"1, EVEN", "-0.1, HIFI", "0.5, MIXED", "NaN, ILLUMINA"})
  void shouldRefuseARateThatCannotBe(double rate, Platform platform) {
    assertThatThrownBy(() -> new SequencingErrors(rate, platform))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTellErrorsApartByTheirFingerprints() {
    assertThat(
            List.of(
                SequencingErrors.NONE.fingerprint(),
                new SequencingErrors(0.03).fingerprint(),
                new SequencingErrors(0.03, Platform.MIXED).fingerprint(),
                new SequencingErrors(0.02, Platform.MIXED).fingerprint()))
        .doesNotHaveDuplicates();
  }

  private static long others(String read) {
    return read.chars().filter(base -> base != 'A').count();
  }
}
