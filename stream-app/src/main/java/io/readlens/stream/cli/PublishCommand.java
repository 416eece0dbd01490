package io.readlens.stream.cli;

import io.readlens.avro.CheckpointEvent;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.stream.checkpoints.Publication;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.checkpoints.Trial;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Places;
import io.readlens.stream.connect.Connections;
import io.readlens.stream.topics.KafkaTopics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code publish}: a checkpoint, put in force for all running instances. */
@Command(
    name = "publish",
    description = {
      "Announce a checkpoint to all running instances.",
      "Those whose checkpoints.from allows it answer with it from then on, without a pause; publish"
          + " the one before to go back. The announcement stays in force."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class PublishCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "A directory that the trainer wrote; it is tried as instances try it.")
  private Path directory;

  @Option(
      names = "--location",
      paramLabel = "URI",
      description =
          "Where instances find its files: an absolute directory, or a file:, http: or https:"
              + " address; the directory's own path if not given. They are fetched from there and"
              + " compared, if it is reached from here.")
  private String location;

  @Mixin private ConfigOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (location != null) {
      requireLocation();
    }
    AppConfig config = options.load();
    CheckpointEvent announced = Connections.of(config).use(() -> announce(config));
    System.out.println("published  " + announced.getCheckpointId());
    System.out.println("location   " + Legible.of(announced.getLocation()));
    System.out.println("labels     " + announced.getLabelsDigest());
    System.out.println("on         " + config.topics().checkpoints().name());
    return 0;
  }

  private CheckpointEvent announce(AppConfig config) throws IOException {
    Checkpoint checkpoint = Checkpoint.load(directory);
    Trial.of(checkpoint, whole -> ServedModel.of(whole, ExplainedClassifier.load(whole, "cpu", 0)));
    String from = location == null ? directory.toRealPath().toUri().toString() : location;
    try (KafkaTopics kafka = KafkaTopics.connect(config.adminProperties())) {
      kafka.requireReadable(config.topics().checkpoints());
      kafka.requireWritable(config.topics().checkpoints());
    }
    try (Registry registry = Registry.connect(config.registry())) {
      return new Publication(config, registry, line -> System.err.println("warning: " + line))
          .announce(checkpoint, from);
    }
  }

  private void requireLocation() {
    try {
      Object unused =
          Places.isAddress(location) ? Places.address(location) : Places.directory(location);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--location: " + e.getMessage(), e);
    }
  }
}
