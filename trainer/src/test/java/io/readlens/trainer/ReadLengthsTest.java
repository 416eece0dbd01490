package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ReadLengthsTest {
  private final ReadLengths.InTokens tokens = new ReadLengths.InTokens();

  @Test
  void shouldTakeTokensAndBases() throws JsonProcessingException {
    // When
    ReadLengths lengths = tokens.convert("250,100-300bp");

    // Then
    assertThat(lengths).hasToString("1500bp,100-300bp");
    assertThat(lengths.longest()).isEqualTo(1_500);
    assertThat(new ObjectMapper().writeValueAsString(lengths))
        .isEqualTo("[\"1500bp\",\"100-300bp\"]");
    assertThat(new ReadLengths.InBases().convert("1500,100-300")).isEqualTo(lengths);
    assertThat(tokens.convert("64,125")).isEqualTo(ReadLengths.ofTokens(64, 125));
  }

  @Test
  void shouldDrawRangesEvenlyAndEveryLengthOfARange() {
    // Given
    ReadLengths lengths = tokens.convert("1500bp,100-103bp");
    Random random = new Random(1);

    // When
    int[] drawn = IntStream.range(0, 1_000).map(i -> lengths.draw(random)).toArray();

    // Then
    assertThat(IntStream.of(drawn).distinct().sorted()).containsExactly(100, 101, 102, 103, 1_500);
    assertThat(IntStream.of(drawn).filter(length -> length == 1_500).count()).isBetween(400L, 600L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0", "300-100bp", "100-", "99999999999"})
  void shouldRefuseWhatIsNoLength(String text) {
    assertThatThrownBy(() -> tokens.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is no list of lengths");
  }
}
