package io.readlens.model.io;

/**
 * How long the lines of a file may be, and the sequences that stand on one line or on many: so long
 * that only what is no such file exceeds it, and its reader's memory is bounded.
 */
enum LengthLimit {
  /** Several times the longest read of any instrument. */
  READ(1 << 26, "no read is: cut it into pieces, or leave it out"),

  /** Nearly all that a String can hold, and several times any chromosome of a vertebrate. */
  CONTIG(2_000_000_000, "that is the most that can be read: cut it into pieces"),

  ROW(1 << 26, "no row of a table is: is this the file?"),

  /** An explanation of the longest read, each of its bases with a score. */
  RECORD(1 << 28, "no explanation is: is this the file?");

  private final int bytes;
  private final String advice;

  LengthLimit(int bytes, String advice) {
    this.bytes = bytes;
    this.advice = advice;
  }

  int bytes() {
    return bytes;
  }

  /** What is wrong with something that is longer. */
  String exceededBy(String what) {
    return "%s is longer than %d bytes, and %s".formatted(what, bytes, advice);
  }
}
