package io.readlens.stream.advice;

import java.util.List;
import java.util.stream.Stream;

/**
 * A command that a message recommends, completed with how ReadLens was called, so that it can be
 * typed as it stands wherever the message is read. A test runs every one of them, another finds
 * commands that are not from here.
 */
public enum Remedy {
  /** Creates the topics that are missing. */
  CREATE_TOPICS("topics create --accept-differences"),

  /** Gives the ledger as many partitions as the reads topic has. */
  GROW_LEDGER("topics create --accept-differences"),

  /** Creates another topic for a setting, where the one that it names will not do. */
  CREATE_ANOTHER_TOPIC("topics create --accept-differences -D %1$s=%2$s"),

  /** Counts reads that were deleted unread, rather than stopping at them. */
  GO_ON_WITHOUT_EXPIRED("run -D reads.expired=count"),

  /** Sends reads to what {@code demo} has started, by its configuration file. */
  REPLAY_TO_DEMO("replay --config %1$s --input FILE");

  private final String arguments;

  Remedy(String arguments) {
    this.arguments = arguments;
  }

  /**
   * The command in backticks, as it is typed to fit the command that is running.
   *
   * @param details what belongs into it, such as a setting and its value
   */
  public String command(String... details) {
    return Invocation.present().complete(words(details));
  }

  /** The command as it is typed, for one that says all by itself. */
  public String line(String... details) {
    return Invocation.NONE.line(words(details));
  }

  private List<String> words(String... details) {
    return Stream.of(arguments.split(" ")).map(word -> word.formatted((Object[]) details)).toList();
  }
}
