package io.readlens.trainer;

import io.readlens.model.network.TorchProcess;
import io.readlens.model.process.Program;
import io.readlens.model.process.Why;
import io.readlens.model.terminal.Terminal;
import io.readlens.model.text.Legible;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The trainer's executable: exit 0 done, 1 failed with one line on stderr, 2 usage, 130, 143 or 129
 * ended by SIGINT, SIGTERM or SIGHUP.
 */
@Command(
    name = "readlens-trainer",
    description = "Makes, updates and measures ReadLens checkpoints.",
    footer = {
      "",
      "import, classifier and explainer take @paper: the paper's configuration.",
      "Options beside it go before what it says."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      ClassifierCommand.class,
      ExplainerCommand.class,
      ImportCommand.class,
      CalibrateCommand.class,
      EvaluateCommand.class,
      CutCommand.class,
      VectorsCommand.class
    })
public final class Main {
  private static final Program PROGRAM = new Program("readlens-trainer");

  private Main() {}

  public static void main(String[] args) {
    PROGRAM.run(
        arguments -> {
          TorchProcess.forTraining();
          return execute(arguments);
        },
        args);
  }

  /** Runs a command; an argument such as {@code @paper} names settings that ship. */
  static int execute(String... arguments) {
    CommandLine line = commandLine();
    List<String> others = new ArrayList<>();
    for (String argument : arguments) {
      Optional<ShippedSettings> settings = ShippedSettings.of(argument);
      settings.ifPresent(line::setDefaultValueProvider);
      if (settings.isEmpty()) {
        others.add(argument);
      }
    }
    return line.execute(others.toArray(String[]::new));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(Help.defaultColorScheme(Terminal.isPainted() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              PROGRAM.complain(Why.of(failure));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /**
   * Says what is wrong, and how the command is called: little, so that both stay on the terminal.
   * Nothing in it is obeyed by one: an argument may be a file's name.
   */
  private static int refuse(ParameterException refused, String[] args) {
    CommandLine command = refused.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(Legible.of(words(refused))));
    if (!UnmatchedArgumentException.printSuggestions(refused, err)) {
      Help help = command.getHelp();
      err.print(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
    }
    String name = command.getCommandSpec().qualifiedName(" ");
    if (!command.getSubcommands().isEmpty()) {
      err.println("Commands: " + String.join(", ", command.getSubcommands().keySet()));
    }
    err.println(name + " --help says more.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Picocli counts arguments from 0, and does not tell a command from another argument. */
  private static String words(ParameterException refused) {
    if (refused instanceof UnmatchedArgumentException found && !found.isUnknownOption()) {
      boolean command = !refused.getCommandLine().getSubcommands().isEmpty();
      return "%s '%s'"
          .formatted(
              command ? "unknown command" : "unexpected argument", found.getUnmatched().get(0));
    }
    return refused.getMessage();
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"readlens-trainer " + (version == null ? "(not packaged)" : version)};
    }
  }
}
