package io.readlens.model.read;

import java.util.Arrays;

/**
 * Cuts a read into tokens as Nucleotide Transformer v2 does: within each maximal run of A, C, G and
 * T, 6-mers from the left; what is left of the run, one to five bases, as single letters; each N
 * alone; each maximal run of other letters as one {@code <unk>}.
 *
 * <pre>
 * ACGTGT A C N TGCACG G A N CGACTA GTCTGA
 *    739 ‥ 4102 4104 4106 1937 4105 4102 4106 2858 3490
 * </pre>
 */
public final class Tokenizer {
  /** Negative however far it is shifted, and so is every 6-mer that it becomes part of. */
  private static final int NOT_A_DIGIT = -1;

  private static final int[] DIGITS = digits();

  /** Of eight letters the first six. */
  private static final long SIX_BASES = 0xFFFF_FFFF_FFFFL;

  private Tokenizer() {}

  /** The tokens of a read; an empty read has none. */
  public static TokenizedRead tokenize(Read read) {
    byte[] bases = read.bases();
    int lastKmer = bases.length - Vocabulary.K;
    Tokens tokens = new Tokens(bases.length);
    int at = 0;
    while (at < bases.length) {
      int kmer = at <= lastKmer ? kmer(bases, at) : NOT_A_DIGIT;
      if (kmer >= 0) {
        at += Vocabulary.K;
        tokens.add(Vocabulary.FIRST_KMER + kmer, at);
      } else {
        at = leaveRun(bases, at, tokens);
      }
    }
    return tokens.of(read);
  }

  /** Adds the fewer than six bases that are left of a run and what ended it; says where it is. */
  private static int leaveRun(byte[] bases, int from, Tokens tokens) {
    int at = from;
    while (at < bases.length && DIGITS[bases[at]] >= 0) {
      at++;
      tokens.add(Vocabulary.FIRST_BASE + DIGITS[bases[at - 1]], at);
    }
    if (at < bases.length && bases[at] == 'N') {
      at++;
      tokens.addUnknown(Vocabulary.N, at);
    } else if (at < bases.length) {
      at = endOfUnknown(bases, at);
      tokens.addUnknown(Vocabulary.UNKNOWN, at);
    }
    return at;
  }

  /** The 6-mer that starts at a base, from 0; negative if one of its letters is no digit. */
  private static int kmer(byte[] bases, int at) {
    if (at + EightBases.COUNT <= bases.length) {
      long letters = EightBases.at(bases, at);
      return (EightBases.faults(letters) & SIX_BASES) == 0 ? EightBases.kmer(letters) : NOT_A_DIGIT;
    }
    return DIGITS[bases[at]] << 10
        | DIGITS[bases[at + 1]] << 8
        | DIGITS[bases[at + 2]] << 6
        | DIGITS[bases[at + 3]] << 4
        | DIGITS[bases[at + 4]] << 2
        | DIGITS[bases[at + 5]];
  }

  private static int endOfUnknown(byte[] bases, int from) {
    int at = from + 1;
    while (at < bases.length && bases[at] != 'N' && DIGITS[bases[at]] < 0) {
      at++;
    }
    return at;
  }

  private static int[] digits() {
    int[] digits = new int[128];
    Arrays.fill(digits, NOT_A_DIGIT);
    digits['A'] = 0;
    digits['T'] = 1;
    digits['C'] = 2;
    digits['G'] = 3;
    return digits;
  }

  /**
   * Grows as tokens come: most reads need a sixth of a token per base, a read of Ns a whole one.
   */
  private static final class Tokens {
    private int[] ids;
    private int[] bounds;
    private int count;
    private int unknownBases;

    Tokens(int bases) {
      int expected = bases / Vocabulary.K + bases % Vocabulary.K; // Exact without unknown bases.
      ids = new int[expected];
      bounds = new int[expected + 1];
    }

    void add(int id, int end) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count + 1);
        bounds = Arrays.copyOf(bounds, 2 * count + 2);
      }
      ids[count] = id;
      count++;
      bounds[count] = end;
    }

    void addUnknown(int id, int end) {
      unknownBases += end - bounds[count];
      add(id, end);
    }

    TokenizedRead of(Read read) {
      boolean exact = count == ids.length;
      return new TokenizedRead(
          read.id(),
          exact ? ids : Arrays.copyOf(ids, count),
          exact ? bounds : Arrays.copyOf(bounds, count + 1),
          unknownBases);
    }
  }
}
