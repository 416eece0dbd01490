package io.readlens.model.io;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a program is told through the locale: its arguments and its working directory. The JDK
 * decodes them with the locale's encoding and puts U+FFFD where that fails, as for every letter
 * beyond ASCII under {@code LC_ALL=C}. What was meant cannot be known then: a file would not be
 * found, and a name would be written down wrong.
 */
public final class LocaleText {
  private static final char REPLACEMENT = '\uFFFD';

  private LocaleText() {}

  /** What was lost and which setting helps, in one line; empty if nothing was. */
  public static Optional<String> lost(String... arguments) {
    return lostBy(
        System.getProperty("sun.jnu.encoding"), System.getProperty("user.dir"), arguments);
  }

  static Optional<String> lostBy(String encoding, String workingDirectory, String... arguments) {
    String advice =
        encoding.equalsIgnoreCase("UTF-8")
            ? "give it another name, or the same in UTF-8"
            : "set LC_ALL=C.UTF-8";
    return Stream.concat(
            Stream.of(arguments)
                .filter(LocaleText::isDamaged)
                .map(argument -> "the argument '" + shown(argument) + "'"),
            Stream.of(workingDirectory)
                .filter(LocaleText::isDamaged)
                .map(directory -> "the path of the working directory, " + shown(directory) + ","))
        .map(
            what ->
                "%s has letters that this locale's encoding, %s, lacks: %s"
                    .formatted(what, encoding, advice))
        .findFirst();
  }

  private static boolean isDamaged(String text) {
    return text.indexOf(REPLACEMENT) >= 0;
  }

  /** Where a terminal lacks the sign for what is lost, it may not have another either. */
  private static String shown(String text) {
    return text.replace(REPLACEMENT, '?');
  }
}
