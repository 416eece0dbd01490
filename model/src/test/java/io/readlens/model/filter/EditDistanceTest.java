package io.readlens.model.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EditDistanceTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 12, 13, 24, 40, 63, 64})
  void shouldFindTheBestMatchOfEveryPart(int length) {
    // Given
    Random random = new Random(length);
    for (int trial = 0; trial < 60; trial++) {
      String pattern = Sequences.random(length, 0.5, random);
      String text =
          Sequences.random(random.nextInt(20), 0.5, random)
              + Sequences.noisy(pattern, 0.1, random)
              + Sequences.random(random.nextInt(20), 0.5, random);
      int from = random.nextInt(length);
      int to = from + 1 + random.nextInt(length - from);
      String part = pattern.substring(from, to);
      int start = random.nextInt(text.length() / 2 + 1);
      int most = random.nextInt(to - from);
      EditDistance sought = new EditDistance(Sequences.digits(pattern));
      byte[] digits = Sequences.digits(text);

      // When
      int end = sought.end(digits, start, text.length(), from, to, most);

      // Then
      int best = Integer.MAX_VALUE;
      int bestEnd = -1;
      for (int e = start; e <= text.length(); e++) {
        int errors = errors(part, text, start, e);
        if (errors < best && errors < part.length()) {
          best = errors;
          bestEnd = e;
        }
      }
      assertThat(end)
          .as("length %d trial %d", length, trial)
          .isEqualTo(best <= most ? bestEnd : -1);
      if (end >= 0) {
        int first = sought.start(digits, start, end, from, to);
        assertThat(distance(part, text.substring(first, end))).isEqualTo(best);
      }
    }
  }

  /** The fewest errors of a match that ends there, whatever it begins with. */
  private static int errors(String part, String text, int start, int end) {
    int best = part.length();
    for (int from = Math.max(start, end - 2 * part.length()); from <= end; from++) {
      best = Math.min(best, distance(part, text.substring(from, end)));
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
