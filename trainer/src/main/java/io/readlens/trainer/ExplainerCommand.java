package io.readlens.trainer;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "explainer", mixinStandardHelpOptions = true)
final class ExplainerCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
