package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
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
    ExplainedClassifier model = checkpoint.load(config.device().toString(), config.alternatives());
    ExplainApp app =
        new ExplainApp(
            config,
            DeviceModel.of(model),
            DeviceSpeed.measure(model, config.deviceWorkers(), config.batchMaxTokens()),
            model.checkpointId(),
            ExplainApp.PATIENCE);
    try (StopSignal stop = StopSignal.listen();
        Explaining explaining = new Explaining(app, model)) {
      CompletableFuture<Void> unused = stop.received().thenRun(app::stop);
      explaining.app().start();
      System.out.println("explaining " + config.topics().reads().name() + " with " + model);
      Optional<Throwable> failure = app.awaitEnd();
      if (failure.isPresent()) {
        throw new IllegalStateException(Main.oneLine(failure.get()), failure.get());
      }
      return 0;
    }
  }
}
