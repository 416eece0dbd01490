package io.readlens.stream.checkpoints;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.process.Why;
import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.waiting.Patience;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
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
  private static final Duration CLOSING = Duration.ofSeconds(10);
  private static final int ID_LENGTH = 64;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{" + ID_LENGTH + "}");

  /** Characters of the longest location: no path of a file system is longer. */
  private static final int MOST_LOCATION = 4096;

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
  private CheckpointRecords records;
  private CheckpointTopic reports;
  private boolean another;
  private Instant nextTry = Instant.MAX;

  /** Why the checkpoint in force was refused the last time; empty if it was not. */
  private String refusal = "";

  /** What the start waits for. */
  private volatile String waitedFor;

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
    this.waitedFor = topic.name();
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
   * @param patience how long that may take; if it takes longer, the instance begins with its own
   *     checkpoint, and changes over when the other has come
   * @throws KafkaException if the topic cannot be read
   */
  public void start(Patience patience) {
    reports = CheckpointTopic.connect(config, registry);
    records = CheckpointRecords.connect(config);
    thread = new Thread(() -> follow(patience.limit()), "readlens-checkpoints");
    thread.setDaemon(true);
    thread.start();
    boolean inTime = patience.waitFor(() -> waitedFor, () -> awaitBegun(patience.limit()));
    if (!inTime) {
      LOG.warn(
          "{} was not there in {} s: beginning with {}, until it is",
          waitedFor,
          patience.limit().toSeconds(),
          live.checkpointId());
    }
  }

  private boolean awaitBegun(Duration patience) {
    try {
      return begun.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void begin(Duration patience) {
    try {
      if (!records.catchUp(patience)) {
        LOG.warn("{} was not read in {} s", topic.name(), patience.toSeconds());
      }
    } catch (KafkaException e) {
      LOG.warn("cannot read {} yet: {}", topic.name(), Why.of(e));
    }
    if (records.of(CheckpointTopic.CURRENT).isPresent()) {
      takeInForce();
    } else {
      reports.taken(instance, live, live.checkpointId(), "");
    }
  }

  /** Reads on for a time, and notes whether another announcement is in force now. */
  private void poll(Duration time) {
    if (records.poll(time)) {
      another = records.of(CheckpointTopic.CURRENT).isPresent();
      nextTry = Instant.MAX;
      refusal = "";
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
      records.close();
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
      CheckpointEvent announced = decode(records.of(CheckpointTopic.CURRENT).orElseThrow());
      requireSound(announced);
      id = announced.getCheckpointId();
      location = announced.getLocation();
      waitedFor = "checkpoint %s from %s".formatted(id, Legible.of(location));
      requireNotGivenUp(announced);
      long start = System.nanoTime();
      if (live.take(announced, this::isOutdated)) {
        taken.incrementAndGet();
        LOG.info(
            "took checkpoint {} from {}, {} ms after its announcement was seen",
            id,
            location,
            Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
      reports.taken(instance, live, id, location);
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
          reports.refused(instance, live, id, location, e.getMessage());
        }
        if (!another) {
          refusal = e.getMessage();
          nextTry = e.mayPass() ? Instant.now().plus(untilNextTry) : Instant.MAX;
        }
      }
    }
  }

  /** Refuses what cannot be repeated in a log and on the topic: anybody may have written it. */
  private static void requireSound(CheckpointEvent announced) {
    String id = announced.getCheckpointId();
    if (!ID.matcher(id).matches()) {
      throw RefusedException.forGood(
          "the announcement names no checkpoint, but '%s'".formatted(Legible.of(id, ID_LENGTH)));
    }
    int length = announced.getLocation().length();
    if (length > MOST_LOCATION) {
      throw RefusedException.forGood(
          "its location has %d characters, more than %d".formatted(length, MOST_LOCATION));
    }
  }

  /**
   * Refuses an announcement that an instance of this application has given up: a process that
   * starts anew must not end in the same way. One that comes after that, of the same checkpoint
   * too, is tried.
   */
  private void requireNotGivenUp(CheckpointEvent announced) {
    Optional<CheckpointEvent> last = records.of(reports.givenUpKey()).flatMap(this::decodeGivenUp);
    if (last.isPresent()
        && last.get().getCheckpointId().equals(announced.getCheckpointId())
        && announced.getTime().equals(last.get().getAnnouncedTime())) {
      throw RefusedException.forGood(
          "%s gave it up at %s: %s; publish it again to have it tried again"
              .formatted(last.get().getInstance(), last.get().getTime(), last.get().getReason()));
    }
  }

  private Optional<CheckpointEvent> decodeGivenUp(byte[] value) {
    try {
      return Optional.of(serde.deserialize(topic.name(), value));
    } catch (UndecodableException e) {
      return Optional.empty(); // Somebody else's, which says nothing.
    } catch (RegistryException e) {
      throw RefusedException.forNow(
          "cannot read whether it was given up before: " + e.getMessage(), e);
    }
  }

  private void reportDismissal(LiveModel.Dismissal dismissal) {
    refused.incrementAndGet();
    String id = dismissal.announced().getCheckpointId();
    LOG.warn(
        "gave up checkpoint {}: {}; {} answers again", id, dismissal.reason(), live.checkpointId());
    reports.gaveUp(instance, dismissal.announced(), dismissal.reason());
    reports.refused(instance, live, id, dismissal.announced().getLocation(), dismissal.reason());
  }

  private CheckpointEvent decode(byte[] announcement) {
    try {
      return serde.deserialize(topic.name(), announcement);
    } catch (UndecodableException e) {
      String reason = "the announcement cannot be read: " + e.getMessage();
      throw e.kind() == UndecodableException.Kind.UNKNOWN_SCHEMA
          ? RefusedException.forNow(reason, e) // A registry that lags behind will know it.
          : RefusedException.forGood(reason, e);
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
