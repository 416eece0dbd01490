package io.readlens.model.evaluation.panel;

import java.util.ArrayList;
import java.util.List;

/**
 * The units of tandem repeats. A repeat may be read from any place of its unit and on either
 * strand, so units that are rotations or reverse complements of each other are one; a unit that is
 * itself a repeat of a shorter one belongs to that length. There are 2, 4, 10, 33, 102 and 350 of
 * one to six bases.
 */
final class Repeats {
  private static final String BASES = "ACGT";

  private Repeats() {}

  /** One unit of each kind, the first in the alphabet, in the alphabet's order. */
  static List<String> units(int bases) {
    List<String> units = new ArrayList<>();
    for (int word = 0; word < 1 << (2 * bases); word++) {
      String unit = word(word, bases);
      if (isFirstOfItsKind(unit)) {
        units.add(unit);
      }
    }
    return units;
  }

  private static String word(int digits, int bases) {
    StringBuilder word = new StringBuilder(bases);
    for (int i = bases - 1; i >= 0; i--) {
      word.append(BASES.charAt(digits >> (2 * i) & 3));
    }
    return word.toString();
  }

  private static boolean isFirstOfItsKind(String unit) {
    String other = Fakes.reverseComplement(unit);
    for (int turn = 0; turn < unit.length(); turn++) {
      String rotated = unit.substring(turn) + unit.substring(0, turn);
      String otherRotated = other.substring(turn) + other.substring(0, turn);
      boolean isShorter = turn > 0 && rotated.equals(unit);
      if (isShorter || rotated.compareTo(unit) < 0 || otherRotated.compareTo(unit) < 0) {
        return false;
      }
    }
    return true;
  }
}
