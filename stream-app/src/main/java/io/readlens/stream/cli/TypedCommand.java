package io.readlens.stream.cli;

import io.readlens.stream.advice.Invocation;
import io.readlens.stream.advice.Invocation.Given;
import io.readlens.stream.config.SecretProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** How ReadLens was called, as picocli has parsed it. */
final class TypedCommand {
  private static final String PROPERTY = "-D";

  /** What every command that talks to Kafka knows. */
  private static final Set<String> CONNECTION = Set.of("--config", PROPERTY);

  private TypedCommand() {}

  /**
   * @param parsed the whole command line
   */
  static Invocation of(ParseResult parsed) {
    ParseResult called = parsed;
    while (called.hasSubcommand()) {
      called = called.subcommand();
    }
    List<Given> options = new ArrayList<>();
    for (OptionSpec option : called.matchedOptionsSet()) {
      String name = option.longestName();
      boolean connects = CONNECTION.contains(name);
      for (String value : option.originalStringValues()) {
        List<String> words = option.arity().max() == 0 ? List.of(name) : List.of(name, value);
        options.add(new Given(words, connects, name.equals(PROPERTY) ? secret(value) : ""));
      }
    }
    return new Invocation(path(called.commandSpec().commandLine()), options);
  }

  /** {@code topics create}. */
  private static String path(CommandLine called) {
    String name = called.getCommandSpec().qualifiedName(" ");
    return name.substring(name.indexOf(' ') + 1);
  }

  /** A message goes into logs, where no password belongs: the property that holds one, or none. */
  private static String secret(String setting) {
    String[] parts = setting.split("=", 2);
    String key = parts[0].strip();
    return parts.length == 2 && SecretProperties.isOne(key, parts[1]) ? key : "";
  }
}
