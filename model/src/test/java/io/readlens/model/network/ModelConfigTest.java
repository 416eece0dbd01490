package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** On sizes small enough to count by hand: E 8, 2 layers, feed-forward 6, LSTM 5 to 2 x 3. */
class ModelConfigTest {
  @Test
  void shouldCountTheMatrixProductsOfAClassification() {
    // When
    double flops = Toy.CONFIG.classifyFlops(9, 7);

    // Then
    int projections = 10 * (4 * 8 * 8 + 8 * 12 + 6 * 8);
    int attention = 2 * 10 * 10 * 8;
    assertThat(flops).isEqualTo(2 * (2 * (projections + attention) + 8 * 7));
  }

  @Test
  void shouldCountTheMatrixProductsOfAnExplanation() {
    // When
    double flops = Toy.CONFIG.explainFlops(9, 2);

    // Then
    int first = 2 * 12 * (5 + 3);
    int second = 2 * 12 * (6 + 3);
    assertThat(flops).isEqualTo(2 * 10 * (first + second + 12 * 2));
  }

  @Test
  void shouldCountTheMatrixProductsOfASharedExplanation() {
    // When
    double flops = Toy.OVERLAPPING.explainFlops(9, 2);

    // Then
    int near = 2 * 3 * (8 + 10);
    assertThat(flops).isEqualTo(2 * 10 * (near + 12 * 2));
  }
}
