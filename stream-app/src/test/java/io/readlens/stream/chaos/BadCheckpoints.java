package io.readlens.stream.chaos;

import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.Registry;
import io.readlens.stream.checkpoints.CheckpointFiles;
import io.readlens.stream.checkpoints.CheckpointTopic;
import io.readlens.stream.config.AppConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checkpoints that were good when they were published, and that nobody must take now.
 *
 * <p>Threading: one thread.
 */
final class BadCheckpoints {
  private final AppConfig config;
  private final Registry registry;
  private final Path directory;
  private int published;

  /**
   * @param config of an application that may fetch from the directory
   */
  BadCheckpoints(AppConfig config, Registry registry, Path directory) {
    this.config = config;
    this.registry = registry;
    this.directory = directory;
  }

  /** Publishes one, each time with another fault; returns its id. */
  String publish() {
    published++;
    Path place = directory.resolve("checkpoint-" + published);
    Checkpoint good = CheckpointFiles.write(place, published);
    Path weights = place.resolve("classifier.safetensors");
    switch (published % 3) {
      case 0 -> CheckpointFiles.corrupt(weights);
      case 1 -> CheckpointFiles.truncate(weights);
      default -> delete(weights);
    }
    try (CheckpointTopic topic = CheckpointTopic.connect(config, registry)) {
      return topic.announce(good, place.toAbsolutePath().toString()).getCheckpointId();
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
