package io.readlens.model.evaluation.panel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Bases that are no organism's, and real ones made hard to read. Each takes and gives letters. */
final class Fakes {
  private static final String STRONG = "GC";
  private static final String WEAK = "AT";
  private static final int CODON = 3;

  /** The letters that stand for a base or others. */
  private static final Map<Character, String> AMBIGUOUS =
      Map.of('A', "RWMDHV", 'C', "YSMBHV", 'G', "RSKBDV", 'T', "YWKBDH");

  private Fakes() {}

  /**
   * Random bases.
   *
   * @param gc the share of G and C
   */
  static String random(int bases, double gc, Random random) {
    StringBuilder letters = new StringBuilder(bases);
    for (int i = 0; i < bases; i++) {
      letters.append((random.nextDouble() < gc ? STRONG : WEAK).charAt(random.nextInt(2)));
    }
    return letters.toString();
  }

  /** The same bases in random order. */
  static String shuffled(String bases, Random random) {
    return shuffled(bases, 1, random);
  }

  /** The same codons, read from the first base, in random order. */
  static String codons(String bases, Random random) {
    return shuffled(bases, CODON, random);
  }

  /** Runs of a size in random order (Fisher and Yates); what is left over stays at the end. */
  private static String shuffled(String bases, int size, Random random) {
    int runs = bases.length() / size;
    String[] order = new String[runs];
    Arrays.setAll(order, i -> bases.substring(i * size, (i + 1) * size));
    for (int i = runs - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      String other = order[i];
      order[i] = order[j];
      order[j] = other;
    }
    return String.join("", order) + bases.substring(runs * size);
  }

  /** Backwards, and not complemented: no strand of anything. */
  static String reversed(String bases) {
    return new StringBuilder(bases).reverse().toString();
  }

  static String reverseComplement(String bases) {
    StringBuilder reverse = new StringBuilder(bases.length());
    for (int i = bases.length() - 1; i >= 0; i--) {
      int place = "ACGT".indexOf(bases.charAt(i));
      reverse.append(place < 0 ? 'N' : "TGCA".charAt(place));
    }
    return reverse.toString();
  }

  /** A unit over and over. */
  static String repeated(String unit, int bases) {
    return unit.repeat(bases / unit.length() + 1).substring(0, bases);
  }

  /** Each base N with a probability. */
  static String unknown(String bases, double share, Random random) {
    char[] letters = bases.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      letters[i] = random.nextDouble() < share ? 'N' : letters[i];
    }
    return new String(letters);
  }

  /** Each base, with a probability, one of the letters that stand for it or two or three others. */
  static String ambiguous(String bases, double share, Random random) {
    char[] letters = bases.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      if (random.nextDouble() < share) {
        String codes = AMBIGUOUS.getOrDefault(letters[i], "N");
        letters[i] = codes.charAt(random.nextInt(codes.length()));
      }
    }
    return new String(letters);
  }

  /** Random ones of some stretches, each with errors, one after the other. */
  static String concatenated(List<String> stretches, int bases, Errors errors, Random random) {
    StringBuilder all = new StringBuilder();
    while (all.length() < bases) {
      all.append(errors.in(stretches.get(random.nextInt(stretches.size())), random));
    }
    return all.substring(0, bases);
  }
}
