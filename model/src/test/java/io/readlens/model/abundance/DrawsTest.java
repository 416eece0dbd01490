package io.readlens.model.abundance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawsTest {
  private static final int DRAWS = 200_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 1, 7.5, 150, 1_000})
  void shouldDrawPoissonVariables(double mean) {
    // Given
    SplittableRandom random = new SplittableRandom(1);

    // When / Then: the variance is the mean
    requireMoments(() -> Draws.poisson(mean, random), mean, mean);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.7, 1, 3, 40})
  void shouldDrawGammaVariables(double shape) {
    // Given
    SplittableRandom random = new SplittableRandom(2);

    // When / Then: both are the shape
    requireMoments(() -> Draws.gamma(shape, random), shape, shape);
  }

  @Test
  void shouldDrawNothingOfNoShape() {
    // When / Then
    assertThat(Draws.gamma(0, new SplittableRandom(1))).isZero();
    assertThat(Draws.poisson(0, new SplittableRandom(1))).isZero();
  }

  private static void requireMoments(DoubleSupplier draw, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double value = draw.getAsDouble();
      sum += value;
      squares += value * value;
    }
    double found = sum / DRAWS;
    assertThat(found).isCloseTo(mean, within(6 * Math.sqrt(variance / DRAWS)));
    assertThat(squares / DRAWS - found * found).isCloseTo(variance, within(0.1 * variance));
  }
}
