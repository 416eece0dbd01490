package io.readlens.stream.checkpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.process.Why;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.config.AppConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the checkpoints topic for one instance: has each checkpoint that is put in force taken
 * up, and says on the topic and in the log what became of it. What is in the way today (a server
 * that is down, an upload that goes on) is tried again every minute for as long as the checkpoint
 * is in force, and mentioned when it changes. Nothing that happens here stops the instance, and
 * nothing that takes its time keeps it from what is announced next.
 *
 * <p>Threading: a thread of its own, {@code readlens-checkpoints}, does all; the methods are for
 * any, the counts included.
 */
public final class CheckpointFollower {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFollower.class);
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final Duration UNTIL_NEXT_TRY = Duration.ofMinutes(1);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final AppConfig config;
  private final Registry registry;
  private final Duration untilNextTry;
  private final LiveModel<?> live;
  private final Topic<CheckpointEvent> topic;
  private final RegistrySerde<CheckpointEvent> serde;
  private final String instance;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private KafkaConsumer<byte[], byte[]> consumer;
  private CheckpointTopic reports;
  private byte[] inForce;
  private boolean another;
  private Instant nextTry = Instant.MAX;

  /** Why the checkpoint in force was refused the last time; empty if it was not. */
  private String refusal = "";

  private volatile Thread thread;

  /**
   * Asks nothing of Kafka yet.
   *
   * @param registry stays open
   */
  public CheckpointFollower(AppConfig config, Registry registry, LiveModel<?> live) {
    this(config, registry, live, UNTIL_NEXT_TRY);
  }

  CheckpointFollower(
      AppConfig config, Registry registry, LiveModel<?> live, Duration untilNextTry) {
    this.untilNextTry = untilNextTry;
    this.config = config;
    this.registry = registry;
    this.live = live;
    this.topic = config.topics().checkpoints();
    this.serde = topic.serde(registry);
    this.instance =
        "%s/%s/%d"
            .formatted(config.kafka().get("application.id"), host(), ProcessHandle.current().pid());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /**
   * Makes the registry know what will be written, and be there.
   *
   * @throws RegistryException if it is not there, or refuses
   */
  public void askRegistry() {
    serde.serialize(
        topic.name(),
        CheckpointEvent.newBuilder()
            .setKind(CheckpointEventKind.UNKNOWN)
            .setCheckpointId("")
            .setTime(Instant.EPOCH)
            .build());
  }

  /**
   * Returns when the checkpoint that is in force is taken up or refused, and goes on following.
   *
   * @param patience how long reading the topic may take; if it takes longer, the instance begins
   *     with its own checkpoint
   * @throws KafkaException if the topic cannot be read
   */
  public void start(Duration patience) {
    reports = CheckpointTopic.connect(config, registry);
    consumer = consumer();
    thread = new Thread(() -> follow(patience), "readlens-checkpoints");
    thread.setDaemon(true);
    thread.start();
    try {
      begun.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(Duration patience) {
    try {
      if (!catchUp(patience)) {
        LOG.warn("{} was not read in {} s", topic.name(), patience.toSeconds());
      }
    } catch (KafkaException e) {
      LOG.warn("cannot read {} yet: {}", topic.name(), Why.of(e));
    }
    if (inForce == null) {
      reports.taken(instance, live.checkpointId(), "");
    } else {
      takeInForce();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(config.adminProperties());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    KafkaConsumer<byte[], byte[]> connected =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        connected.partitionsFor(topic.name()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    connected.assign(partitions);
    connected.seekToBeginning(partitions);
    return connected;
  }

  private boolean catchUp(Duration patience) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    long deadline = System.nanoTime() + patience.toNanos();
    while (!ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      poll(MOMENT);
    }
    return true;
  }

  /** Reads on for a time, and notes whether another announcement is in force now. */
  private void poll(Duration time) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
      if (record.key() != null && new String(record.key(), UTF_8).equals(CheckpointTopic.CURRENT)) {
        inForce = record.value();
        another = inForce != null;
        nextTry = Instant.MAX;
        refusal = "";
      }
    }
  }

  /** Whether what is being taken is not in force any more. */
  private boolean isOutdated() {
    try {
      poll(Duration.ZERO);
    } catch (KafkaException e) {
      LOG.debug("cannot read {}", topic.name(), e); // Said when nothing else is to be done.
    }
    return another;
  }

  private void follow(Duration patience) {
    try {
      try {
        begin(patience);
      } catch (RuntimeException | Error e) {
        LOG.error("cannot take up what is in force on {} for now", topic.name(), e);
      }
      begun.countDown();
      while (closing.getCount() > 0) {
        followFor();
      }
    } finally {
      begun.countDown();
      var unused = Thread.interrupted(); // That was to end the loop; what follows is to be done.
      reports.forget(instance);
      reports.close();
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private void followFor() {
    try {
      if (!another) {
        poll(MOMENT);
      }
      live.pollDismissal().ifPresent(this::reportDismissal);
      if (another || Instant.now().isAfter(nextTry)) {
        takeInForce();
      }
    } catch (KafkaException e) {
      if (closing.getCount() > 0) {
        LOG.warn("cannot read {}: {}", topic.name(), Why.of(e));
        pause();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("cannot follow {} further for now", topic.name(), e);
      pause();
    }
  }

  private void pause() {
    try {
      var unused = closing.await(MOMENT.toMillis() * 10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeInForce() {
    another = false;
    nextTry = Instant.MAX;
    String id = "";
    String location = "";
    try {
      CheckpointEvent announced = decode();
      id = announced.getCheckpointId();
      location = announced.getLocation();
      long start = System.nanoTime();
      if (live.take(announced, this::isOutdated)) {
        taken.incrementAndGet();
        LOG.info(
            "took checkpoint {} from {}, {} ms after its announcement was seen",
            id,
            location,
            Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
      reports.taken(instance, id, location);
    } catch (RefusedException e) {
      if (closing.getCount() > 0) {
        refused.incrementAndGet();
        if (!e.getMessage().equals(refusal)) {
          String then = e.mayPass() ? ", and it is tried again every minute" : "";
          LOG.warn(
              "refused checkpoint {}: {}; {} stays{}",
              id,
              e.getMessage(),
              live.checkpointId(),
              then);
          reports.refused(instance, id, location, e.getMessage());
        }
        if (!another) {
          refusal = e.getMessage();
          nextTry = e.mayPass() ? Instant.now().plus(untilNextTry) : Instant.MAX;
        }
      }
    }
  }

  private void reportDismissal(LiveModel.Dismissal dismissal) {
    refused.incrementAndGet();
    LOG.warn(
        "gave up checkpoint {}: {}; {} answers again",
        dismissal.checkpointId(),
        dismissal.reason(),
        live.checkpointId());
    reports.refused(instance, dismissal.checkpointId(), "", dismissal.reason());
  }

  private CheckpointEvent decode() {
    try {
      return serde.deserialize(topic.name(), inForce);
    } catch (UndecodableException e) {
      throw RefusedException.forGood("the announcement cannot be read: " + e.getMessage(), e);
    } catch (RegistryException e) {
      throw RefusedException.forNow("the announcement cannot be read: " + e.getMessage(), e);
    }
  }

  /** Checkpoints taken since the start. */
  public long taken() {
    return taken.get();
  }

  /** Refusals since the start. */
  public long refused() {
    return refused.get();
  }

  /**
   * Stops following; waits for a checkpoint that is being loaded. May be called again.
   *
   * @return whether its thread has ended
   */
  public boolean stop() {
    boolean first = closing.getCount() > 0;
    closing.countDown();
    if (thread == null) {
      return true;
    }
    if (first) {
      thread.interrupt();
    }
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
