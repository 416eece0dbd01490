package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.trainer.SequencingErrors.Platform;
import java.util.Random;
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

  private static long others(String read) {
    return read.chars().filter(base -> base != 'A').count();
  }
}
