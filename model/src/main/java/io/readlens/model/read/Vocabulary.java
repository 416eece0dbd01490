package io.readlens.model.read;

/**
 * The vocabulary of Nucleotide Transformer v2. Its digits are A=0, T=1, C=2, G=3, in that order and
 * not the alphabet's: the 6-mer with digits {@code d0…d5} has the id {@code FIRST_KMER + d0·4⁵ + …
 * + d5}.
 */
public final class Vocabulary {
  /** A run of letters other than A, C, G, T and N. */
  public static final int UNKNOWN = 0;

  /** Fills a batch's row after its last token. */
  public static final int PAD = 1;

  /** Stands for a token that was hidden. */
  public static final int MASK = 2;

  /** The first token of every row that the network sees. */
  public static final int CLS = 3;

  /** Bases in a k-mer token. */
  public static final int K = 6;

  /** The bases in the order of their digits. */
  static final String DIGITS = "ATCG";

  /** {@code AAAAAA}; the other 6-mers follow up to {@code GGGGGG}. */
  public static final int FIRST_KMER = 6;

  /** The base A alone; T, C and G follow. */
  public static final int FIRST_BASE = FIRST_KMER + (1 << (2 * K));

  /** The base N, always alone. */
  public static final int N = FIRST_BASE + 4;

  /** Number of ids. */
  public static final int SIZE = N + 1;

  private Vocabulary() {}

  /** The digit of a base, 0 to 3; negative for any letter but A, C, G and T. */
  public static int digit(char base) {
    return DIGITS.indexOf(base);
  }

  /** The base of a digit, 0 to 3. */
  public static char base(int digit) {
    return DIGITS.charAt(digit);
  }

  /** The id of a 6-mer or base on the other strand; of any other id, itself. */
  public static int reverseComplement(int id) {
    if (id >= FIRST_BASE && id < N) {
      return FIRST_BASE + ((id - FIRST_BASE) ^ 1);
    }
    if (id < FIRST_KMER || id >= FIRST_BASE) {
      return id;
    }
    int reverse = 0;
    for (int rest = id - FIRST_KMER, i = 0; i < K; i++, rest >>= 2) {
      // Complementary bases differ in their digit's last bit.
      reverse = (reverse << 2) | ((rest & 3) ^ 1);
    }
    return FIRST_KMER + reverse;
  }
}
