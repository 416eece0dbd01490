package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EvidenceSumTest {
  @Test
  void shouldCountThePriorOnce() {
    // Given two short windows with the same to say
    EvidenceSum sum = new EvidenceSum(64);
    sum.add(new float[] {1, -2}, 25, 25);
    sum.add(new float[] {1, -2}, 25, 25);

    // When
    float[] logits = sum.logits(1);

    // Then 2 x 89 / 50 a token, 50 of them, over 50 + 64
    assertThat(logits[0]).isCloseTo(1.5614f, within(1e-4f));
    assertThat(logits[1]).isCloseTo(-3.1228f, within(1e-4f));
  }

  @Test
  void shouldCountATokenOfTwoWindowsOnce() {
    // Given two windows of one read of 30 tokens, which are nearly the same
    EvidenceSum sum = new EvidenceSum(64);
    sum.add(new float[] {1}, 29, 29);
    sum.add(new float[] {1}, 29, 29);

    // When
    float[] logits = sum.logits(30.0 / 58);

    // Then no more than the read's own tokens can say: 93 / 29 a token, 30 / 94 of it
    assertThat(logits[0]).isCloseTo(1.0235f, within(1e-4f));
  }

  @Test
  void shouldLeaveAWindowOutThatIsShownNothing() {
    // Given
    EvidenceSum sum = new EvidenceSum(64);
    sum.add(new float[] {2}, 100, 250);
    sum.add(new float[] {7}, 0, 250);

    // When
    float[] logits = sum.logits(1);

    // Then
    assertThat(logits[0]).isCloseTo(2, within(1e-5f));
  }

  @Test
  void shouldMeanWhatIsSaidOfNothing() {
    // Given
    EvidenceSum sum = new EvidenceSum(64);
    sum.add(new float[] {2}, 0, 250);
    sum.add(new float[] {4}, 0, 250);

    // When / Then
    assertThat(sum.logits(1)).containsExactly(3);
  }

  @Test
  void shouldMeanWindowsByTheirTokensWithoutAPrior() {
    // Given
    EvidenceSum sum = new EvidenceSum(0);
    sum.add(new float[] {1}, 10, 30);
    sum.add(new float[] {5}, 0, 10);

    // When / Then
    assertThat(sum.logits(1)).containsExactly(2);
  }
}
