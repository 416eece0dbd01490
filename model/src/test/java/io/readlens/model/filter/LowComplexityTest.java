package io.readlens.model.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LowComplexityTest {
  private static final int WINDOW = 64;
  private static final int THRESHOLD = 20;

  /**
   * Sequences and what pydustmasker 3.3.0 (window_size=64, score_threshold=20) masks of them, which
   * wraps the sdust of minimap2.
   */
  static Stream<String> reference() throws IOException {
    try (InputStream in = LowComplexityTest.class.getResourceAsStream("dust-reference.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("reference")
  void shouldMaskWhatSdustMasks(String row) {
    // Given
    String[] cells = row.split("\t", -1);

    // When
    List<String> masked = dust(cells[0]);

    // Then
    assertThat(String.join(",", masked)).isEqualTo(cells[1]);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void shouldMaskTheUnionOfPerfectStretches(long seed) {
    // Given
    Random random = new Random(seed);
    String bases = Sequences.mosaic(random);

    // When
    List<String> masked = dust(bases);

    // Then
    assertThat(covered(masked)).as("seed %d: %s", seed, bases).isEqualTo(perfect(bases));
  }

  private static List<String> dust(String bases) {
    List<String> found = new ArrayList<>();
    LowComplexity.dust(Sequences.digits(bases), (start, end) -> found.add(start + "-" + end));
    return found;
  }

  private static BitSet covered(List<String> stretches) {
    BitSet bases = new BitSet();
    for (String stretch : stretches) {
      String[] ends = stretch.split("-");
      bases.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
    }
    return bases;
  }

  /** By the definition: every stretch of at most a window is looked at, and all within it. */
  private static BitSet perfect(String bases) {
    BitSet covered = new BitSet();
    int n = bases.length();
    double[][] best = new double[n + 1][WINDOW + 1];
    for (int length = 4; length <= WINDOW; length++) {
      for (int start = 0; start + length <= n; start++) {
        double within = Math.max(best[start][length - 1], best[start + 1][length - 1]);
        double score = score(bases.substring(start, start + length));
        if (score > THRESHOLD / 10.0 && score >= within) {
          covered.set(start, start + length);
        }
        best[start][length] = Math.max(within, score);
      }
    }
    return covered;
  }

  private static double score(String stretch) {
    if (stretch.contains("N")) {
      return 0;
    }
    String[] words = new String[stretch.length() - 2];
    Arrays.setAll(words, i -> stretch.substring(i, i + 3));
    int pairs = 0;
    for (int i = 0; i < words.length; i++) {
      for (int j = 0; j < i; j++) {
        pairs += words[i].equals(words[j]) ? 1 : 0;
      }
    }
    return (double) pairs / (words.length - 1);
  }
}
