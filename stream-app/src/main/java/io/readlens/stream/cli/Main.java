package io.readlens.stream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The one executable: exit 0 done, 1 failed with one line on standard error, 2 usage.
 *
 * <p>Only the commands wire parts together, and only they know everything.
 */
@Command(
    name = "readlens",
    description = "What is in the sample, and which bases say so, while the sequencing run is on.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      ExplainCommand.class,
      TopicsCommand.class,
      EmbeddedCommand.class
    })
public final class Main implements Callable<Integer> {
  private Main() {}

  public static void main(String[] args) {
    // The engine would ask for a metadata address on the network when it starts.
    System.setProperty("ai.djl.offline", "true");
    System.exit(commandLine().execute(args));
  }

  /** Without a command: what commands there are. */
  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              System.err.println("readlens: " + oneLine(failure));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** The first line of an error's message, or its name where it has none. */
  private static String oneLine(Exception failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.toString()
        : message.lines().findFirst().orElseThrow();
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"readlens " + (version == null ? "(not packaged)" : version)};
    }
  }
}
