package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

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
}
