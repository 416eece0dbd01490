package io.readlens.model.filter;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The words of {@value #K} bases that cloning vectors have, on either strand, and which of them
 * natural genomes have, too: vectors carry parts of phages, of <i>Escherichia coli</i> and of
 * yeast.
 *
 * <p>A list of such words is a list of sequences in letters of two cases: a word is natural if the
 * letter that it begins with is a lower-case one in any sequence.
 *
 * <p>Threading: not to be read while {@link #markNatural} is running.
 */
public final class VectorWords {
  static final int K = 20;

  /** What {@link #kind} says of a word. */
  static final int NONE = 0;

  static final int NATURAL = 1;
  static final int OWN = 2;

  private static final long WORD = (1L << (2 * K)) - 1;
  private static final long NATURAL_BIT = 1L << (2 * K);
  private static final long EMPTY = -1;

  /** Open addressing: of each word the lesser of its two strands, and whether it is natural. */
  private final long[] table;

  private VectorWords(int most) {
    table = new long[Math.max(4, Integer.highestOneBit(Math.max(1, most)) * 4)];
    Arrays.fill(table, EMPTY);
  }

  /**
   * @param sequences in letters of two cases; other letters than A, C, G and T are in no word
   */
  public static VectorWords of(List<String> sequences) {
    VectorWords words = new VectorWords(sequences.stream().mapToInt(String::length).sum());
    for (String sequence : sequences) {
      Roll roll = new Roll();
      byte[] digits = digits(sequence);
      for (int base = 0; base < digits.length; base++) {
        if (roll.add(digits[base])) {
          int place = words.place(roll.word());
          boolean natural = Character.isLowerCase(sequence.charAt(base - K + 1));
          long known = words.table[place] == EMPTY ? roll.word() : words.table[place];
          words.table[place] = natural ? known | NATURAL_BIT : known;
        }
      }
    }
    return words;
  }

  /** Takes note that whatever words a sequence has, in letters of either case, are natural. */
  public void markNatural(String sequence) {
    Roll roll = new Roll();
    for (byte digit : digits(sequence)) {
      if (roll.add(digit)) {
        int place = place(roll.word());
        if (table[place] != EMPTY) {
          table[place] |= NATURAL_BIT;
        }
      }
    }
  }

  /**
   * A sequence in letters of two cases, as {@link #of} takes it: upper-case is what a word begins
   * with that only vectors have. The last {@value #K} less one, with which no word begins, are
   * lower-case.
   */
  public String marked(String sequence) {
    StringBuilder marked = new StringBuilder(sequence.toLowerCase(Locale.ROOT));
    Roll roll = new Roll();
    byte[] digits = digits(sequence);
    for (int base = 0; base < digits.length; base++) {
      if (roll.add(digits[base]) && kind(roll.word()) == OWN) {
        int start = base - K + 1;
        marked.setCharAt(start, Character.toUpperCase(marked.charAt(start)));
      }
    }
    return marked.toString();
  }

  private static byte[] digits(String sequence) {
    return InputFilter.digits(sequence.toUpperCase(Locale.ROOT));
  }

  /** Whose a word is: no vector's, a vector's and a natural genome's, or only a vector's. */
  int kind(long word) {
    long found = table[place(word)];
    if (found == EMPTY) {
      return NONE;
    }
    return (found & NATURAL_BIT) == 0 ? OWN : NATURAL;
  }

  /** Where a word is, or would be. */
  private int place(long word) {
    long hash = word * 0x9E3779B97F4A7C15L;
    int place = (int) (hash >>> 40) & table.length - 1;
    while (table[place] != EMPTY && (table[place] & WORD) != word) {
      place = place + 1 & table.length - 1;
    }
    return place;
  }

  /** The last {@value #K} bases of a sequence, on both strands. */
  static final class Roll {
    private long forward;
    private long backward;
    private int known;

    /**
     * Adds a base.
     *
     * @param digit 0 to 3 for A, C, G, T; 4 for every other letter
     * @return whether there are so many known bases in a row
     */
    boolean add(byte digit) {
      known = digit == InputFilter.UNKNOWN_DIGIT ? 0 : known + 1;
      forward = ((forward << 2) | (digit & 3)) & WORD;
      backward = (backward >>> 2) | ((long) (3 - (digit & 3)) << (2 * (K - 1)));
      return known >= K;
    }

    /** The lesser of the two strands. */
    long word() {
      return Math.min(forward, backward);
    }
  }
}
