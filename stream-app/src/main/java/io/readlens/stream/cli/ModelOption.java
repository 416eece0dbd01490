package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which checkpoint a command runs. */
final class ModelOption {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint directory; the bundled checkpoint if not given.")
  private Path directory;

  /** Loads the checkpoint and puts its model on a device. */
  ExplainedClassifier load(String device, ExplainedClassifier.Options options) {
    return ExplainedClassifier.load(checkpoint(), device, options);
  }

  /** Loads the checkpoint. */
  Checkpoint checkpoint() {
    return directory == null ? Checkpoint.bundled() : Checkpoint.load(directory);
  }
}
