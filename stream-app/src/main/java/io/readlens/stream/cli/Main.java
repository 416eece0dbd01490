package io.readlens.stream.cli;

import io.readlens.model.network.TorchProcess;
import io.readlens.model.process.Program;
import io.readlens.model.process.Why;
import io.readlens.model.terminal.Terminal;
import io.readlens.model.text.Legible;
import io.readlens.stream.advice.Invocation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The one executable: exit 0 done, 1 failed with one line on standard error, 2 usage, 130, 143 or
 * 129 ended by SIGINT, SIGTERM or SIGHUP.
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
      DemoReadsCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      ExportCommand.class,
      PublishCommand.class,
      DiffCommand.class,
      ExplainCommand.class,
      AbundanceCommand.class,
      TopicsCommand.class,
      EmbeddedCommand.class,
      BenchCommand.class
    })
public final class Main implements Callable<Integer> {
  static final Program PROGRAM = new Program("readlens");
  private static final String VERBOSE = "--verbose";

  @Option(
      names = VERBOSE,
      scope = ScopeType.INHERIT,
      description = "Show the warnings of Kafka's and the registry's clients, and stack traces.")
  private boolean verbose;

  private Main() {}

  public static void main(String[] args) {
    PROGRAM.run(Main::execute, args);
  }

  private static int execute(String... args) {
    if (List.of(args).contains(VERBOSE)) {
      // Logging is set up by whichever class logs first, which is before picocli has parsed this.
      System.setProperty("logback.configurationFile", "logback-verbose.xml");
    }
    TorchProcess.forInference();
    return commandLine().execute(args);
  }

  /** Without a command: what commands there are. */
  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }

  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(Help.defaultColorScheme(Terminal.isPainted() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionStrategy(Main::run)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              PROGRAM.complain(Why.of(failure));
              if (main.verbose) {
                StringWriter stack = new StringWriter();
                failure.printStackTrace(new PrintWriter(stack));
                System.err.print(Legible.lines(stack.toString()));
              }
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** Runs the command; what it says meanwhile knows how it was called. */
  private static int run(ParseResult parsed) {
    TypedCommand.of(parsed).begin();
    try {
      return new CommandLine.RunLast().execute(parsed);
    } finally {
      Invocation.end();
    }
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
      return new String[] {"readlens " + (version == null ? "(not packaged)" : version)};
    }
  }
}
