package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadSampleTest {
  private static final List<String> NAMES =
      IntStream.range(0, 20_000).mapToObj(i -> "m64011_190830/%d/ccs".formatted(i)).toList();

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.5})
  void shouldHoldItsShareOfReadsWhoseNamesAreNearlyAlike(double share) {
    // Given
    ReadSample sample = new ReadSample(share);

    // When
    long held = NAMES.stream().filter(sample::holds).count();

    // Then: four standard deviations
    double deviation = Math.sqrt(share * (1 - share) / NAMES.size());
    assertThat((double) held / NAMES.size()).isCloseTo(share, within(4 * deviation));
  }

  @Test
  void shouldHoldTheSameReadsForEver() {
    // Given
    ReadSample sample = new ReadSample(0.001);

    // When
    List<String> held = NAMES.stream().filter(sample::holds).limit(3).toList();

    // Then
    assertThat(held)
        .containsExactly(
            "m64011_190830/735/ccs", "m64011_190830/1073/ccs", "m64011_190830/1536/ccs");
  }

  @Test
  void shouldHoldAllOfASmallerSample() {
    // Given
    ReadSample large = new ReadSample(0.2);

    // When
    List<String> small = NAMES.stream().filter(new ReadSample(0.1)::holds).toList();

    // Then
    assertThat(small).isNotEmpty().allMatch(large::holds);
  }

  @Test
  void shouldHoldAllOrNone() {
    // When / Then
    assertThat(NAMES).allMatch(ReadSample.ALL::holds).noneMatch(ReadSample.NONE::holds);
  }

  @ParameterizedTest
  @CsvSource({"off, 0, off", "All, 1, all", "0.01, 0.01, 0.01", "1, 1, all", "0, 0, off"})
  void shouldBeReadAndPrinted(String text, double share, String printed) {
    // When
    ReadSample sample = ReadSample.parse(text);

    // Then
    assertThat(sample.share()).isEqualTo(share);
    assertThat(sample).hasToString(printed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "some", "1.01", "-0.1", "NaN"})
  void shouldRefuseWhatIsNoShare(String text) {
    // When / Then
    assertThatThrownBy(() -> ReadSample.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
