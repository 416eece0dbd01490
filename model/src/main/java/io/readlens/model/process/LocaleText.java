package io.readlens.model.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a program can say and is told through the locale: its arguments, its working directory and
 * the names of files. The JDK encodes and decodes them as the locale does. Where that fails, as for
 * every letter beyond ASCII under {@code LC_ALL=C}, it puts U+FFFD, or has no such path. What was
 * meant cannot be known then: a file would not be found, and a name would be written down wrong.
 */
public final class LocaleText {
  private static final char REPLACEMENT = '\uFFFD';

  private LocaleText() {}

  /**
   * What was lost and which setting helps, in one line; empty if nothing was.
   *
   * @param arguments of the program; what a file holds that is named {@code @file} counts among
   *     them
   */
  public static Optional<String> lost(String... arguments) {
    return lostBy(encoding(), System.getProperty("user.dir"), arguments);
  }

  static Optional<String> lostBy(Charset encoding, String workingDirectory, String... arguments) {
    return Stream.of(
            Stream.of(arguments)
                .filter(argument -> isLost(encoding, argument))
                .map(argument -> "the argument '" + shown(encoding, argument) + "'"),
            Stream.of(arguments)
                .filter(argument -> isLost(encoding, content(argument)))
                .map(argument -> "the file of arguments " + argument.substring(1)),
            Stream.of(workingDirectory)
                .filter(directory -> isLost(encoding, directory))
                .map(
                    directory ->
                        "the path of the working directory, " + shown(encoding, directory) + ","))
        .flatMap(found -> found)
        .map(what -> what + " has " + fault(encoding))
        .findFirst();
  }

  /** What picocli takes for arguments; it decodes them by the default encoding, too. */
  private static String content(String argument) {
    if (!argument.startsWith("@")) {
      return "";
    }
    try {
      Path file = Path.of(argument.substring(1));
      return Files.isRegularFile(file)
          ? new String(Files.readAllBytes(file), Charset.defaultCharset())
          : "";
    } catch (IOException | InvalidPathException e) {
      return ""; // Picocli says so.
    }
  }

  /**
   * Why no file can have a name here, in one line with the setting that helps; empty if one can.
   *
   * @param path a path that did not come through the locale, such as one from a file
   */
  public static Optional<String> unnamable(String path) {
    return unnamable(encoding(), path);
  }

  static Optional<String> unnamable(Charset encoding, String path) {
    return isLost(encoding, path)
        ? Optional.of("'" + shown(encoding, path) + "' has " + fault(encoding))
        : Optional.empty();
  }

  private static String fault(Charset encoding) {
    return "letters that this locale's encoding, %s, lacks: %s"
        .formatted(
            encoding.name().equals("US-ASCII") ? "ASCII" : encoding.name(),
            encoding.name().equals("UTF-8")
                ? "give it another name, or the same in UTF-8"
                : "set LC_ALL=C.UTF-8");
  }

  /** The locale's, whatever else the JVM was told to write files in. */
  private static Charset encoding() {
    return Charset.forName(System.getProperty("sun.jnu.encoding"));
  }

  private static boolean isLost(Charset encoding, String text) {
    return text.indexOf(REPLACEMENT) >= 0 || !encoding.newEncoder().canEncode(text);
  }

  /** Where a terminal lacks the sign for what is lost, it may not have another either. */
  private static String shown(Charset encoding, String text) {
    return new String(text.replace(REPLACEMENT, '?').getBytes(encoding), encoding);
  }
}
