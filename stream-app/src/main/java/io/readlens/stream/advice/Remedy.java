package io.readlens.stream.advice;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command that a message recommends. A message quotes it by {@link #command}; where a command
 * line fails, {@code cli} completes it with how ReadLens was called, so that it can be typed as it
 * stands. A test runs every one of them, another finds commands that are not from here.
 */
public enum Remedy {
  /** Creates the topics that are missing. */
  CREATE_TOPICS("topics create"),

  /** Gives the ledger as many partitions as the reads topic has. */
  GROW_LEDGER("topics create"),

  /** Creates another topic for a setting, where the one that it names will not do. */
  CREATE_ANOTHER_TOPIC("topics create -D %s=%s"),

  /** Counts reads that were deleted unread, rather than stopping at them. */
  GO_ON_WITHOUT_EXPIRED("run -D reads.expired=count"),

  /** Sends reads to what {@code demo} has started, by its configuration file. */
  REPLAY_TO_DEMO("replay --config %s --input FILE");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

  private final String arguments;

  Remedy(String arguments) {
    this.arguments = arguments;
  }

  /**
   * The command in backticks, without the options that say where Kafka is.
   *
   * @param details what belongs into it, such as a setting and its value
   */
  public String command(String... details) {
    Object[] quoted = Stream.of(details).map(Remedy::quoted).toArray();
    return "`readlens " + arguments.formatted(quoted) + "`";
  }

  /** As a POSIX shell takes it for one word. */
  public static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
