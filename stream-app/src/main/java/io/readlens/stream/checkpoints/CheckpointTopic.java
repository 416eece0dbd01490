package io.readlens.stream.checkpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.process.Why;
import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is written to the checkpoints topic: announcements, and what instances make of them.
 *
 * <p>Threading: one thread.
 */
public final class CheckpointTopic implements AutoCloseable {
  /** The key of all announcements: the latest is in force. */
  static final String CURRENT = "current";

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointTopic.class);
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final String application;
  private final Topic<CheckpointEvent> topic;
  private final RegistrySerde<CheckpointEvent> serde;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Clock clock = Clock.systemUTC();

  private CheckpointTopic(
      String application,
      Topic<CheckpointEvent> topic,
      Registry registry,
      KafkaProducer<byte[], byte[]> producer) {
    this.application = application;
    this.topic = topic;
    this.serde = topic.serde(registry);
    this.producer = producer;
  }

  /**
   * Starts a producer; the brokers are asked nothing yet.
   *
   * @param registry told the schema of what is sent; stays open
   * @throws KafkaException if Kafka's client refuses the configuration
   */
  public static CheckpointTopic connect(AppConfig config, Registry registry) {
    Map<String, Object> settings = new HashMap<>(config.producerProperties());
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new CheckpointTopic(
        config.kafka().get("application.id"),
        config.topics().checkpoints(),
        registry,
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /**
   * Puts a checkpoint in force, and returns when the brokers have it.
   *
   * @param location where instances find it
   * @throws KafkaException if the brokers do not answer or refuse
   * @throws RegistryException if the registry does
   */
  public CheckpointEvent announce(Checkpoint checkpoint, String location) {
    CheckpointEvent event =
        event(CheckpointEventKind.ANNOUNCED, checkpoint.id(), location)
            .setDigests(checkpoint.digests())
            .setLabelsDigest(checkpoint.labelsDigest())
            .setMetrics(checkpoint.metrics().toString())
            .build();
    try {
      send(CURRENT, event).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    return event;
  }

  /** Says that an instance answers with a checkpoint. */
  void taken(String instance, LiveModel<?> live, String checkpointId, String location) {
    report(
        instance,
        event(CheckpointEventKind.TAKEN, checkpointId, location)
            .setInstance(instance)
            .setLabelsDigest(live.labelsDigest())
            .build());
  }

  /** Says that an instance does not take a checkpoint, and why. */
  void refused(
      String instance, LiveModel<?> live, String checkpointId, String location, String reason) {
    report(
        instance,
        event(CheckpointEventKind.REFUSED, checkpointId, location)
            .setInstance(instance)
            .setLabelsDigest(live.labelsDigest())
            .setReason(Legible.of(reason))
            .build());
  }

  /**
   * Says that an instance has gone back from what was announced, and why. Outlives the instance.
   */
  void gaveUp(String instance, CheckpointEvent announced, String reason) {
    report(
        givenUpKey(),
        event(CheckpointEventKind.REFUSED, announced.getCheckpointId(), announced.getLocation())
            .setInstance(instance)
            .setAnnouncedTime(announced.getTime())
            .setReason(Legible.of(reason))
            .build());
  }

  /** The key of what instances of this application have given up; no instance has it. */
  String givenUpKey() {
    return application + "/given-up";
  }

  /** Takes back what an instance has said. */
  void forget(String instance) {
    report(instance, null);
  }

  private CheckpointEvent.Builder event(
      CheckpointEventKind kind, String checkpointId, String location) {
    return CheckpointEvent.newBuilder()
        .setKind(kind)
        .setCheckpointId(checkpointId)
        .setLocation(location)
        .setTime(clock.instant());
  }

  /** What cannot be said is logged: no instance stops for it. */
  private void report(String instance, CheckpointEvent event) {
    try {
      var unused = send(instance, event);
    } catch (KafkaException e) {
      LOG.warn("cannot write to {}: {}", topic.name(), Why.of(e));
    }
  }

  private Future<RecordMetadata> send(String key, CheckpointEvent event) {
    return producer.send(
        new ProducerRecord<>(
            topic.name(), key.getBytes(UTF_8), serde.serialize(topic.name(), event)),
        (sent, e) -> {
          if (e != null) {
            LOG.warn("cannot write to {}: {}", topic.name(), Why.of(e));
          }
        });
  }

  @Override
  public void close() {
    producer.close(CLOSING);
  }
}
