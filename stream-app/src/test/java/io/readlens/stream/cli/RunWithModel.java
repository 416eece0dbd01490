package io.readlens.stream.cli;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What {@link RunCommand} does, with any model in place of a checkpoint's. */
public final class RunWithModel {
  private RunWithModel() {}

  /**
   * Runs until told to stop.
   *
   * @param workers threads that call the model
   * @return the exit code, unless the process was told to stop by a signal
   */
  public static int run(
      AppConfig config, Function<List<TokenizedRead>, List<ExplainedRead>> model, int workers) {
    ExplainApp app = new ExplainApp(config, model, "no checkpoint", workers, ExplainApp.PATIENCE);
    try (StopSignal stop = StopSignal.listen();
        app) {
      CompletableFuture<Void> unused = stop.received().thenRun(app::stop);
      app.start();
      Optional<Throwable> failure = app.awaitEnd();
      failure.ifPresent(Throwable::printStackTrace);
      return failure.isPresent() ? 1 : 0;
    } catch (RuntimeException e) {
      e.printStackTrace();
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
