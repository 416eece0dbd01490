package io.readlens.model.read;

import java.util.Locale;

/**
 * A share of all reads. Whether a read is in it follows from its name alone, so that reads that are
 * processed again, here or elsewhere, are drawn again, and no others.
 *
 * @param share how many of all reads, in [0, 1]
 */
public record ReadSample(double share) {
  public static final ReadSample NONE = new ReadSample(0);
  public static final ReadSample ALL = new ReadSample(1);

  public ReadSample {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("no share between 0 and 1: " + share);
    }
  }

  /**
   * @param text {@code off}, {@code all} or a number such as {@code 0.01}
   * @throws IllegalArgumentException if it is none of these
   */
  public static ReadSample parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "off" -> NONE;
      case "all" -> ALL;
      default -> new ReadSample(Double.parseDouble(text));
    };
  }

  public boolean isEmpty() {
    return share == 0;
  }

  /** Whether the read of this name is in the sample; a larger sample holds all of a smaller one. */
  public boolean holds(String readId) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int i = 0; i < readId.length(); i++) {
      hash = (hash ^ readId.charAt(i)) * 0x100000001b3L;
    }
    // FNV's high bits hardly feel the last letters, and names often differ in nothing else.
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return (hash >>> 11) * 0x1p-53 < share;
  }

  @Override
  public String toString() {
    return isEmpty() ? "off" : share == 1 ? "all" : Double.toString(share);
  }
}
