package io.readlens.model.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a read and where each lies in it. The tokens tile the read: token {@code i} covers
 * the bases {@code [start(i), end(i))}, the first starts at 0 and the last ends at {@link
 * #length()}. The {@code <cls>} token is not stored; {@link TokenBatch} prepends it. Immutable.
 */
public final class TokenizedRead {
  private final String id;
  private final int[] ids;
  private final int[] bounds;
  private final int unknownBases;

  /**
   * @param id the read's name
   * @param ids vocabulary ids, one per token
   * @param bounds {@code ids.length + 1} ascending base positions, 0-based; token {@code i} covers
   *     {@code [bounds[i], bounds[i + 1])}
   * @param unknownBases bases other than A, C, G and T
   */
  TokenizedRead(String id, int[] ids, int[] bounds, int unknownBases) {
    if (bounds.length != ids.length + 1 || bounds[0] != 0) {
      throw new IllegalArgumentException("tokens do not tile read " + id);
    }
    this.id = id;
    this.ids = ids;
    this.bounds = bounds;
    this.unknownBases = unknownBases;
  }

  /** The read's name. */
  public String id() {
    return id;
  }

  /** Length in bases. */
  public int length() {
    return bounds[bounds.length - 1];
  }

  /** The number of tokens, {@code <cls>} not counted. */
  public int tokens() {
    return ids.length;
  }

  /** The vocabulary id of a token. */
  public int tokenId(int token) {
    return ids[token];
  }

  /** First base of a token, 0-based. */
  public int start(int token) {
    return bounds[token];
  }

  /** One past the last base of a token. */
  public int end(int token) {
    return bounds[token + 1];
  }

  /** Where a token begins, and where the one before it ends; the last is {@link #length()}. */
  int bound(int place) {
    return bounds[place];
  }

  /**
   * The bases of some tokens. A run of letters other than A, C, G, T and N, which is one token
   * whatever they are, comes back as purines ({@code R}).
   *
   * @param from first token, 0-based
   * @param to one past the last token
   */
  Read bases(int from, int to) {
    StringBuilder bases = new StringBuilder(bounds[to] - bounds[from]);
    for (int token = from; token < to; token++) {
      int kmer = ids[token] - Vocabulary.FIRST_KMER;
      if (ids[token] == Vocabulary.UNKNOWN) {
        bases.append("R".repeat(bounds[token + 1] - bounds[token]));
      } else if (ids[token] == Vocabulary.N) {
        bases.append('N');
      } else if (ids[token] >= Vocabulary.FIRST_BASE) {
        bases.append(Vocabulary.DIGITS.charAt(ids[token] - Vocabulary.FIRST_BASE));
      } else {
        for (int shift = 2 * (Vocabulary.K - 1); shift >= 0; shift -= 2) {
          bases.append(Vocabulary.DIGITS.charAt(kmer >> shift & 3));
        }
      }
    }
    return Read.of(id, bases);
  }

  /** Bases other than A, C, G and T: N and the other IUPAC letters. */
  public int unknownBases() {
    return unknownBases;
  }

  /**
   * A run of the read's tokens as a read of its own, whose bases count from its own first.
   *
   * @param from first token, 0-based
   * @param to one past the last token
   */
  public TokenizedRead part(int from, int to) {
    int[] partBounds = new int[to - from + 1];
    int unknown = 0;
    for (int token = from; token < to; token++) {
      partBounds[token - from + 1] = end(token) - start(from);
      if (ids[token] == Vocabulary.N || ids[token] == Vocabulary.UNKNOWN) {
        unknown += end(token) - start(token);
      }
    }
    return new TokenizedRead(id, Arrays.copyOfRange(ids, from, to), partBounds, unknown);
  }

  /**
   * Cuts the read into windows of at most {@code maxTokens} tokens that overlap by a fifth and
   * cover it; a read that fits is one window, an empty read is one empty window. The last window
   * ends at the last token and is as long as the others, so it may overlap its neighbour by more.
   */
  public List<Window> windows(int maxTokens) {
    if (maxTokens < 1) {
      throw new IllegalArgumentException("windows of " + maxTokens + " tokens");
    }
    if (tokens() <= maxTokens) {
      return List.of(new Window(this, 0, tokens()));
    }
    int step = Math.max(1, maxTokens - maxTokens / 5);
    List<Window> windows = new ArrayList<>();
    for (int from = 0; from + maxTokens < tokens(); from += step) {
      windows.add(new Window(this, from, from + maxTokens));
    }
    windows.add(new Window(this, tokens() - maxTokens, tokens()));
    return windows;
  }

  /**
   * A run of a read's tokens.
   *
   * @param read the read
   * @param from first token, 0-based
   * @param to one past the last token
   */
  public record Window(TokenizedRead read, int from, int to) {
    public Window {
      if (from < 0 || to < from || to > read.tokens()) {
        throw new IllegalArgumentException(
            "not a window of read " + read + ": tokens [" + from + "," + to + ")");
      }
    }

    public int tokens() {
      return to - from;
    }
  }

  @Override
  public String toString() {
    return id + " (" + length() + " bases, " + tokens() + " tokens)";
  }
}
