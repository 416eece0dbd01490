package io.readlens.stream.cli;

import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

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
    return run(
        config,
        model,
        speed -> new ExplainApp(config, model, speed, "no checkpoint", config.patience().limit()));
  }

  /**
   * The same, and takes up what is published.
   *
   * @param load puts a checkpoint's model on the device
   */
  public static <A> int run(
      AppConfig config, ServedModel<A> own, Function<Checkpoint, ServedModel<A>> load) {
    return run(
        config,
        own.model(),
        speed -> new ExplainApp(config, own, speed, load, config.patience().limit()));
  }

  private static int run(
      AppConfig config, DeviceModel<?> model, Function<DeviceSpeed, ExplainApp> start) {
    try {
      DeviceSpeed speed =
          DeviceSpeed.measure(
              model,
              MOST_DEVICE_WORKERS,
              config.deviceWorkers(),
              config.batchMaxTokens(),
              System::nanoTime);
      ExplainApp app = start.apply(speed);
      try (StopSignal stop = StopSignal.listen();
          app) {
        CompletableFuture<Void> unused =
            stop.received()
                .thenRun(
                    () -> {
                      app.stop();
                      stop.release();
                    });
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
