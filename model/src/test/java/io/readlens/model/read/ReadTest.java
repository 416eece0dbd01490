package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.CharBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadTest {
  @Test
  void shouldUpperCaseTheBases() {
    // When
    Read read = Read.of("r", "acgtunryswkmbdhvACGTUNRYSWKMBDHV");

    // Then
    assertThat(read.sequence()).isEqualTo("ACGTTNRYSWKMBDHVACGTTNRYSWKMBDHV");
    assertThat(read.length()).isEqualTo(32);
    assertThat(read.base(1)).isEqualTo((byte) 'C');
  }

  @Test
  void shouldReadTheOtherStrand() {
    // Given
    Read read = Read.of("r", "AACGTUNRYSWKMBDHV");

    // When
    Read other = read.reverseComplement();

    // Then
    assertThat(other.sequence()).isEqualTo("BDHVKMWSRYNAACGTT");
    assertThat(other.id()).isEqualTo("r");
  }

  @Test
  void shouldTakeAnyCharacterSequence() {
    // When
    Read read = Read.of("r", CharBuffer.wrap("acgt"));

    // Then
    assertThat(read.sequence()).isEqualTo("ACGT");
  }

  @Test
  void shouldHoldAReadWithoutBases() {
    // When
    Read read = Read.of("r", "");

    // Then
    assertThat(read.length()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "AC1T, '''1'' at base 2'",
    "'ACGT ', U+0020 at base 4",
    "AC-T, '''-'' at base 2'",
    "AC\u00c7T, U+00C7 at base 2",
    "\u0141, U+0141 at base 0",
    "<mask>, '''<'' at base 0'",
    "ACGTE, '''E'' at base 4'"
  })
  void shouldNameTheFirstLetterThatIsNoNucleotide(String sequence, String message) {
    // When
    // Then
    assertThatThrownBy(() -> Read.of("r7", sequence))
        .isInstanceOf(InvalidReadException.class)
        .hasMessageContaining("r7")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void shouldRefuseABlankName(String id) {
    // When
    // Then
    assertThatThrownBy(() -> Read.of(id, "ACGT"))
        .isInstanceOf(InvalidReadException.class)
        .hasMessageContaining("blank");
  }
}
