package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskTest {
  @Test
  void shouldCompareByScores() {
    // When
    Mask mask = Mask.of(0.25f, 1);

    // Then
    assertThat(mask).isEqualTo(Mask.of(0.25f, 1)).hasSameHashCodeAs(Mask.of(0.25f, 1));
    assertThat(mask).isNotEqualTo(Mask.of(0.25f, 0.5f));
  }

  @Test
  void shouldTakeTheLargerScoreOfEachToken() {
    // Given
    Mask one = Mask.of(0, 0.5f, 1);
    Mask other = Mask.of(0.25f, 0.75f, 0.5f);

    // When
    Mask larger = one.max(other);

    // Then
    assertThat(larger).isEqualTo(Mask.of(0.25f, 0.75f, 1));
  }

  @Test
  void shouldBecomeUnsignedBytes() {
    // When
    byte[] bytes = Mask.of(0, 0.25f, 0.5f, 1).toBytes();

    // Then
    assertThat(bytes).containsExactly(0, 64, 128, 255);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.001f, 1.001f, Float.NaN, Float.POSITIVE_INFINITY})
  void shouldRefuseWhatIsNoScore(float score) {
    // When
    // Then
    assertThatThrownBy(() -> Mask.of(0.5f, score))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token 1");
  }

  @Test
  void shouldRefuseTheMaskOfAnotherRead() {
    // When
    // Then
    assertThatThrownBy(() -> Mask.of(1).max(Mask.of(1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
