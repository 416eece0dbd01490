package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatedDeviceTest {
  @ParameterizedTest
  @CsvSource({"1, 20", "64, 20", "65, 40"})
  void shouldTakeAPassForEach64ReadsBegun(int reads, long millis) {
    // Given
    SimulatedDevice device = new SimulatedDevice(new CannedModel());
    List<TokenizedRead> batch = Workload.tokenized(Workload.ofLength(reads, 120));
    long start = System.nanoTime();

    // When
    List<ExplainedRead> answers = device.apply(batch);

    // Then
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(millis * 1_000_000);
    assertThat(answers).hasSize(reads);
    assertThat(device.use().reads()).isEqualTo(reads);
    assertThat(device.use().busyNanos()).isEqualTo(millis * 1_000_000);
  }

  @Test
  void shouldComputeOneBatchAtATime() throws Exception {
    // Given two who ask at once
    SimulatedDevice device = new SimulatedDevice(new CannedModel());
    List<TokenizedRead> batch = Workload.tokenized(Workload.ofLength(64, 120));
    long start = System.nanoTime();
    Thread other = new Thread(() -> device.apply(batch));

    // When
    other.start();
    device.apply(batch);
    other.join();

    // Then one has waited for the other, and in between the device was never idle
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000);
    assertThat(device.use().reads()).isEqualTo(128);
    assertThat(device.use().busyNanos()).isEqualTo(40_000_000);
  }

  @Test
  void shouldBeIdleWhenItDoesNotCompute() {
    // Given
    SimulatedDevice.Use before = new SimulatedDevice.Use(64, 20, 1_000);

    // When
    double idle = new SimulatedDevice.Use(256, 80, 1_080).idleSince(before);

    // Then
    assertThat(idle).isCloseTo(0.25, within(1e-9));
  }
}
