package io.readlens.model.read;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight letters at once, each in a byte of a long, the first in the lowest. Bits 1 and 2 of an
 * upper-case letter tell A (0), C (1), T (2) and G (3) from each other.
 */
final class EightBases {
  static final int COUNT = Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long A = 'A' * ONES;

  private EightBases() {}

  /** The eight letters from a place on. */
  static long at(byte[] letters, int place) {
    return (long) LONGS.get(letters, place);
  }

  /** Zero in each byte that holds an upper-case A, C, G or T, and in no other. */
  static long faults(long letters) {
    long codes = letters >>> 1 & 3 * ONES;
    // A + 2 code is the letter, but for T: there it is E.
    long t = codes >>> 1 & ~codes & ONES;
    return (A + (codes << 1) ^ t * ('E' ^ 'T')) ^ letters;
  }

  /** The 6-mer of the first six letters, each an upper-case A, C, G or T, from 0. */
  static int kmer(long letters) {
    // The vocabulary's digits are A (0), T (1), C (2) and G (3): bits 1 and 2 change places.
    long digits = (letters >>> 2 & ONES) | (letters & 2 * ONES);
    long pairs = digits << 2 | digits >>> 8;
    return (int) ((pairs & 15) << 8 | (pairs >>> 12 & 15 << 4) | (pairs >>> 32 & 15));
  }
}
