package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RandomSpansTest {
  @RepeatedTest(50)
  void shouldKeepCountAndLengths(RepetitionInfo repetition) {
    // Given
    Random random = new Random(repetition.getCurrentRepetition());
    boolean[] kept = new boolean[1 + random.nextInt(60)];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = random.nextDouble() < 0.6;
    }

    // When
    boolean[] moved = RandomSpans.like(kept, random);

    // Then
    assertThat(runs(moved)).isEqualTo(runs(kept));
  }

  @Test
  void shouldReachEveryPlace() {
    // Given
    boolean[] kept = {true, true, false, false, false};
    boolean[] seen = new boolean[kept.length];
    Random random = new Random(1);

    // When
    for (int i = 0; i < 200; i++) {
      boolean[] moved = RandomSpans.like(kept, random);
      for (int token = 0; token < seen.length; token++) {
        seen[token] |= moved[token];
      }
    }

    // Then
    assertThat(seen).containsOnly(true);
  }

  @Test
  void shouldDealEveryGapAlike() {
    // Given
    boolean[] kept = {true, false, true, false};
    Map<String, Integer> deals = new HashMap<>();
    Random random = new Random(2);

    // When
    for (int i = 0; i < 30_000; i++) {
      deals.merge(Arrays.toString(RandomSpans.like(kept, random)), 1, Integer::sum);
    }

    // Then
    assertThat(deals).hasSize(3);
    assertThat(deals.values()).allMatch(count -> Math.abs(count - 10_000) < 400);
  }

  private static List<Integer> runs(boolean[] kept) {
    List<Integer> runs = new ArrayList<>();
    int run = 0;
    for (int i = 0; i <= kept.length; i++) {
      if (i < kept.length && kept[i]) {
        run++;
      } else if (run > 0) {
        runs.add(run);
        run = 0;
      }
    }
    Collections.sort(runs);
    return runs;
  }
}
