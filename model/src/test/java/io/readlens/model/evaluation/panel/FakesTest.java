package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.read.Read;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakesTest {
  private static final String READ = Fakes.random(3_001, 0.4, new Random(5));

  private static Map<String, Long> counts(String bases, int size) {
    return IntStream.range(0, bases.length() / size)
        .mapToObj(i -> bases.substring(i * size, (i + 1) * size))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static double share(String letters, String of) {
    return (double) letters.chars().filter(c -> of.indexOf(c) >= 0).count() / letters.length();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.35, 0.5, 0.65, 0.8})
  void shouldDrawTheShareOfGAndC(double gc) {
    // When
    String bases = Fakes.random(20_000, gc, new Random(1));

    // Then
    assertThat(share(bases, "GC")).isCloseTo(gc, within(0.015));
    assertThat(share(bases, "G")).isCloseTo(gc / 2, within(0.015));
    assertThat(share(bases, "A")).isCloseTo((1 - gc) / 2, within(0.015));
  }

  @Test
  void shouldKeepBasesOfAShuffledRead() {
    // When
    String shuffled = Fakes.shuffled(READ, new Random(1));

    // Then and no more: of its codons hardly a pair stays
    assertThat(counts(shuffled, 1)).isEqualTo(counts(READ, 1));
    assertThat(counts(shuffled, 3)).isNotEqualTo(counts(READ, 3));
  }

  @Test
  void shouldKeepTheUseOfCodons() {
    // When
    String codons = Fakes.codons(READ, new Random(1));

    // Then
    assertThat(counts(codons, 3)).isEqualTo(counts(READ, 3));
    assertThat(counts(codons, 6)).isNotEqualTo(counts(READ, 6));
    assertThat(codons).hasSameSizeAs(READ);
  }

  @Test
  void shouldReverseWithoutComplement() {
    assertThat(Fakes.reversed("AACGT")).isEqualTo("TGCAA");
    assertThat(Fakes.reverseComplement("AACGT")).isEqualTo("ACGTT");
  }

  @Test
  void shouldHideAShareOfTheBases() {
    // When
    String unknown = Fakes.unknown(READ, 0.1, new Random(1));

    // Then
    assertThat(share(unknown, "N")).isCloseTo(0.1, within(0.02));
    assertThat(unknown.replaceAll("N", ".")).matches(letters -> READ.matches(letters));
  }

  @Test
  void shouldWriteLettersThatStandForTheBase() {
    // Given
    Map<Character, String> stand =
        Map.of(
            'R', "AG", 'Y', "CT", 'S', "CG", 'W', "AT", 'K', "GT", 'M', "AC", 'B', "CGT", 'D',
            "AGT", 'H', "ACT", 'V', "ACG");

    // When
    String ambiguous = Fakes.ambiguous(READ, 0.5, new Random(1));

    // Then
    assertThat(share(ambiguous, "ACGT")).isCloseTo(0.5, within(0.03));
    for (int i = 0; i < READ.length(); i++) {
      char letter = ambiguous.charAt(i);
      assertThat(stand.getOrDefault(letter, String.valueOf(letter)))
          .contains(READ.substring(i, i + 1));
    }
    assertThat(Read.of("r", ambiguous).sequence()).isEqualTo(ambiguous);
  }

  @Test
  void shouldPutStretchesInARow() {
    // When
    String all =
        Fakes.concatenated(List.of("AAAA", "CCC"), 50, (bases, random) -> bases, new Random(1));

    // Then
    assertThat(all).hasSize(50).matches("(AAAA|CCC)+(A|C){0,3}").contains("AAAA", "CCC");
  }
}
