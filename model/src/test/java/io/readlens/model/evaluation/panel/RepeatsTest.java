package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatsTest {
  @ParameterizedTest
  @CsvSource({"1,2", "2,4", "3,10", "4,33", "5,102", "6,350"})
  void shouldHaveAsManyUnitsAsThereAreKinds(int bases, int kinds) {
    // When
    List<String> units = Repeats.units(bases);

    // Then as many as microsatellites have motifs
    assertThat(units).hasSize(kinds).doesNotHaveDuplicates().isSorted();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6})
  void shouldHaveEveryWordButRepeatsOfShorterOnesInOneKind(int bases) {
    // Given all that can be reached from each unit by turning it and by reading the other strand
    Set<String> reached = new HashSet<>();
    int sum = 0;
    for (String unit : Repeats.units(bases)) {
      Set<String> kind = kind(unit);
      sum += kind.size();
      reached.addAll(kind);
    }

    // When
    int shorter = 0;
    for (int unit = 1; unit < bases; unit++) {
      if (bases % unit == 0) {
        shorter += primitiveWords(unit);
      }
    }

    // Then no kind meets another, and together they are all words
    assertThat(reached).hasSize(sum).hasSize((1 << (2 * bases)) - shorter);
  }

  private static int primitiveWords(int bases) {
    int words = 1 << (2 * bases);
    for (int unit = 1; unit < bases; unit++) {
      words -= bases % unit == 0 ? primitiveWords(unit) : 0;
    }
    return words;
  }

  private static Set<String> kind(String unit) {
    Set<String> kind = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(unit));
    while (!open.isEmpty()) {
      String word = open.pop();
      if (kind.add(word)) {
        open.push(word.substring(1) + word.charAt(0));
        StringBuilder other = new StringBuilder();
        for (int i = word.length() - 1; i >= 0; i--) {
          other.append("TGCA".charAt("ACGT".indexOf(word.charAt(i))));
        }
        open.push(other.toString());
      }
    }
    return kind;
  }

  @Test
  void shouldNameOneOfMany() {
    // When
    List<String> units = Repeats.units(3);

    // Then CAG, and not AGC or CTG besides
    assertThat(units).contains("AGC").doesNotContain("CAG", "CTG", "GCT", "AAA");
  }
}
