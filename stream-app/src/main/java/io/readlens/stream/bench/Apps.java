package io.readlens.stream.bench;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceWorker;
import java.util.List;
import java.util.function.Function;

/** Builds what is measured; nothing else in this package knows how. */
final class Apps {
  private Apps() {}

  /**
   * A model and the threads that call it.
   *
   * @param answers answers a list of reads by a list of equal size and order
   * @param checkpointId digest of its checkpoint
   * @param workers threads that call it
   */
  record Subject(
      Function<List<TokenizedRead>, List<ExplainedRead>> answers,
      String checkpointId,
      int workers) {

    /** As {@code run} has it: two single cores on a CPU, one thread on a GPU. */
    static Subject of(ExplainedClassifier model) {
      return new Subject(model::explain, model.checkpointId(), model.onGpu() ? 1 : 2);
    }

    static Subject canned(CannedModel model) {
      return new Subject(model, CannedModel.CHECKPOINT_ID, 2);
    }

    static Subject simulated(SimulatedDevice device) {
      return new Subject(device, CannedModel.CHECKPOINT_ID, 1);
    }
  }

  /** The application itself. */
  static ExplainApp app(AppConfig config, Subject subject) {
    return new ExplainApp(
        config, subject.answers(), subject.checkpointId(), subject.workers(), ExplainApp.PATIENCE);
  }

  /** The application's device worker alone. */
  static DeviceWorker worker(AppConfig config, Subject subject, TokenizedRead canary) {
    return DeviceWorker.start(
        new DeviceWorker.Policy(
            subject.workers(),
            config.readsInFlight(),
            config.batchMaxTokens(),
            ExplainApp.MAX_ROWS,
            config.batchLinger(),
            config.deviceDeadline()),
        subject.answers(),
        canary);
  }

  /**
   * @throws IllegalStateException if the application has stopped by itself
   */
  static void requireAlive(ExplainApp app) {
    app.failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException("the application failed: " + failure, failure);
            });
  }

  /**
   * @throws IllegalStateException if a thread is still in the model
   */
  static void stop(ExplainApp app) {
    if (!app.stop()) {
      throw new IllegalStateException("the device is stuck");
    }
  }
}
