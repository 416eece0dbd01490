package io.readlens.stream.config;

import java.util.Collection;
import java.util.Comparator;

/** Tells which known name somebody probably meant. */
final class Spelling {
  private Spelling() {}

  /** The known name with the fewest letters to insert, delete or replace; the first of equals. */
  static String nearest(String word, Collection<String> known) {
    return known.stream()
        .sorted()
        .min(Comparator.comparingInt(name -> distance(word, name)))
        .orElseThrow();
  }

  /** Levenshtein's distance: "cat" to "cart" is 1. */
  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
