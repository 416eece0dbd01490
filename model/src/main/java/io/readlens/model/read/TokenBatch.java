package io.readlens.model.read;

import java.util.Arrays;
import java.util.List;

/**
 * Windows of reads as the network takes them: one row each, {@code <cls>} first, then the window's
 * shown tokens, one {@code <pad>} for each run of hidden tokens, then {@code <pad>} up to the
 * longest row. Its arrays are shared with the caller and not to be written.
 */
public final class TokenBatch {
  private final List<TokenizedRead.Window> windows;
  private final int width;
  private final long[] ids;
  private final int[] lengths;

  private TokenBatch(List<TokenizedRead.Window> windows, int width, long[] ids, int[] lengths) {
    this.windows = windows;
    this.width = width;
    this.ids = ids;
    this.lengths = lengths;
  }

  /**
   * Lays windows out as the rows of a batch, in their order.
   *
   * @throws IllegalArgumentException if there is no window
   */
  public static TokenBatch of(List<TokenizedRead.Window> windows) {
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("a batch needs a row");
    }
    int[] lengths = windows.stream().mapToInt(window -> 1 + window.places()).toArray();
    int width = Arrays.stream(lengths).max().getAsInt();
    long[] ids = new long[Math.multiplyExact(windows.size(), width)];
    Arrays.fill(ids, Vocabulary.PAD);
    for (int row = 0; row < lengths.length; row++) {
      TokenizedRead.Window window = windows.get(row);
      int first = row * width + 1;
      ids[first - 1] = Vocabulary.CLS;
      for (int token = window.from(); token < window.to(); token++) {
        if (!window.read().isHidden(token)) {
          ids[first + window.place(token)] = window.read().tokenId(token);
        }
      }
    }
    return new TokenBatch(List.copyOf(windows), width, ids, lengths);
  }

  /** The windows, one per row. */
  public List<TokenizedRead.Window> windows() {
    return windows;
  }

  /** Number of rows. */
  public int rows() {
    return lengths.length;
  }

  /** Places of the longest row, {@code <cls>} counted. */
  public int width() {
    return width;
  }

  /**
   * Vocabulary ids, row after row: {@code rows() * width()} of them. {@code <pad>} is what the
   * network is not to see.
   */
  public long[] ids() {
    return ids;
  }

  /** Places of each row, {@code <cls>} and hidden runs counted, the padding behind it not. */
  public int[] lengths() {
    return lengths;
  }

  @Override
  public String toString() {
    return "TokenBatch " + rows() + " x " + width;
  }
}
