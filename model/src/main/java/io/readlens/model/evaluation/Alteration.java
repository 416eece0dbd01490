package io.readlens.model.evaluation;

import io.readlens.model.read.Read;
import java.util.BitSet;

/**
 * The same piece of DNA, read another way.
 *
 * @param read what is read then
 * @param first where its first base lies in the read that was altered, 0-based
 * @param step from one of its bases to the next: 1, or -1 on the other strand
 */
record Alteration(Read read, int first, int step) {
  static Alteration otherStrand(Read read) {
    return new Alteration(read.reverseComplement(), read.length() - 1, -1);
  }

  /** The read begins some bases later. */
  static Alteration later(Read read, int bases) {
    return new Alteration(Read.of(read.id(), read.sequence().substring(bases)), bases, 1);
  }

  /** Where some of its bases lie in the read that was altered. */
  BitSet mapBack(BitSet bases) {
    BitSet mapped = new BitSet();
    bases.stream().forEach(base -> mapped.set(first + step * base));
    return mapped;
  }

  /** Which bases of the read that was altered it has. */
  BitSet covered() {
    BitSet all = new BitSet();
    all.set(0, read.length());
    return mapBack(all);
  }
}
