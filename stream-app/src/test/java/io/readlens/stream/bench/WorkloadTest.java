package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.SequencingRead;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void shouldSpreadLengthsAroundTheMean() {
    // When
    List<SequencingRead> reads = Workload.mixed(2_000, 50, 2_000, 60_000);

    // Then
    List<Integer> lengths = reads.stream().map(read -> read.getSequence().length()).toList();
    assertThat(lengths).startsWith(60_000, 50).allMatch(bases -> bases >= 50 && bases <= 60_000);
    assertThat(lengths.stream().mapToInt(Integer::intValue).average().orElseThrow())
        .isBetween(1_700.0, 2_300.0);
    assertThat(reads).allMatch(read -> read.getQualities().length() == read.getSequence().length());
  }

  @Test
  void shouldGiveTheSameReadsAgain() {
    // Given
    List<SequencingRead> once = Workload.ofLength(20, 300);

    // When
    List<SequencingRead> again = Workload.ofLength(20, 300);

    // Then
    assertThat(again)
        .isEqualTo(once)
        .extracting(SequencingRead::getSequence)
        .doesNotHaveDuplicates();
  }
}
