package io.readlens.model.read;

/**
 * A stretch of a read's bases that a mask keeps.
 *
 * @param start first base, 0-based
 * @param end one past the last base (half-open), greater than {@code start}
 * @param score mean mask score of the span's tokens, in [0, 1]
 */
public record Span(int start, int end, float score) {
  public Span {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("not a span: [" + start + "," + end + ")");
    }
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("span score outside [0, 1]: " + score);
    }
  }

  /** Length in bases. */
  public int length() {
    return end - start;
  }

  @Override
  public String toString() {
    return "[" + start + "," + end + ")=" + score;
  }
}
