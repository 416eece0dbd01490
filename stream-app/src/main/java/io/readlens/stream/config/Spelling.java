package io.readlens.stream.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tells which known name somebody probably meant. */
final class Spelling {
  private Spelling() {}

  /**
   * The known name with the fewest letters to insert, delete or replace; the first of equals. Case,
   * the order of words and what stands between them count for nothing: {@code READS_TOPIC}, {@code
   * readsTopic} and {@code reads-topic} are all nearest to {@code topic.reads}.
   */
  static String nearest(String word, Collection<String> known) {
    String plain = plain(word);
    String sorted = sorted(plain);
    return known.stream()
        .sorted()
        .min(
            Comparator.comparingInt(
                    (String name) ->
                        Math.min(
                            distance(plain, plain(name)), distance(sorted, sorted(plain(name)))))
                .thenComparingInt(name -> distance(plain, plain(name))))
        .orElseThrow();
  }

  /** In small letters, with dots between the words. */
  private static String plain(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", ".")
        .replaceAll("[^A-Za-z0-9]+", ".")
        .toLowerCase(Locale.ROOT);
  }

  private static String sorted(String plain) {
    return Arrays.stream(plain.split("\\.")).sorted().collect(Collectors.joining("."));
  }

  /** Levenshtein's distance: "cat" to "cart" is 1. */
  private static int distance(String from, String to) {
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
