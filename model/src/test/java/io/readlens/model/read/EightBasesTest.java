package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EightBasesTest {
  @Test
  void shouldFindEveryLetterThatIsNoBaseWhereItIs() {
    for (int place = 0; place < EightBases.COUNT; place++) {
      for (int letter = 0; letter < 256; letter++) {
        // Given eight bases, one of which is any letter
        byte[] letters = "ACGTTGCA".getBytes(StandardCharsets.US_ASCII);
        letters[place] = (byte) letter;

        // When
        long faults = EightBases.faults(EightBases.at(letters, 0));

        // Then its byte alone has a fault, if it is no upper-case base
        boolean base = "ACGT".indexOf(letter) >= 0;
        assertThat(faults & ~(0xFFL << (8 * place))).isZero();
        assertThat(((faults >>> (8 * place)) & 0xFF) == 0).as("letter %d", letter).isEqualTo(base);
      }
    }
  }

  @Test
  void shouldNumberThe6MersAsTheVocabularyDoes() {
    for (int kmer = 0; kmer < 4096; kmer++) {
      // Given a 6-mer whose digits in base 4 are A, T, C and G, and what follows it
      StringBuilder letters = new StringBuilder();
      for (int digit = 5; digit >= 0; digit--) {
        letters.append("ATCG".charAt((kmer >> (2 * digit)) & 3));
      }
      byte[] bytes = letters.append("TG").toString().getBytes(StandardCharsets.US_ASCII);

      // When
      // Then
      assertThat(EightBases.kmer(EightBases.at(bytes, 0))).isEqualTo(kmer);
    }
  }
}
