package io.readlens.trainer;

import io.readlens.model.network.TorchProcess;
import io.readlens.model.process.CLibrary;
import io.readlens.model.process.Ending;
import io.readlens.model.process.LocaleText;
import io.readlens.model.process.Why;
import io.readlens.model.terminal.Terminal;
import io.readlens.model.text.Legible;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      CutCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    try {
      begin(args);
    } catch (LinkageError e) {
      // Too few files may be open to read the classes that could say so better.
      System.err.println(
          "readlens-trainer: cannot load classes (" + e.getMessage() + "): is ulimit -n too low?");
      Runtime.getRuntime().halt(1);
    }
  }

  private static void begin(String... args) {
    Ending.install();
    TorchProcess.forTraining();
    CLibrary.fault()
        .ifPresent(fault -> System.err.println("readlens-trainer: " + Legible.of(fault)));
    int exitCode;
    try {
      exitCode = execute(args);
    } catch (Error e) {
      // Memory that runs out, a library that this machine cannot load: picocli lets them through.
      if (!Ending.isSignalled()) {
        System.err.println("readlens-trainer: " + Legible.of(Why.of(e)));
      }
      exitCode = CommandLine.ExitCode.SOFTWARE;
    }
    Ending.exit(exitCode);
  }

  /** Runs a command; an argument such as {@code @paper} names settings that ship. */
  static int execute(String... arguments) {
    Optional<String> lost = LocaleText.lost(arguments);
    if (lost.isPresent()) {
      System.err.println("readlens-trainer: " + Legible.of(lost.get()));
      return CommandLine.ExitCode.USAGE;
    }
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
              System.err.println("readlens-trainer: " + Legible.of(Why.of(failure)));
              return 1;
            });
  }

  /** As picocli does, but for what a terminal would obey: an argument may be a file's name. */
  private static int refuse(ParameterException refused, String[] args) {
    CommandLine command = refused.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(Legible.of(refused.getMessage())));
    if (!UnmatchedArgumentException.printSuggestions(refused, err)) {
      command.usage(err, command.getColorScheme());
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"readlens-trainer " + (version == null ? "(not packaged)" : version)};
    }
  }
}
