package io.readlens.model.filter;

import io.readlens.model.read.Hidden;
import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Makes of a read the tokens that the model is shown: hides what holds nothing to be read. A token
 * is hidden if any of its bases is. Immutable.
 *
 * @see TokenizedRead#hiding
 */
public final class InputFilter {
  /** Shown bases below which a read is called nothing, where nobody says otherwise. */
  public static final int LEAST_BASES = 60;

  /** Hides nothing. */
  public static final InputFilter NONE = new InputFilter(Set.of(), Adapters.NONE, 0);

  /** What {@link #parse} takes for no kinds. */
  private static final String NO_KINDS = "NONE";

  static final int UNKNOWN_DIGIT = 4;
  private static final byte[] DIGITS = digits();

  /**
   * A remnant of fewer bases between two stretches, or between one and the read's end, is hidden
   * with them: what is left of a repeat where a sequencing error breaks it.
   */
  private static final int REMNANT_BASES = 18;

  private final Set<Kind> kinds;
  private final Adapters adapters;
  private final int leastBases;

  private InputFilter(Set<Kind> kinds, Adapters adapters, int leastBases) {
    this.kinds = kinds;
    this.adapters = adapters;
    this.leastBases = leastBases;
  }

  /**
   * @param kinds what is hidden
   * @param adapters what is taken for adapters where {@link Kind#ADAPTER} is hidden
   * @param leastBases shown bases below which a read, if any of it is hidden, is not informative
   */
  public static InputFilter of(Set<Kind> kinds, Adapters adapters, int leastBases) {
    if (leastBases < 0) {
      throw new IllegalArgumentException("at least " + leastBases + " bases");
    }
    Set<Kind> all = EnumSet.noneOf(Kind.class);
    all.addAll(kinds);
    return new InputFilter(
        Collections.unmodifiableSet(all), Objects.requireNonNull(adapters), leastBases);
  }

  /** All kinds, and the adapters that come with ReadLens. */
  public static InputFilter standard() {
    return of(EnumSet.allOf(Kind.class), Adapters.bundled(), LEAST_BASES);
  }

  /**
   * Kinds as they are written in settings.
   *
   * @param text names of kinds in either case, comma-separated, or {@code NONE}
   * @throws IllegalArgumentException naming what is no kind, and the kinds
   */
  public static Set<Kind> parse(String text) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    if (text.strip().equalsIgnoreCase(NO_KINDS)) {
      return kinds;
    }
    for (String part : text.split(",", -1)) {
      String name = part.strip().toUpperCase(Locale.ROOT);
      kinds.add(
          Arrays.stream(Kind.values())
              .filter(kind -> kind.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("'%s' is no filter".formatted(part))));
    }
    return kinds;
  }

  /** What is hidden. */
  public Set<Kind> kinds() {
    return kinds;
  }

  /** Shown bases below which a read, if any of it is hidden, is not informative. */
  public int leastBases() {
    return leastBases;
  }

  /** The tokens of a read, with those hidden that hold nothing to be read. */
  public TokenizedRead tokenize(Read read) {
    TokenizedRead tokens = Tokenizer.tokenize(read);
    return kinds.isEmpty() ? tokens : tokens.hiding(hidden(read), leastBases);
  }

  /**
   * The tokens of a pair, each mate filtered by itself: adapters, tails and repeats are looked for
   * in either, and at the ends of either.
   */
  public TokenizedRead tokenize(Read first, Read second) {
    return TokenizedRead.pair(tokenize(first), tokenize(second), leastBases);
  }

  /** What is to be hidden, in the order of the kinds. */
  private List<Hidden> hidden(Read read) {
    byte[] digits = digits(read.sequence());
    boolean known = true;
    for (byte digit : digits) {
      known &= digit != UNKNOWN_DIGIT;
    }
    Stretches found = new Stretches(digits.length);
    if (kinds.contains(Kind.ADAPTER)) {
      adapters.find(digits, found.of(Kind.ADAPTER));
    }
    if (kinds.contains(Kind.VECTOR)) {
      Vectors.find(Vectors.bundled(), digits, found.of(Kind.VECTOR));
    }
    if (kinds.contains(Kind.TAIL)) {
      Tails.find(digits, found.of(Kind.TAIL));
    }
    if (kinds.contains(Kind.LOW_COMPLEXITY)) {
      LowComplexity.find(digits, found.of(Kind.LOW_COMPLEXITY));
    }
    found.closeGaps(REMNANT_BASES);
    if (!known && kinds.contains(Kind.UNKNOWN)) {
      addUnknown(digits, found.of(Kind.UNKNOWN));
    }
    return found.all();
  }

  private static void addUnknown(byte[] digits, Stretches.Finding found) {
    int at = 0;
    while (at < digits.length) {
      int start = at;
      while (at < digits.length && digits[at] == UNKNOWN_DIGIT) {
        at++;
      }
      if (at > start) {
        found.add(start, at);
      }
      at++;
    }
  }

  /** Text that two filters have in common only if they hide the same of every read. */
  public String fingerprint() {
    String of = kinds.contains(Kind.ADAPTER) ? adapters.toString() : "";
    return kinds.isEmpty() ? "" : this + " " + leastBases + " " + of;
  }

  /** 0 to 3 for upper-case A, C, G, T; {@value #UNKNOWN_DIGIT} for every other letter. */
  static byte[] digits(String bases) {
    byte[] digits = new byte[bases.length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = DIGITS[bases.charAt(i)];
    }
    return digits;
  }

  private static byte[] digits() {
    byte[] digits = new byte[128];
    Arrays.fill(digits, (byte) UNKNOWN_DIGIT);
    String letters = "ACGT";
    for (byte digit = 0; digit < letters.length(); digit++) {
      digits[letters.charAt(digit)] = digit;
    }
    return digits;
  }

  @Override
  public String toString() {
    return kinds.isEmpty() ? NO_KINDS : String.join(",", kinds.stream().map(Kind::name).toList());
  }
}
