package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NaiveBayesTest {
  private final NaiveBayes bayes = new NaiveBayes();

  @BeforeEach
  void learn() {
    bayes.add(List.of(sequence("AAAAACGT", 20_000, 1)));
    bayes.add(List.of(sequence("GGGCCCAT", 20_000, 2)));
  }

  @Test
  void shouldCallTheGenomeOfLikeComposition() {
    // When
    int first = bayes.call(read(sequence("AAAAACGT", 300, 3)), List.of(new Span(0, 300, 1)));
    int second = bayes.call(read(sequence("GGGCCCAT", 300, 4)), List.of(new Span(0, 300, 1)));

    // Then
    assertThat(first).isEqualTo(0);
    assertThat(second).isEqualTo(1);
  }

  @Test
  void shouldCallBothStrandsAlike() {
    // Given
    Read reverse = read(sequence("TTTTTGCA", 300, 5));

    // When / Then
    assertThat(bayes.call(reverse, List.of(new Span(0, 300, 1)))).isEqualTo(0);
  }

  @Test
  void shouldLookAtThePartsAlone() {
    // Given
    Read both = read(sequence("AAAAACGT", 300, 6) + sequence("GGGCCCAT", 100, 7));

    // When / Then
    assertThat(bayes.call(both, List.of(new Span(300, 400, 1)))).isEqualTo(1);
    assertThat(bayes.call(both, List.of(new Span(0, 300, 1)))).isEqualTo(0);
  }

  @Test
  void shouldCallNothingWithoutASixMer() {
    // Given
    Read read = read("ACGTNACGTNACGTN");

    // When / Then
    assertThat(bayes.call(read, List.of(new Span(0, 15, 1)))).isEqualTo(-1);
    assertThat(bayes.call(read, List.of())).isEqualTo(-1);
  }

  private static Read read(String bases) {
    return Read.of("r", bases);
  }

  private static String sequence(String letters, int bases, long seed) {
    Random random = new Random(seed);
    StringBuilder sequence = new StringBuilder();
    for (int i = 0; i < bases; i++) {
      sequence.append(letters.charAt(random.nextInt(letters.length())));
    }
    return sequence.toString();
  }
}
