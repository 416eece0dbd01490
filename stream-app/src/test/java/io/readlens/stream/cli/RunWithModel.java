package io.readlens.stream.cli;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What {@link RunCommand} does, with any model in place of a checkpoint's. */
public final class RunWithModel {
  private static final int MOST_DEVICE_WORKERS = 2;

  private RunWithModel() {}

  /**
   * Runs until told to stop.
   *
   * @return the exit code, unless the process was told to stop by a signal
   */
  public static int run(AppConfig config, DeviceModel<?> model) {
    try {
      DeviceSpeed speed =
          DeviceSpeed.measure(
              model,
              MOST_DEVICE_WORKERS,
              config.deviceWorkers(),
              config.batchMaxTokens(),
              System::nanoTime);
      ExplainApp app =
          new ExplainApp(config, model, speed, "no checkpoint", config.patience().limit());
      try (StopSignal stop = StopSignal.listen();
          app) {
        CompletableFuture<Void> unused = stop.received().thenRun(app::stop);
        app.start();
        Optional<Throwable> failure = app.awaitEnd();
        failure.ifPresent(Throwable::printStackTrace);
        return failure.isPresent() ? 1 : 0;
      }
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
