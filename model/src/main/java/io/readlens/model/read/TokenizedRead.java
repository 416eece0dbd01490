package io.readlens.model.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The tokens of a read and where each lies in it. The tokens tile the read: token {@code i} covers
 * the bases {@code [start(i), end(i))}, the first starts at 0 and the last ends at {@link
 * #length()}. The {@code <cls>} token is not stored; {@link TokenBatch} prepends it. Immutable.
 *
 * <p>Some tokens may be hidden ({@link #hiding}): the model is shown the others alone. In the rows
 * that it is given a run of hidden tokens takes one place, of padding, however long it is, so that
 * what is before and after it stays apart:
 *
 * <pre>
 *   token    0  1  2  3  4  5  6      2, 3 and 6 are hidden
 *   place    0  1  2  2  3  4  -      a window of the read has 5 places
 * </pre>
 *
 * <p>A read may be a pair ({@link #pair}): then the tokens of the first mate come first and those
 * of the second behind them, and so do their bases: base {@code i} of the second mate is base
 * {@code mateStart + i} of the pair. No token, window or stretch has bases of both.
 */
public final class TokenizedRead {
  private static final int NO_MATE = -1;

  private final String id;
  private final int[] ids;
  private final int[] bounds;
  private final int unknownBases;

  /** What was asked to be hidden. */
  private final List<Hidden> asked;

  /** For each token why it is hidden, null where it is shown; null if all are shown. */
  private final Hidden.Kind[] kinds;

  /** For each token its place: how many shown tokens and runs of hidden ones are before it. */
  private final int[] places;

  /** The first token of the second mate; {@link #NO_MATE} if the read is no pair. */
  private final int mateToken;

  private final int shownTokens;
  private final int shownBases;
  private final boolean informative;

  /**
   * @param id the read's name
   * @param ids vocabulary ids, one per token
   * @param bounds {@code ids.length + 1} ascending base positions, 0-based; token {@code i} covers
   *     {@code [bounds[i], bounds[i + 1])}
   * @param unknownBases bases other than A, C, G and T
   */
  TokenizedRead(String id, int[] ids, int[] bounds, int unknownBases) {
    this(id, ids, bounds, unknownBases, NO_MATE, List.of(), null, 0);
  }

  private TokenizedRead(
      String id,
      int[] ids,
      int[] bounds,
      int unknownBases,
      int mateToken,
      List<Hidden> asked,
      Hidden.Kind[] kinds,
      int leastBases) {
    if (bounds.length != ids.length + 1 || bounds[0] != 0) {
      throw new IllegalArgumentException("tokens do not tile read " + id);
    }
    this.id = id;
    this.ids = ids;
    this.bounds = bounds;
    this.unknownBases = unknownBases;
    this.mateToken = mateToken;
    this.asked = asked;
    this.kinds = kinds;
    if (kinds == null) {
      places = null;
      shownTokens = ids.length;
      shownBases = length();
      informative = true;
    } else {
      places = new int[ids.length];
      int shown = 0;
      int bases = 0;
      int place = -1;
      for (int token = 0; token < ids.length; token++) {
        boolean goesOn =
            token > 0 && token != mateToken && kinds[token] != null && kinds[token - 1] != null;
        place += goesOn ? 0 : 1;
        places[token] = place;
        if (kinds[token] == null) {
          shown++;
          bases += bounds[token + 1] - bounds[token];
        }
      }
      shownTokens = shown;
      shownBases = bases;
      informative = bases >= leastBases;
    }
  }

  /**
   * A pair: what two mates show of one piece of DNA, each as it was sequenced. It has the first
   * one's name.
   *
   * @param first a read that is no pair
   * @param second likewise; it may have no bases
   * @param leastBases bases shown of both together below which the pair, if any of it is hidden, is
   *     not {@link #isInformative}
   */
  public static TokenizedRead pair(TokenizedRead first, TokenizedRead second, int leastBases) {
    if (first.mateToken != NO_MATE || second.mateToken != NO_MATE) {
      throw new IllegalArgumentException("a mate of read " + first + " is a pair itself");
    }
    int tokens = first.ids.length;
    int[] ids = Arrays.copyOf(first.ids, tokens + second.ids.length);
    System.arraycopy(second.ids, 0, ids, tokens, second.ids.length);
    int[] bounds = Arrays.copyOf(first.bounds, ids.length + 1);
    for (int token = 0; token < second.ids.length; token++) {
      bounds[tokens + token + 1] = first.length() + second.bounds[token + 1];
    }
    List<Hidden> asked = new ArrayList<>(first.asked);
    for (Hidden each : second.asked) {
      asked.add(
          new Hidden(first.length() + each.start(), first.length() + each.end(), each.kind()));
    }
    Hidden.Kind[] kinds = null;
    if (first.kinds != null || second.kinds != null) {
      kinds = new Hidden.Kind[ids.length];
      for (int token = 0; token < kinds.length; token++) {
        Hidden.Kind[] ofMate = token < tokens ? first.kinds : second.kinds;
        kinds[token] = ofMate == null ? null : ofMate[token < tokens ? token : token - tokens];
      }
    }
    return new TokenizedRead(
        first.id,
        ids,
        bounds,
        first.unknownBases + second.unknownBases,
        tokens,
        List.copyOf(asked),
        kinds,
        leastBases);
  }

  /** The first base of the second mate, the length of the first; empty if the read is no pair. */
  public OptionalInt mateStart() {
    return mateToken == NO_MATE ? OptionalInt.empty() : OptionalInt.of(bounds[mateToken]);
  }

  /** Whether a token is the second mate's first, and so has nothing to do with the one before. */
  boolean isMateStart(int token) {
    return token == mateToken;
  }

  /** The first token of the mate that a token is of. */
  int firstOfMate(int token) {
    return mateToken != NO_MATE && token >= mateToken ? mateToken : 0;
  }

  /** One past the last token of the mate that a token is of. */
  int endOfMate(int token) {
    return mateToken != NO_MATE && token < mateToken ? mateToken : ids.length;
  }

  /**
   * The same read with every token hidden that has a base in one of some stretches. Beside those of
   * kind {@link Hidden.Kind#UNKNOWN} the adjoining tokens of a single base are hidden, too: they
   * are what is left of the 6-mers that an unknown letter breaks.
   *
   * @param stretches in any order; they may overlap
   * @param leastBases shown bases below which the read, if any of it is hidden, is not {@link
   *     #isInformative}
   * @throws IllegalArgumentException if a stretch ends beyond the read
   */
  public TokenizedRead hiding(List<Hidden> stretches, int leastBases) {
    if (stretches.isEmpty()) {
      return this;
    }
    Hidden.Kind[] hidden = kinds == null ? new Hidden.Kind[ids.length] : kinds.clone();
    for (Hidden stretch : stretches) {
      if (stretch.end() > length()) {
        throw new IllegalArgumentException(stretch + " ends beyond read " + this);
      }
      int first = tokenAt(stretch.start());
      int end = tokenAt(stretch.end() - 1) + 1;
      if (stretch.kind() == Hidden.Kind.UNKNOWN) {
        while (first > 0 && first != mateToken && isSingle(first - 1)) {
          first--;
        }
        while (end < ids.length && end != mateToken && isSingle(end)) {
          end++;
        }
      }
      for (int token = first; token < end; token++) {
        if (hidden[token] == null || stretch.kind().compareTo(hidden[token]) < 0) {
          hidden[token] = stretch.kind();
        }
      }
    }
    List<Hidden> all = new ArrayList<>(asked);
    all.addAll(stretches);
    return new TokenizedRead(
        id, ids, bounds, unknownBases, mateToken, List.copyOf(all), hidden, leastBases);
  }

  private boolean isSingle(int token) {
    return ids[token] >= Vocabulary.FIRST_BASE;
  }

  /** The token that a base is in. */
  private int tokenAt(int base) {
    int found = Arrays.binarySearch(bounds, base);
    return found >= 0 ? found : -found - 2;
  }

  /** Whether the model is not shown a token. */
  public boolean isHidden(int token) {
    return kinds != null && kinds[token] != null;
  }

  /** The hidden bases, all of hidden tokens: sorted, disjoint, each as long as its kind goes on. */
  public List<Hidden> hidden() {
    if (kinds == null) {
      return List.of();
    }
    List<Hidden> stretches = new ArrayList<>();
    int token = 0;
    while (token < kinds.length) {
      int first = token;
      do {
        token++;
      } while (token < kinds.length && token != mateToken && kinds[token] == kinds[first]);
      if (kinds[first] != null) {
        stretches.add(new Hidden(bounds[first], bounds[token], kinds[first]));
      }
    }
    return stretches;
  }

  /** The number of tokens that the model is shown, {@code <cls>} not counted. */
  public int shownTokens() {
    return shownTokens;
  }

  /** Bases of the tokens that the model is shown: the length without what is hidden. */
  public int shownBases() {
    return shownBases;
  }

  /**
   * Whether enough of the read is shown for it to be called anything. A read of which nothing is
   * hidden is informative, however short it is.
   */
  public boolean isInformative() {
    return informative;
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
   * A run of the read's tokens, of one mate, as a read of its own, whose bases count from its own
   * first.
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
    return new TokenizedRead(
        id,
        Arrays.copyOfRange(ids, from, to),
        partBounds,
        unknown,
        NO_MATE,
        askedWithin(start(from), bounds[to]),
        kinds == null ? null : Arrays.copyOfRange(kinds, from, to),
        0);
  }

  /** What is to be hidden of some bases, counted from the first of them. */
  List<Hidden> askedWithin(int from, int to) {
    return Hidden.within(asked, from, to);
  }

  /**
   * Cuts the read into windows of at most {@code maxPlaces} places that overlap by a fifth and
   * cover all shown tokens; each begins and ends with one. A read that fits is one window, and one
   * of which nothing is shown is one empty window. Of a pair each mate is cut by itself, and one of
   * which nothing is shown has no window. The last window ends at the last shown token and is as
   * long as the others, so it may overlap its neighbour by more.
   */
  public List<Window> windows(int maxPlaces) {
    if (maxPlaces < 1) {
      throw new IllegalArgumentException("windows of " + maxPlaces + " tokens");
    }
    if (shownTokens == 0) {
      return List.of(new Window(this, 0, 0));
    }
    List<Window> windows = new ArrayList<>();
    addWindows(0, endOfMate(0), maxPlaces, windows);
    if (mateToken != NO_MATE) {
      addWindows(mateToken, tokens(), maxPlaces, windows);
    }
    return windows;
  }

  /** Adds the windows of some tokens, those of a read or of one mate. */
  private void addWindows(int from, int to, int maxPlaces, List<Window> windows) {
    int first = nextShown(from);
    int last = to - 1;
    while (last >= from && isHidden(last)) {
      last--;
    }
    if (last < first) {
      return;
    }
    int end = place(last) + 1;
    if (end - place(first) <= maxPlaces) {
      windows.add(new Window(this, first, last + 1));
      return;
    }
    int step = Math.max(1, maxPlaces - maxPlaces / 5);
    for (int fromPlace = place(first); fromPlace + maxPlaces < end; fromPlace += step) {
      addWindow(fromPlace, fromPlace + maxPlaces, windows);
    }
    addWindow(end - maxPlaces, end, windows);
  }

  /** Adds the window of the shown tokens at some places, if there is any. */
  private void addWindow(int fromPlace, int toPlace, List<Window> windows) {
    int from = nextShown(firstAt(fromPlace));
    int to = firstAt(toPlace);
    while (to > from && isHidden(to - 1)) {
      to--;
    }
    if (to > from) {
      windows.add(new Window(this, from, to));
    }
  }

  /** The first token at a place or, where there is none, the number of tokens. */
  private int firstAt(int place) {
    if (kinds == null) {
      return Math.min(place, tokens());
    }
    int low = 0;
    int high = tokens();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (places[middle] < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int nextShown(int from) {
    int token = from;
    while (token < tokens() && isHidden(token)) {
      token++;
    }
    return token;
  }

  /** Places that the whole read has in the network's rows: shown tokens and runs of hidden ones. */
  public int places() {
    return ids.length == 0 ? 0 : place(ids.length - 1) + 1;
  }

  private int place(int token) {
    return kinds == null ? token : places[token];
  }

  /**
   * A run of a read's tokens. In the network's row each shown token has a place, and so has each
   * run of hidden ones.
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

    /** Tokens from the first to the last, hidden ones counted. */
    public int tokens() {
      return to - from;
    }

    /** Places in the network's row, {@code <cls>} not counted. */
    public int places() {
      return from == to ? 0 : read.place(to - 1) - read.place(from) + 1;
    }

    /**
     * The place of one of the window's tokens in the network's row, from 0 behind {@code <cls>}.
     */
    public int place(int token) {
      return read.place(token) - read.place(from);
    }

    /** The number of tokens that the model is shown. */
    public int shownTokens() {
      if (read.kinds == null) {
        return to - from;
      }
      int shown = 0;
      for (int token = from; token < to; token++) {
        shown += read.kinds[token] == null ? 1 : 0;
      }
      return shown;
    }

    /** Whether the window holds all of its read that the model is shown. */
    public boolean isWholeRead() {
      return shownTokens() == read.shownTokens();
    }
  }

  @Override
  public String toString() {
    return id + " (" + length() + " bases, " + tokens() + " tokens)";
  }
}
