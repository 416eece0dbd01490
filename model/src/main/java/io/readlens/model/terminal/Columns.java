package io.readlens.model.terminal;

/**
 * How many columns of a terminal text takes: none for what is combined with the character before,
 * two for East Asian wide characters and pictures, else one.
 */
final class Columns {
  /** First and last of each range of wide characters, ascending: Unicode's W and F, in short. */
  private static final int[][] WIDE = {
    {0x1100, 0x115F},
    {0x231A, 0x231B},
    {0x23E9, 0x23EC},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x26F2, 0x26F5},
    {0x2705, 0x2705},
    {0x270A, 0x270B},
    {0x2728, 0x2728},
    {0x274C, 0x274C},
    {0x2753, 0x2757},
    {0x2795, 0x2797},
    {0x2E80, 0x303E},
    {0x3041, 0x4DBF},
    {0x4E00, 0xA4CF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1FAFF},
    {0x20000, 0x3FFFD},
  };

  private Columns() {}

  static int of(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (codePoint <= range[1]) {
        return codePoint >= range[0] ? 2 : 1;
      }
    }
    return 1;
  }

  /** How many rows of a terminal of so many columns a text takes that is wrapped; at least one. */
  static int rows(String text, int columns) {
    int rows = 1;
    int taken = 0;
    for (int codePoint : text.codePoints().toArray()) {
      taken += of(codePoint);
      if (taken > columns) {
        rows++;
        taken = of(codePoint);
      }
    }
    return rows;
  }

  /** The longest beginning of a text that fits into so many columns. */
  static String clip(String text, int columns) {
    int taken = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      taken += of(codePoint);
      if (taken > columns) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }
}
