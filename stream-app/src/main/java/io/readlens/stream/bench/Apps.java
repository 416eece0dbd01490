package io.readlens.stream.bench;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Fit;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.util.OptionalInt;

/** Builds what is measured; nothing else in this package knows how. */
final class Apps {
  private Apps() {}

  /**
   * A model on its device.
   *
   * @param model how a device worker drives it
   * @param speed how fast it is, and how it is best driven
   * @param checkpointId digest of its checkpoint
   */
  record Subject(DeviceModel<?> model, DeviceSpeed speed, String checkpointId) {

    /** As {@code run} has it. */
    static Subject of(ExplainedClassifier model) {
      return new Subject(
          DeviceModel.of(model),
          DeviceSpeed.measure(model, OptionalInt.empty(), OptionalInt.empty()),
          model.checkpointId());
    }

    /** A model that costs nothing, driven as the bundled one is on two cores. */
    static Subject of(CannedModel model) {
      return new Subject(
          DeviceModel.ofReads(model), new DeviceSpeed(2, 16_384, 1e8), CannedModel.CHECKPOINT_ID);
    }

    /**
     * A simulated device, driven as a GPU is. How fast it is need not be measured.
     *
     * @param rowTokens tokens of each read, {@code <cls>} counted
     */
    static Subject of(SimulatedDevice device, int rowTokens) {
      return new Subject(
          DeviceModel.ofReads(device),
          new DeviceSpeed(
              DeviceSpeed.OWN_QUEUE,
              SimulatedDevice.ROWS * rowTokens,
              SimulatedDevice.IDEAL * rowTokens),
          CannedModel.CHECKPOINT_ID);
    }

    /** What the application fits its settings to. */
    private Fit fit(AppConfig config) {
      return ExplainApp.fit(config, model, speed);
    }

    /** Reads that all stream threads together may have in hand. */
    int readsInHand(AppConfig config) {
      return config.streamThreads() * config.fittedTo(fit(config)).maxPollRecords();
    }
  }

  /** The application itself. */
  static ExplainApp app(AppConfig config, Subject subject) {
    return new ExplainApp(
        config,
        subject.model(),
        subject.speed(),
        subject.checkpointId(),
        config.patience().limit());
  }

  /** The settings that the application would use, for what is compared with it. */
  static AppConfig fitted(AppConfig config, Subject subject) {
    return config.fittedTo(subject.fit(config));
  }

  /** The application's device worker alone. */
  static DeviceWorker<?> worker(AppConfig config, Subject subject, TokenizedRead canary) {
    return DeviceWorker.start(
        ExplainApp.policy(config, subject.model(), subject.speed()), subject.model(), canary);
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
