package io.readlens.stream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "explain", mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
final class ExplainCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
