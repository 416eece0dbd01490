package io.readlens.stream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "topics", mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
final class TopicsCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
