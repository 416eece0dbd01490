package io.readlens.stream.cli;

import io.readlens.stream.advice.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Makes the commands that a message recommends, {@link Remedy}, ones that work as they stand: they
 * get the name that this program was called by and the options that say where Kafka is.
 */
final class TypedCommands {
  private static final Pattern COMMAND = Pattern.compile("`readlens ([^`]*)`");
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|[^ '])+");
  private static final String JAR = "readlens.jar";

  /** What every command that talks to Kafka knows. */
  private static final Set<String> CONNECTION = Set.of("--config", "-D");

  private static final List<String> SECRETS =
      List.of("password", "jaas", "secret", "token", "user.info", "ssl.key", "keystore.key");

  private TypedCommands() {}

  /**
   * @param message commands in it stand in backticks and begin with {@code readlens}
   * @param called the command that failed, parsed
   */
  static String complete(String message, CommandLine called) {
    return COMMAND
        .matcher(message)
        .replaceAll(found -> Matcher.quoteReplacement(completed(found, called)));
  }

  /** A command that says all by itself, as it is typed. */
  static String unquoted(String command) {
    return COMMAND
        .matcher(command)
        .replaceAll(found -> Matcher.quoteReplacement(program() + " " + found.group(1)));
  }

  private static String completed(MatchResult found, CommandLine called) {
    List<String> words =
        WORD.matcher(found.group(1)).results().map(MatchResult::group).collect(Collectors.toList());
    int options = (int) words.stream().takeWhile(word -> !word.startsWith("-")).count();
    List<String> path = words.subList(0, options);
    boolean same = String.join(" ", path).equals(path(called));
    List<String> added = words.subList(options, words.size());
    return Stream.of(
            Stream.of(program()),
            path.stream(),
            given(called, same, added).stream().map(Remedy::quoted),
            added.stream())
        .flatMap(part -> part)
        .collect(Collectors.joining(" ", "`", "`"));
  }

  /** {@code topics create}. */
  private static String path(CommandLine called) {
    String name = called.getCommandSpec().qualifiedName(" ");
    return name.substring(name.indexOf(' ') + 1);
  }

  /**
   * The options that the failed command was called with, as far as another one knows them and the
   * message does not say otherwise.
   */
  private static List<String> given(CommandLine called, boolean same, List<String> added) {
    CommandLine.ParseResult parsed = called.getParseResult();
    List<String> given = new ArrayList<>();
    if (parsed == null) {
      return given;
    }
    for (OptionSpec option : parsed.matchedOptionsSet()) {
      String name = option.longestName();
      if (!same && !CONNECTION.contains(name)) {
        continue;
      }
      for (String value : option.originalStringValues()) {
        if (option.arity().max() == 0) {
          given.add(name);
        } else if (!isSecret(value) && added.stream().noneMatch(word -> isSame(word, value))) {
          given.add(name);
          given.add(value);
        }
      }
    }
    return given;
  }

  /** Whether both set one property. */
  private static boolean isSame(String setting, String other) {
    return setting.contains("=")
        && other.contains("=")
        && setting.split("=", 2)[0].equals(other.split("=", 2)[0].strip());
  }

  /** A message goes into logs, where no password belongs. */
  private static boolean isSecret(String setting) {
    String key = setting.split("=", 2)[0].toLowerCase(Locale.ROOT);
    return setting.contains("=") && SECRETS.stream().anyMatch(key::contains);
  }

  private static String program() {
    String started = System.getProperty("java.class.path", "");
    return "java -jar " + Remedy.quoted(started.endsWith(JAR) ? started : JAR);
  }
}
