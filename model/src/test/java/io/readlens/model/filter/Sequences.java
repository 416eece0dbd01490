package io.readlens.model.filter;

import java.util.Random;

/** Bases for tests. */
final class Sequences {
  private Sequences() {}

  static byte[] digits(String bases) {
    byte[] digits = new byte[bases.length()];
    for (int i = 0; i < digits.length; i++) {
      int digit = "ACGT".indexOf(bases.charAt(i));
      digits[i] = (byte) (digit < 0 ? InputFilter.UNKNOWN_DIGIT : digit);
    }
    return digits;
  }

  static String random(int length, double gc, Random random) {
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append((random.nextDouble() < gc ? "CG" : "AT").charAt(random.nextInt(2)));
    }
    return bases.toString();
  }

  /** As a sequencer may read it: a third each of the errors change, add and leave out a base. */
  static String noisy(String bases, double rate, Random random) {
    StringBuilder read = new StringBuilder(bases.length());
    for (int i = 0; i < bases.length(); i++) {
      char base = bases.charAt(i);
      double draw = random.nextDouble() / rate;
      if (draw >= 1) {
        read.append(base);
      } else if (draw < 1 / 3.0) {
        read.append(other(base, random));
      } else if (draw < 2 / 3.0) {
        read.append(base).append("ACGT".charAt(random.nextInt(4)));
      }
    }
    return read.toString();
  }

  private static char other(char base, Random random) {
    char drawn;
    do {
      drawn = "ACGT".charAt(random.nextInt(4));
    } while (drawn == base);
    return drawn;
  }

  /** A repeat of a unit, noisy, of a length. */
  static String repeat(String unit, int length, double noise, Random random) {
    return noisy(unit.repeat(2 * length / unit.length() + 2), noise, random).substring(0, length);
  }

  /** Random bases, noisy repeats and unknown letters in turn. */
  static String mosaic(Random random) {
    StringBuilder bases = new StringBuilder();
    for (int part = 0; part < 6; part++) {
      bases.append(random(random.nextInt(40), 0.2 + 0.6 * random.nextDouble(), random));
      String unit = random(1 + random.nextInt(6), 0.5, random);
      bases.append(repeat(unit, 10 + random.nextInt(60), 0.1, random));
      bases.append(random.nextInt(3) == 0 ? "N" : "");
    }
    return bases.toString();
  }
}
