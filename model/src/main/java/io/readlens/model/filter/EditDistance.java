package io.readlens.model.filter;

/**
 * A pattern of at most 64 bases, sought in a text with errors: a substituted, an inserted and a
 * missing base each cost one. By the bit-vectors of Myers ("A fast bit-vector algorithm for
 * approximate string matching based on dynamic programming", J. ACM 46, 1999), a few operations a
 * base of the text. Immutable.
 */
final class EditDistance {
  static final int MOST_BASES = Long.SIZE;

  private final int length;

  /** For each digit the places of the pattern that have it, place 0 in the lowest bit. */
  private final long[] forward = new long[5];

  /** The same of the pattern from right to left. */
  private final long[] backward = new long[5];

  /**
   * @param pattern digits, 0 to 3
   */
  EditDistance(byte[] pattern) {
    if (pattern.length == 0 || pattern.length > MOST_BASES) {
      throw new IllegalArgumentException("a pattern of " + pattern.length + " bases");
    }
    length = pattern.length;
    for (int place = 0; place < length; place++) {
      forward[pattern[place]] |= 1L << place;
      backward[pattern[place]] |= 1L << (length - 1 - place);
    }
  }

  int length() {
    return length;
  }

  /**
   * Where in a text a part of the pattern ends with the fewest errors.
   *
   * @param text digits
   * @param start first base of the text to look at
   * @param end one past the last
   * @param from first place of the part
   * @param to one past its last
   * @param most errors at most
   * @return one past the last base of the match, the first of the best; -1 if there is none
   */
  int end(byte[] text, int start, int end, int from, int to, int most) {
    long last = 1L << (to - from - 1);
    long plus = -1;
    long minus = 0;
    int errors = to - from;
    int fewest = most + 1;
    int found = -1;
    for (int at = start; at < end; at++) {
      long equal = forward[text[at]] >>> from;
      long vertical = equal | minus;
      long horizontal = (((equal & plus) + plus) ^ plus) | equal;
      long up = minus | ~(horizontal | plus);
      long down = plus & horizontal;
      if ((up & last) != 0) {
        errors++;
      } else if ((down & last) != 0) {
        errors--;
        if (errors < fewest) {
          fewest = errors;
          found = at + 1;
        }
      }
      up <<= 1;
      down <<= 1;
      plus = down | ~(vertical | up);
      minus = up & vertical;
    }
    return found;
  }

  /**
   * Where a match begins whose end is known: with the fewest errors, and of these the longest.
   *
   * @param text digits
   * @param least base that it does not begin before
   * @param end one past the last base of the match
   */
  int start(byte[] text, int least, int end, int from, int to) {
    long last = 1L << (to - from - 1);
    int shift = length - to;
    long plus = -1;
    long minus = 0;
    int errors = to - from;
    int fewest = errors;
    int found = end;
    for (int at = end - 1; at >= least; at--) {
      long equal = backward[text[at]] >>> shift;
      long vertical = equal | minus;
      long horizontal = (((equal & plus) + plus) ^ plus) | equal;
      long up = minus | ~(horizontal | plus);
      long down = plus & horizontal;
      errors += (up & last) != 0 ? 1 : 0;
      errors -= (down & last) != 0 ? 1 : 0;
      if (errors <= fewest) {
        fewest = errors;
        found = at;
      }
      up = up << 1 | 1; // The text's last base is the match's.
      down <<= 1;
      plus = down | ~(vertical | up);
      minus = up & vertical;
    }
    return found;
  }
}
