package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GemmCeilingTest {
  @Test
  void shouldMeasureWhatACoreCanDo() throws InterruptedException {
    // When
    double gflops = GemmCeiling.measure(2, 1);

    // Then
    assertThat(gflops).isBetween(1.0, 1_000_000.0);
  }
}
