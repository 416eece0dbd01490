package io.readlens.model.read;

import java.nio.charset.StandardCharsets;

/**
 * A read's name and its bases, upper-cased: A, C, G, T, N and the other IUPAC nucleotide letters.
 * Immutable.
 */
public final class Read {
  private static final byte[] UPPER = upperCaseTable();
  private static final byte[] COMPLEMENT = complementTable();

  private final String id;
  private final byte[] bases;

  private Read(String id, byte[] bases) {
    this.id = id;
    this.bases = bases;
  }

  /**
   * @param id the read's name, not blank
   * @param sequence its bases in either case, as received; may be empty
   * @throws InvalidReadException naming the first letter that is no IUPAC nucleotide and its
   *     0-based position, or a blank name
   */
  public static Read of(String id, CharSequence sequence) {
    if (id.isBlank()) {
      throw new InvalidReadException("a read has a blank name");
    }
    String text = sequence.toString();
    // A letter beyond Latin 1 becomes '?', which is no nucleotide either.
    byte[] bases = text.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    while (at < bases.length) {
      if (at + EightBases.COUNT <= bases.length
          && EightBases.faults(EightBases.at(bases, at)) == 0) {
        at += EightBases.COUNT;
      } else {
        bases[at] = upperCase(id, text, at);
        at++;
      }
    }
    return new Read(id, bases);
  }

  private static byte upperCase(String id, String text, int at) {
    char letter = text.charAt(at);
    byte base = letter < UPPER.length ? UPPER[letter] : 0;
    if (base == 0) {
      throw new InvalidReadException(
          "read " + id + " has " + describe(letter) + " at base " + at + ", not a nucleotide");
    }
    return base;
  }

  private static String describe(char letter) {
    return letter > ' ' && letter < 127
        ? "'" + letter + "'"
        : String.format("U+%04X", (int) letter);
  }

  private static byte[] upperCaseTable() {
    byte[] table = new byte[256];
    for (char letter : "ACGTUNRYSWKMBDHV".toCharArray()) {
      table[letter] = (byte) letter;
      table[Character.toLowerCase(letter)] = (byte) letter;
    }
    // As direct RNA sequencing writes it: unknown bases would be called what they are not.
    table['U'] = 'T';
    table['u'] = 'T';
    return table;
  }

  /** IUPAC letters stand for sets of bases; the complement stands for the set of their pairs. */
  private static byte[] complementTable() {
    byte[] table = new byte[128];
    String letters = "ACGTUNRYSWKMBDHV";
    String pairs = "TGCAANYRSWMKVHDB";
    for (int i = 0; i < letters.length(); i++) {
      table[letters.charAt(i)] = (byte) pairs.charAt(i);
    }
    return table;
  }

  /** The read's name. */
  public String id() {
    return id;
  }

  /** Length in bases. */
  public int length() {
    return bases.length;
  }

  /** The base at a 0-based position, an upper-case ASCII letter. */
  public byte base(int position) {
    return bases[position];
  }

  /** The bases themselves, for this package's loops: never written. */
  byte[] bases() {
    return bases;
  }

  /** The read of the other strand: its bases backwards, each the one that pairs with it. */
  public Read reverseComplement() {
    byte[] reverse = new byte[bases.length];
    for (int i = 0; i < bases.length; i++) {
      reverse[i] = COMPLEMENT[bases[bases.length - 1 - i]];
    }
    return new Read(id, reverse);
  }

  /** The bases as text. */
  public String sequence() {
    return new String(bases, StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return id + " (" + bases.length + " bases)";
  }
}
