package io.readlens.model.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The control of a mask: as many spans of the same lengths, put anywhere. */
final class RandomSpans {
  private RandomSpans() {}

  /**
   * Moves the runs of kept tokens to random places, in random order, none touching another.
   *
   * @param kept which tokens a mask keeps
   */
  static boolean[] like(boolean[] kept, Random random) {
    List<Integer> runs = new ArrayList<>();
    int run = 0;
    int total = 0;
    for (int i = 0; i <= kept.length; i++) {
      if (i < kept.length && kept[i]) {
        run++;
      } else if (run > 0) {
        runs.add(run);
        total += run;
        run = 0;
      }
    }
    boolean[] moved = new boolean[kept.length];
    if (runs.isEmpty()) {
      return moved;
    }
    Collections.shuffle(runs, random);
    // Free tokens beyond the one that must part two runs, dealt out to the gaps before, between and
    // after the runs: distinct sorted draws make every deal as likely as another.
    int spare = kept.length - total - (runs.size() - 1);
    int[] draws =
        random.ints(0, spare + runs.size()).distinct().limit(runs.size()).sorted().toArray();
    int place = 0;
    for (int i = 0; i < runs.size(); i++) {
      int start = draws[i] - i + place;
      for (int token = start; token < start + runs.get(i); token++) {
        moved[token] = true;
      }
      place += runs.get(i) + 1;
    }
    return moved;
  }
}
