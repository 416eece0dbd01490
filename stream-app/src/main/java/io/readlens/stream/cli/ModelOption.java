package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.nio.file.Path;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Which checkpoint a command runs. */
final class ModelOption {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint directory; the bundled checkpoint if not given.")
  private Path directory;

  /** Loads the checkpoint and puts its model on a device. */
  ExplainedClassifier load(String device, int alternatives) {
    return ExplainedClassifier.load(checkpoint(), device, alternatives);
  }

  /** Loads the checkpoint. */
  Checkpoint checkpoint() {
    return directory == null ? Checkpoint.bundled() : Checkpoint.load(directory);
  }

  /** How fast a model is on its device, found by trying. */
  static DeviceSpeed speed(
      ExplainedClassifier model, OptionalInt threads, OptionalInt batchTokens) {
    int mostThreads = model.onGpu() ? 1 : Runtime.getRuntime().availableProcessors();
    return DeviceSpeed.measure(deviceModel(model), mostThreads, threads, batchTokens);
  }

  /** A model as a device worker drives it. */
  static DeviceModel<?> deviceModel(ExplainedClassifier model) {
    return new DeviceModel<>(model::windows, model::ask, model::merge);
  }
}
