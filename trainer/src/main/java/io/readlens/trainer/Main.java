package io.readlens.trainer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The trainer's executable: exit 0 done, 1 failed with one line on stderr, 2 usage. */
@Command(
    name = "readlens-trainer",
    description = "Makes, updates and measures ReadLens checkpoints.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      ClassifierCommand.class,
      ExplainerCommand.class,
      EvaluateCommand.class,
      CutCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // The engine would ask for a metadata address on the network when it starts.
    System.setProperty("ai.djl.offline", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              String message = failure.getMessage();
              System.err.println(
                  "readlens-trainer: "
                      + (message == null ? failure.toString() : message.lines().findFirst().get()));
              return 1;
            });
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"readlens-trainer " + (version == null ? "(not packaged)" : version)};
    }
  }
}
