package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
  /** How long a shutdown may hold up the end of the process. */
  private static final long CLOSE_SECONDS = 60;

  @Mixin private ConfigOptions configuration;
  @Mixin private ModelOption checkpoint;

  @Override
  public Integer call() throws Exception {
    AppConfig config = configuration.load();
    CountDownLatch closed = new CountDownLatch(1);
    ExplainedClassifier model = checkpoint.load(config.device().toString(), config.alternatives());
    ExplainApp app =
        new ExplainApp(
            config,
            model::explain,
            model.checkpointId(),
            config.deviceWorkers().orElse(ModelOption.workers(model)),
            ExplainApp.PATIENCE);
    Thread hook = new Thread(() -> close(app, closed), "readlens-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Explaining explaining = new Explaining(app, model)) {
      explaining.app().start();
      System.out.println("explaining " + config.topics().reads().name() + " with " + model);
      Optional<Throwable> failure = app.awaitEnd();
      if (failure.isPresent()) {
        throw new IllegalStateException(Main.oneLine(failure.get()), failure.get());
      }
      return 0;
    } finally {
      closed.countDown();
    }
  }

  /** Ends the application, and waits until the model is freed too. */
  private static void close(ExplainApp app, CountDownLatch closed) {
    app.stop();
    try {
      if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("readlens: the model did not close in " + CLOSE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
