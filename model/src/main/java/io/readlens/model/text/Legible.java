package io.readlens.model.text;

/**
 * Text as people see it: each character that a terminal, a table or the eye would obey instead of
 * showing it is written as in Java's and JSON's literals, an escape as {@code \u005cu001b}, a tab
 * as {@code \t}. These are the control characters of ASCII and of Latin-1, the characters that
 * format without a shape of their own, such as those that turn the direction of writing, the
 * separators of lines and paragraphs, halves of surrogate pairs, and what Unicode says is no
 * character. All others stay, those that join letters and emoji included. Text that is legible
 * already is returned as it is, a backslash too.
 */
public final class Legible {
  /** Joiners have no shape either, but names in several scripts, and emoji, are spelt with them. */
  private static final int NON_JOINER = 0x200C;

  private static final int JOINER = 0x200D;

  private Legible() {}

  /** A name, or a message, in one line. */
  public static String of(String text) {
    return escape(text, "");
  }

  /** A text of several lines: its line feeds and tabs stay. */
  public static String lines(String text) {
    return escape(text, "\n\t");
  }

  /**
   * A message in one line of bounded length.
   *
   * @param most characters of the message to show; "..." follows where there are more
   */
  public static String of(String text, int most) {
    if (text.length() <= most) {
      return of(text);
    }
    boolean splitsPair = most > 0 && Character.isHighSurrogate(text.charAt(most - 1));
    return of(text.substring(0, splitsPair ? most - 1 : most)) + "...";
  }

  /** Whether a code point is shown as it is. */
  public static boolean isShown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> codePoint == NON_JOINER || codePoint == JOINER;
      default -> !isNoCharacter(codePoint);
    };
  }

  private static boolean isNoCharacter(int codePoint) {
    return (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
  }

  private static String escape(String text, String kept) {
    if (text.codePoints().allMatch(c -> isShown(c) || kept.indexOf(c) >= 0)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (isShown(c) || kept.indexOf(c) >= 0) {
                shown.appendCodePoint(c);
              } else {
                shown.append(escape(c));
              }
            });
    return shown.toString();
  }

  private static String escape(int codePoint) {
    return switch (codePoint) {
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> {
        StringBuilder units = new StringBuilder();
        for (char unit : Character.toChars(codePoint)) {
          units.append("\\u");
          for (int shift = 12; shift >= 0; shift -= 4) {
            units.append(Character.forDigit((unit >> shift) & 0xF, 16));
          }
        }
        yield units.toString();
      }
    };
  }
}
