package io.readlens.model.network;

import io.readlens.model.read.Vocabulary;

/**
 * What nine bases would be translated to, whatever their frame is: three amino acids, as a number
 * from 0 to {@link #COUNT} - 1. Proteins change more slowly than the bases that encode them, so
 * that species of one genus, viruses above all, have more triples in common than 6-mers.
 *
 * <p>The code is NCBI's translation table 1. An amino acid is its place in the alphabetical order
 * of their one-letter symbols, {@code *} (stop) first; a triple is {@code 441 a + 21 b + c}.
 */
public final class AminoAcidTriples {
  /** Bases that make one. */
  public static final int BASES = 9;

  private static final int AMINO_ACIDS = 21;

  /** The triples that there are. */
  public static final int COUNT = AMINO_ACIDS * AMINO_ACIDS * AMINO_ACIDS;

  private static final String SYMBOLS = "*ACDEFGHIKLMNPQRSTVWY";

  /** Of the codons TTT, TTC, TTA, TTG, TCT to GGG, in the order in which NCBI lists them. */
  private static final String TABLE_1 =
      "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG";

  private static final String NCBI_ORDER = "TCAG";
  private static final int CODON = 3;
  private static final int CODONS = 64;

  private AminoAcidTriples() {}

  /**
   * The triples of all nines of bases, [2, 4^9] in rows: of the strand itself, and of the other
   * one. A nine is numbered by the vocabulary's digits, the first base's the most significant.
   */
  public static long[] table() {
    int[] code = code();
    int nines = 1 << (2 * BASES);
    long[] table = new long[2 * nines];
    for (int nine = 0; nine < nines; nine++) {
      table[nine] = triple(code, nine);
      table[nines + nine] = triple(code, otherStrand(nine));
    }
    return table;
  }

  private static long triple(int[] code, int nine) {
    int triple = 0;
    for (int shift = 2 * (BASES - CODON); shift >= 0; shift -= 2 * CODON) {
      triple = triple * AMINO_ACIDS + code[nine >> shift & (CODONS - 1)];
    }
    return triple;
  }

  private static int otherStrand(int nine) {
    int other = 0;
    for (int rest = nine, i = 0; i < BASES; i++, rest >>= 2) {
      // Complementary bases differ in their digit's last bit.
      other = other << 2 | ((rest & 3) ^ 1);
    }
    return other;
  }

  /** The amino acid of each codon, numbered by the vocabulary's digits. */
  private static int[] code() {
    int[] code = new int[CODONS];
    for (int codon = 0; codon < CODONS; codon++) {
      int place = 0;
      for (int shift = 2 * (CODON - 1); shift >= 0; shift -= 2) {
        place = place * 4 + NCBI_ORDER.indexOf(Vocabulary.base(codon >> shift & 3));
      }
      code[codon] = SYMBOLS.indexOf(TABLE_1.charAt(place));
    }
    return code;
  }
}
