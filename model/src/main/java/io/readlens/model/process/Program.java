package io.readlens.model.process;

import io.readlens.model.text.Legible;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * An executable, from its first argument to its exit code. Whatever goes wrong is one line on
 * standard error that begins with the program's name, and its exit code is not 0: also where what
 * it printed did not get out, where Java's classes cannot be read, and where a signal ends it.
 *
 * @param name as it is typed
 */
public record Program(String name) {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  /**
   * Runs it and ends the process; does not return.
   *
   * @param command to the exit code; it handles its own exceptions
   */
  public void run(ToIntFunction<String[]> command, String... arguments) {
    Locale.setDefault(Locale.ROOT);
    try {
      Ending.install();
      CLibrary.fault().ifPresent(this::say);
      Ending.exit(printed(exitCode(command, arguments)));
    } catch (LinkageError | InternalError e) {
      // Too few files may be open to read the classes that could say so better.
      System.err.println(
          name
              + ": cannot load classes ("
              + e.getMessage()
              + "): is a file missing in lib/ beside the jar, or ulimit -n too low?");
      Runtime.getRuntime().halt(FAILED);
    }
  }

  private int exitCode(ToIntFunction<String[]> command, String... arguments) {
    Optional<String> lost = LocaleText.lost(arguments);
    if (lost.isPresent()) {
      say(lost.get());
      return USAGE;
    }
    try {
      return command.applyAsInt(arguments);
    } catch (NoClassDefFoundError | VerifyError e) {
      throw e; // Nor can the JVM read its library that verifies classes.
    } catch (Error e) {
      // Memory that runs out, a device at fault, a library that this machine cannot load.
      complain(Why.of(e));
      return FAILED;
    }
  }

  private int printed(int exitCode) {
    if (exitCode == OK && System.out.checkError()) {
      say("cannot write to standard output" + StandardOutput.fault());
      return FAILED;
    }
    return exitCode;
  }

  /**
   * Says on standard error why it fails; not where a signal ends it, for then failures are of its
   * end.
   */
  public void complain(String why) {
    if (!Ending.isSignalled()) {
      say(why);
    }
  }

  private void say(String line) {
    System.err.println(name + ": " + Legible.of(line));
  }
}
