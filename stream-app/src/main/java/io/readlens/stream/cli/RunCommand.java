package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.process.Why;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.connect.Connections;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceSpeed;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: the topology against any Kafka and any Confluent-compatible registry. */
@Command(
    name = "run",
    description = {
      "Explain the reads of a topic until told to stop.",
      "Every read ends in exactly one record, also through crashes. SIGTERM closes cleanly."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Mixin private ConfigOptions configuration;
  @Mixin private ModelOption checkpoint;

  @Override
  public Integer call() throws Exception {
    AppConfig config = configuration.load();
    return Connections.of(config).use(() -> run(config));
  }

  private int run(AppConfig config) throws Exception {
    Checkpoint own = checkpoint.checkpoint();
    ExplainedClassifier model = onDevice(own, config);
    ExplainApp app =
        new ExplainApp(
            config,
            ServedModel.of(own, model),
            DeviceSpeed.measure(model, config.deviceWorkers(), config.batchMaxTokens()),
            next -> ServedModel.of(next, onDevice(next, config)),
            config.patience().limit());
    try (StopSignal stop = StopSignal.listen();
        app) {
      CompletableFuture<Void> unused =
          stop.received()
              .thenRun(
                  () -> {
                    app.stop();
                    stop.release(); // This thread may still wait for what it began with.
                  });
      app.start();
      System.out.println(
          "explaining "
              + config.topics().reads().name()
              + " with checkpoint "
              + app.status().checkpointId());
      Optional<Throwable> failure = app.awaitEnd();
      if (failure.isPresent()) {
        throw new IllegalStateException(Why.of(failure.get()), failure.get());
      }
      return 0;
    }
  }

  private static ExplainedClassifier onDevice(Checkpoint checkpoint, AppConfig config) {
    return ExplainedClassifier.load(
        checkpoint,
        config.device().toString(),
        new ExplainedClassifier.Options(
            config.alternatives(),
            config.faithfulness(),
            config.views(),
            config.thresholds(),
            config.mostSpans()));
  }
}
