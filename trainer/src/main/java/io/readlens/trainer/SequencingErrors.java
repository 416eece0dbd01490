package io.readlens.trainer;

import java.util.Random;

/**
 * What a sequencer gets wrong: at every base a substitution, an insertion after it or its deletion,
 * one as likely as the other.
 *
 * @param rate the share of bases with one of the three, from 0 to below 1
 */
record SequencingErrors(double rate) {
  static final SequencingErrors NONE = new SequencingErrors(0);

  private static final String BASES = "ACGT";

  SequencingErrors {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("an error rate of " + rate);
    }
  }

  /** What is read of a stretch of bases; its length changes with insertions and deletions. */
  String in(String bases, Random random) {
    if (rate == 0) {
      return bases;
    }
    StringBuilder read = new StringBuilder(bases.length() + 16);
    for (int i = 0; i < bases.length(); i++) {
      char base = bases.charAt(i);
      if (random.nextDouble() >= rate) {
        read.append(base);
        continue;
      }
      switch (random.nextInt(3)) {
        case 0 -> read.append(other(base, random));
        case 1 -> read.append(base).append(BASES.charAt(random.nextInt(BASES.length())));
        default -> {
          // The base is not read.
        }
      }
    }
    return read.toString();
  }

  private static char other(char base, Random random) {
    int at = Math.max(0, BASES.indexOf(base));
    return BASES.charAt((at + 1 + random.nextInt(BASES.length() - 1)) % BASES.length());
  }
}
