package io.readlens.model.filter;

import java.util.Arrays;

/**
 * Stretches of low complexity by the symmetric DUST of Morgulis, Gertz, Schaffer and Agarwala ("A
 * fast and symmetric DUST implementation to mask low-complexity DNA sequences", J. Comput. Biol.
 * 13, 2006), with the window and the threshold of minimap2's sdust and Kraken 2's dustmasker: 64
 * bases and 20.
 *
 * <p>The score of a stretch of l + 1 words of three bases, of which word t is there c_t times, is
 *
 * <pre>
 *   score = (sum over t of c_t (c_t - 1) / 2) / l
 * </pre>
 *
 * A stretch within one window is perfect if its score is above a tenth of the threshold and no
 * stretch within it has a higher one; what DUST masks is the union of all perfect stretches.
 * Example: AAAAAAA has five words AAA, 10 / 4 = 2.5, and is masked; AAAAAA has four, 6 / 3 = 2, and
 * is not.
 *
 * <p>DUST alone takes half of the bases of genomes as rich in A and T as those of Plasmodium, and a
 * sixth of random bases of 20 % G and C: few letters make few words. Hidden is therefore only what
 * {@link Repeats} explains: a stretch of which repeats make up half, and of others their repeats.
 *
 * <p>Other letters than A, C, G and T part a read into sequences of their own.
 */
final class LowComplexity {
  private static final int WORD = 3;
  private static final int WORDS = 1 << (2 * WORD);
  private static final int WINDOW = 64;
  private static final int THRESHOLD = 20;

  /** Words in a window. */
  private static final int WINDOW_WORDS = WINDOW - WORD + 1;

  private final Stretches.Finding found;

  /** The words of the window, by their place modulo the array's length. */
  private final byte[] ring = new byte[WINDOW];

  /** Counts of the window's words, and how many pairs of equal ones there are. */
  private final int[] counts = new int[WORDS];

  private int pairs;

  /**
   * The same of the longest suffix of the window that has no word more often than can be of use: a
   * perfect stretch that ends here begins before it, or at most in it.
   */
  private final int[] suffixCounts = new int[WORDS];

  private int suffixPairs;
  private int suffix;

  /** Places of the first word in the window, and one past the last. */
  private int first;

  private int end;

  /** The perfect stretches that begin in the window, the last beginning first. */
  private Perfect[] perfect = new Perfect[16];

  private int perfects;

  /** What has been found and may still grow; nothing if {@code openEnd} is 0. */
  private int openStart;

  private int openEnd;

  /** A perfect stretch: bases, pairs of equal words, and words but one. */
  private record Perfect(int start, int end, int pairs, int length) {}

  private LowComplexity(Stretches.Finding found) {
    this.found = found;
  }

  /**
   * Finds the stretches of a read that DUST masks and repeats explain: sorted, disjoint.
   *
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  static void find(byte[] digits, Stretches.Finding found) {
    Repeats repeats = new Repeats(digits);
    dust(
        digits,
        (start, end) -> {
          boolean[] repeated = repeats.within(start, end);
          int count = 0;
          for (int base = start; base < end; base++) {
            count += repeated[base] ? 1 : 0;
          }
          if (2 * count >= end - start) {
            found.add(start, end);
          } else if (count > 0) {
            addRuns(repeated, start, end, found);
          }
        });
  }

  private static void addRuns(boolean[] of, int start, int end, Stretches.Finding found) {
    int base = start;
    while (base < end) {
      int first = base;
      while (base < end && of[base]) {
        base++;
      }
      if (base > first) {
        found.add(first, base);
      }
      base++;
    }
  }

  /**
   * Finds the stretches of a read that DUST masks: sorted, disjoint, none touching another.
   *
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  static void dust(byte[] digits, Stretches.Finding found) {
    LowComplexity masker = new LowComplexity(found);
    int word = 0;
    int known = 0;
    for (int base = 0; base < digits.length; base++) {
      if (digits[base] > 3) {
        masker.endRun();
        known = 0;
      } else {
        known++;
        word = (word << 2 | digits[base]) & (WORDS - 1);
        if (known == WORD) {
          masker.beginRun(base - WORD + 1);
        }
        if (known >= WORD) {
          masker.add(word);
        }
      }
    }
    masker.endRun();
    masker.close();
  }

  private void beginRun(int base) {
    first = base;
    end = base;
  }

  private void endRun() {
    while (perfects > 0) {
      first++;
      settle();
    }
    Arrays.fill(counts, 0);
    Arrays.fill(suffixCounts, 0);
    pairs = 0;
    suffixPairs = 0;
    suffix = 0;
    end = first;
  }

  private byte wordAt(int place) {
    return ring[place & (WINDOW - 1)];
  }

  private void add(int word) {
    if (end - first >= WINDOW_WORDS) {
      int leaving = wordAt(first);
      counts[leaving]--;
      pairs -= counts[leaving];
      if (suffix > end - first - 1) {
        suffix--;
        suffixCounts[leaving]--;
        suffixPairs -= suffixCounts[leaving];
      }
      first++;
      settle();
    }
    ring[end & (WINDOW - 1)] = (byte) word;
    end++;
    suffix++;
    pairs += counts[word]++;
    suffixPairs += suffixCounts[word]++;
    if (suffixCounts[word] * 10 > 2 * THRESHOLD) {
      int dropped;
      do {
        dropped = wordAt(end - suffix);
        suffixCounts[dropped]--;
        suffixPairs -= suffixCounts[dropped];
        suffix--;
      } while (dropped != word);
    }
    if (pairs * 10 > suffix * THRESHOLD) {
      findPerfect();
    }
  }

  /** Finds the perfect stretches that end with the last word. */
  private void findPerfect() {
    int[] tried = suffixCounts.clone();
    int triedPairs = suffixPairs;
    int bestPairs = 0;
    int bestLength = 0;
    int at = 0;
    for (int start = end - suffix - 1; start >= first; start--) {
      triedPairs += tried[wordAt(start)]++;
      int length = end - start - 1;
      if (triedPairs * 10 > THRESHOLD * length) {
        while (at < perfects && perfect[at].start >= start) {
          Perfect inside = perfect[at];
          if (bestPairs == 0 || inside.pairs * bestLength > bestPairs * inside.length) {
            bestPairs = inside.pairs;
            bestLength = inside.length;
          }
          at++;
        }
        if (bestPairs == 0 || triedPairs * bestLength >= bestPairs * length) {
          bestPairs = triedPairs;
          bestLength = length;
          insert(at, new Perfect(start, end + WORD - 1, triedPairs, length));
        }
      }
    }
  }

  private void insert(int at, Perfect stretch) {
    if (perfects == perfect.length) {
      perfect = Arrays.copyOf(perfect, 2 * perfects);
    }
    System.arraycopy(perfect, at, perfect, at + 1, perfects - at);
    perfect[at] = stretch;
    perfects++;
  }

  /** Takes over the perfect stretches that begin before the window. */
  private void settle() {
    while (perfects > 0 && perfect[perfects - 1].start < first) {
      perfects--;
      Perfect settled = perfect[perfects];
      if (openEnd > 0 && settled.start <= openEnd) {
        openEnd = Math.max(openEnd, settled.end);
      } else {
        close();
        openStart = settled.start;
        openEnd = settled.end;
      }
    }
  }

  private void close() {
    if (openEnd > 0) {
      found.add(openStart, openEnd);
      openEnd = 0;
    }
  }
}
