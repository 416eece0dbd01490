package io.readlens.stream.checkpoints;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.InvalidCheckpointException;
import io.readlens.model.process.Why;
import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Places;
import io.readlens.stream.waiting.Patience;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Puts a checkpoint in force for all instances, after what they will check themselves: what is
 * announced replaces what was in force, which is what instances begin with, whether they take it or
 * not.
 *
 * <p>Threading: one thread.
 */
public final class Publication {
  private static final int MOST_CAUSES = 16;

  private final AppConfig config;
  private final Registry registry;
  private final Consumer<String> warn;

  /**
   * @param registry stays open
   * @param warn takes what somebody should know, in one line
   */
  public Publication(AppConfig config, Registry registry, Consumer<String> warn) {
    this.config = config;
    this.registry = registry;
    this.warn = warn;
  }

  /**
   * Announces a checkpoint that was tried, and returns when the brokers have it.
   *
   * @param location where instances find it: an absolute directory, or a {@code file:}, {@code
   *     http:} or {@code https:} address
   * @throws InvalidCheckpointException if it is not there, or has other labels than the instances
   *     that run; nothing was announced then
   * @throws KafkaException if the brokers do not answer or refuse
   * @throws RegistryException if the registry does
   */
  public CheckpointEvent announce(Checkpoint checkpoint, String location) {
    requireThere(checkpoint, location);
    requireLabelsInService(checkpoint);
    try (CheckpointTopic topic = CheckpointTopic.connect(config, registry)) {
      return topic.announce(checkpoint, location);
    }
  }

  /** Where the settings say what is allowed, instances are taken to have the same ones. */
  private void requireThere(Checkpoint checkpoint, String location) {
    Places allowed = config.checkpointsFrom();
    Fetching fetching = Fetching.from(allowed.isNowhere() ? only(location) : allowed);
    try {
      Object unused =
          new Patience(Fetching.PATIENCE)
              .waitFor(
                  "the files at " + Legible.of(location),
                  () -> fetching.fetch(location, checkpoint.id(), () -> false));
    } catch (RefusedException e) {
      if (!isOutOfReach(e)) {
        throw new InvalidCheckpointException(
            "instances would refuse it: " + e.getMessage() + "; nothing was published", e);
      }
      warn.accept(
          "the files at %s were not looked at, which is not reached from here: %s"
              .formatted(Legible.of(location), Why.of(e)));
    }
  }

  private static Places only(String location) {
    return Places.isAddress(location)
        ? new Places(List.of(), List.of(Places.address(location)))
        : new Places(List.of(Places.directory(location)), List.of());
  }

  /** Whether nobody answered, so that instances elsewhere may find it all the same. */
  private static boolean isOutOfReach(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .limit(MOST_CAUSES)
        .anyMatch(
            cause ->
                cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof NoSuchFileException);
  }

  /**
   * An instance answers with the labels that it was started with, and says with which. Where none
   * says so, what is in force has them.
   */
  private void requireLabelsInService(Checkpoint checkpoint) {
    List<CheckpointEvent> instances;
    List<CheckpointEvent> inForce;
    try (CheckpointRecords records = CheckpointRecords.connect(config)) {
      if (!config
          .patience()
          .waitFor(
              "what is in force on " + config.topics().checkpoints().name(),
              () -> records.catchUp(config.patience().limit()))) {
        throw new TimeoutException(config.topics().checkpoints().name() + " was not read in time");
      }
      instances =
          records.all().entrySet().stream()
              .filter(record -> !record.getKey().equals(CheckpointTopic.CURRENT))
              .flatMap(this::decode)
              .filter(event -> !event.getLabelsDigest().isEmpty())
              .toList();
      inForce =
          records
              .of(CheckpointTopic.CURRENT)
              .map(value -> Map.entry(CheckpointTopic.CURRENT, value))
              .stream()
              .flatMap(this::decode)
              .filter(event -> event.getKind() == CheckpointEventKind.ANNOUNCED)
              .toList();
    }
    List<CheckpointEvent> others =
        (instances.isEmpty() ? inForce : instances)
            .stream()
                .filter(event -> !event.getLabelsDigest().equals(checkpoint.labelsDigest()))
                .toList();
    if (others.isEmpty()) {
      return;
    }
    CheckpointEvent other = others.get(0);
    if (instances.isEmpty()) {
      throw refusal(
          checkpoint, "checkpoint " + other.getCheckpointId() + ", which is in force", other);
    }
    if (others.size() == instances.size()) {
      throw refusal(
          checkpoint,
          "all %d instances that run, such as %s"
              .formatted(others.size(), Legible.of(other.getInstance())),
          other);
    }
    warn.accept(
        "%d of %d instances answer with other labels and will refuse it, such as %s"
            .formatted(others.size(), instances.size(), Legible.of(other.getInstance())));
  }

  private static InvalidCheckpointException refusal(
      Checkpoint checkpoint, String whose, CheckpointEvent other) {
    return new InvalidCheckpointException(
        ("instances would refuse it: its labels (digest %s) are others than those of %s (%s); start"
                + " instances with it, then publish it; nothing was published")
            .formatted(checkpoint.labelsDigest(), whose, other.getLabelsDigest()));
  }

  private Stream<CheckpointEvent> decode(Map.Entry<String, byte[]> record) {
    RegistrySerde<CheckpointEvent> serde = config.topics().checkpoints().serde(registry);
    try {
      return Stream.of(serde.deserialize(config.topics().checkpoints().name(), record.getValue()));
    } catch (UndecodableException e) {
      return Stream.empty(); // Somebody else's, which instances make nothing of either.
    }
  }
}
