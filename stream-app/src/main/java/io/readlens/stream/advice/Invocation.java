package io.readlens.stream.advice;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How this program was called. It makes a command that a message recommends one that works as it
 * stands: with the name that the program was called by, and the options that say where Kafka is.
 *
 * <p>A process runs one command, and whatever it says may be printed, logged or thrown by any of
 * its threads. So this is known to the whole process, and a message has the complete command from
 * the moment that it is made.
 *
 * <p>Threading: immutable; which one is present may be asked by any thread.
 *
 * @param command its names, such as {@code topics create}; empty if none is running
 * @param options as they were given, in order
 */
public record Invocation(String command, List<Given> options) {
  /** No command is running, as in a program that only uses ReadLens's classes. */
  public static final Invocation NONE = new Invocation("", List.of());

  private static final AtomicReference<Invocation> PRESENT = new AtomicReference<>(NONE);

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");
  private static final String JAR = "readlens.jar";

  /**
   * An option as it was given.
   *
   * @param words its name with dashes, and its value if it takes one
   * @param connects whether every command that talks to Kafka knows it
   * @param secret what of it no message may repeat, such as {@code sasl.jaas.config}; empty if all
   *     of it may be
   */
  public record Given(List<String> words, boolean connects, String secret) {
    public Given {
      words = List.copyOf(words);
    }

    /** Whether it sets the property that a word of a command sets. */
    private boolean sets(String word) {
      String value = words.get(words.size() - 1);
      return word.contains("=")
          && value.contains("=")
          && word.split("=", 2)[0].equals(value.split("=", 2)[0].strip());
    }
  }

  public Invocation {
    options = List.copyOf(options);
  }

  /** Has this be the present one, in the whole process. */
  public void begin() {
    PRESENT.set(this);
  }

  /** Has none be present. */
  public static void end() {
    PRESENT.set(NONE);
  }

  static Invocation present() {
    return PRESENT.get();
  }

  /**
   * A command in backticks, completed; after it, in parentheses, what has to be added by hand.
   *
   * @param typed the words of the command and the options that matter
   */
  String complete(List<String> typed) {
    List<String> secrets =
        repeated(typed).stream()
            .map(Given::secret)
            .filter(secret -> !secret.isEmpty())
            .distinct()
            .toList();
    String command = "`" + line(typed) + "`";
    return secrets.isEmpty()
        ? command
        : command + " (with your -D of " + enumeration(secrets) + " again)";
  }

  /** The same without what stands around it, and without what no message may repeat. */
  String line(List<String> typed) {
    int path = path(typed).size();
    Stream<String> repeated =
        repeated(typed).stream()
            .filter(given -> given.secret().isEmpty())
            .flatMap(given -> given.words().stream());
    return program()
        + Stream.of(typed.subList(0, path).stream(), repeated, typed.stream().skip(path))
            .flatMap(part -> part)
            .map(word -> " " + quoted(word))
            .collect(Collectors.joining());
  }

  private static List<String> path(List<String> typed) {
    return typed.stream().takeWhile(word -> !word.startsWith("-")).toList();
  }

  /** The options that the other command knows, as far as the message does not say otherwise. */
  private List<Given> repeated(List<String> typed) {
    boolean same = String.join(" ", path(typed)).equals(command);
    return options.stream()
        .filter(given -> same || given.connects())
        .filter(given -> typed.stream().noneMatch(given::sets))
        .filter(given -> given.words().size() > 1 || !typed.contains(given.words().get(0)))
        .toList();
  }

  private static String enumeration(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  /** What starts this program. */
  private static String program() {
    String started = System.getProperty("java.class.path", "");
    return "java -jar " + quoted(started.endsWith(JAR) ? started : JAR);
  }

  /** As a POSIX shell takes it for one word. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
