package io.readlens.stream.chaos;

import io.readlens.schemas.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Sends reads through an application while a plan's faults strike it, its broker, its registry and
 * its device, and reads what came out.
 *
 * <p>Reads always flow: some each second, whatever happens, as from an instrument; and a burst
 * before each fault, which strikes in the middle of it. The next fault waits until the last one is
 * got over.
 *
 * <p>Threading: one thread.
 */
final class Trial implements AutoCloseable {
  private static final String GROUP = "readlens";
  private static final int THREADS_PER_INSTANCE = 2;

  private static final int READS_PER_SECOND = 60;

  /** Reads that may wait for the application. */
  private static final int AHEAD = 4_000;

  private static final Duration DEVICE_FAILS_FOR = Duration.ofSeconds(4);
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final Plan plan;
  private final Path directory;
  private final Random random;
  private final Site site;
  private final Registry registry;
  private final Feed feed;
  private final Progress progress;
  private final Watch watch;
  private final LedgerAudit audit;
  private final Fleet fleet;
  private final BadCheckpoints checkpoints;
  private final Deletions deletions = new Deletions();
  private final List<Recovery> recoveries = new ArrayList<>();
  private final List<String> surprises = new ArrayList<>();
  private final long start = System.nanoTime();
  private int bursts;
  private int accounted;

  /** The moment in which the next fault may strike. */
  private Progress.Snapshot inWork;

  /**
   * Starts a broker and a registry.
   *
   * @param directory does not exist yet; keeps everything that is written
   */
  Trial(Plan plan, Path directory) throws IOException {
    this.plan = plan;
    this.directory = directory;
    random = new Random(plan.seed());
    boolean fills = plan.strikes().stream().anyMatch(each -> each.fault() == Fault.FILL_DISK);
    site = new Site(Files.createDirectories(directory), fills);
    Path properties = directory.resolve("readlens.properties");
    site.write(properties);
    registry = Registry.connect(Map.of("schema.registry.url", site.registryUrl()));
    feed = new Feed(site.client(), site.topics().reads(), registry, plan.seed());
    progress = new Progress(site.client(), GROUP, site.topics());
    watch = new Watch(site.client(), site.topics().explanations().name());
    audit = new LedgerAudit(site.client(), site.topics().ledger(), registry);
    fleet = new Fleet(plan.app(), properties);
    checkpoints = new BadCheckpoints(Product.configuration(properties), registry, directory);
  }

  /**
   * Does all of it once.
   *
   * @throws IllegalStateException if the system does not get over a fault; says which, and where
   *     everybody's logs are
   */
  Report run() {
    try {
      sendAllThroughFaults();
    } catch (Impasse.Reached e) {
      throw new IllegalStateException(
          "%s; faults so far %s, ends so far %s; see %s"
              .formatted(
                  e.getMessage(),
                  recoveries.stream().map(Recovery::fault).toList(),
                  fleet.endings(),
                  directory.toAbsolutePath()),
          e);
    }
    return report();
  }

  private void sendAllThroughFaults() {
    fleet.add();
    awaitSettled();
    for (Plan.Strike strike : plan.strikes()) {
      strike(strike);
      awaitWhole();
      awaitOver();
      if (strike.fault() == Fault.KILL_ONE_OF_TWO) {
        fleet.add();
      }
      awaitSettled();
      account();
    }
    feed.sendUpTo(plan.reads());
    await("all reads to be done", now -> now.consumed() == feed.size(), false);
    awaitQuiet();
    end();
  }

  /** What has ended since the fault before, the last one must explain. */
  private void account() {
    List<Instance.Ending> ended = newEndings();
    last().ended(ended);
    if (!last().fault().explains(ended)) {
      surprises.add(recoveries.size() + ": " + last().fault() + " ended " + ended);
    }
  }

  private List<Instance.Ending> newEndings() {
    List<Instance.Ending> all = fleet.endings();
    List<Instance.Ending> ended = all.subList(accounted, all.size());
    accounted = all.size();
    return ended;
  }

  private void end() {
    newEndings().forEach(ending -> surprises.add("no fault, and an end: " + ending));
    fleet.end();
    await("the last transactions to end", Progress.Snapshot::isSettled, false);
    newEndings().stream()
        .filter(ending -> ending.exitCode() != Fault.TERMINATED)
        .forEach(ending -> surprises.add("SIGTERM at the end: " + ending));
  }

  private Report report() {
    OutcomeTopics topics = new OutcomeTopics(site.bootstrapServers(), site.topics(), registry);
    List<Outcome> committed = topics.read(IsolationLevel.READ_COMMITTED);
    List<Outcome> written = topics.read(IsolationLevel.READ_UNCOMMITTED);
    Set<Outcome> aborted = new HashSet<>(written);
    committed.forEach(aborted::remove);
    List<SentRead> sent = feed.sent();
    Deletions.Unread unread = deletions.unread(sent, committed);
    requireSaid(unread.expired(), "were deleted before they were read");
    requireSaid(unread.withTopic(), "was created anew");
    return new Report(
        plan,
        List.copyOf(recoveries),
        List.copyOf(surprises),
        sent.size(),
        unread,
        committed.size(),
        aborted,
        Verdict.of(unread.rest(sent), committed),
        Verdict.of(sent, written),
        audit.faults(unread.rest(sent), unread.expired()),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** What could not be read is nothing to keep quiet about. */
  private void requireSaid(List<SentRead> unread, String words) {
    if (!unread.isEmpty() && !fleet.anySaid(words)) {
      surprises.add(
          "%d reads deleted, and nobody says that reads %s".formatted(unread.size(), words));
    }
  }

  private void strike(Plan.Strike strike) {
    bursts += strike.burst();
    long point = progress.look().consumed() + strike.after();
    inWork =
        awaitWhileReadsFlow(
            "a burst to be in work", now -> now.consumed() >= point && !now.isSettled());
    Instance victim = fleet.any(random);
    switch (strike.fault()) {
      case KILL_LONE -> hit(strike, victim::kill);
      case KILL_ONE_OF_TWO -> {
        fleet.dismiss(victim);
        hit(strike, victim::kill);
      }
      case KILL_BROKER -> {
        hit(
            strike,
            () -> {
              site.killBroker();
              LockSupport.parkNanos(strike.outage().toNanos()); // Nobody could be asked meanwhile.
              site.restartBroker();
            });
        lift();
      }
      case TERMINATE -> hit(strike, victim::terminate);
      case ADD -> {
        int alone = fleet.size();
        fleet.add();
        awaitWhileReadsFlow("the newcomer to join", now -> !isStableWith(alone));
        hit(strike, () -> {});
      }
      case REMOVE -> {
        fleet.dismiss(victim);
        hit(strike, victim::terminate);
      }
      case REGISTRY_DOWN -> {
        feed.changeSchema(site.registryUrl());
        hit(strike, site::closeRegistry);
        awaitAge(strike.outage());
        site.reopenRegistry();
        lift();
      }
      case DEVICE_FAILS -> {
        hit(strike, () -> victim.harm(FaultyDevice.State.FAILING));
        awaitAge(DEVICE_FAILS_FOR);
        victim.heal();
        lift();
      }
      case DEVICE_HANGS -> {
        hit(strike, () -> victim.harm(FaultyDevice.State.HANGING));
        awaitEndings();
        victim.heal();
        lift();
      }
      case STOP_INSTANCE -> {
        hit(strike, victim::stop);
        awaitAge(strike.outage());
        victim.go();
        lift();
      }
      case STOP_BROKER -> {
        hit(
            strike,
            () -> {
              site.stopBroker();
              LockSupport.parkNanos(strike.outage().toNanos()); // Nobody could be asked meanwhile.
              site.continueBroker();
            });
        lift();
      }
      case RAISE_PARTITIONS -> {
        AtomicInteger partitions = new AtomicInteger();
        hit(strike, () -> partitions.set(site.raisePartitions()));
        audit.widen();
        awaitWhileReadsFlow(
            "the new partition to be read", now -> now.partitions() >= partitions.get());
        lift();
      }
      case RECREATE_READS -> {
        hit(
            strike,
            () -> {
              feed.beginAnew();
              site.recreateReads(strike.outage());
              progress.beginAnew(feed.size());
              deletions.anew();
            });
        lift();
      }
      case EXPIRE_READS -> {
        hit(strike, () -> deletions.expired(site.deleteReads()));
        long deleted = feed.size();
        awaitWhileReadsFlow(
            "all that was deleted to be left behind", now -> now.consumed() >= deleted);
        lift();
      }
      case FILL_DISK -> {
        hit(
            strike,
            () -> {
              site.fillDisk();
              Impasse.await("the broker to meet a full disk", () -> !site.isBrokerWell());
              LockSupport.parkNanos(strike.outage().toNanos());
              site.killBroker();
              site.makeRoom();
              site.restartBroker();
            });
        lift();
      }
      case BAD_CHECKPOINT -> {
        hit(strike, () -> {});
        String id = checkpoints.publish();
        awaitWhileReadsFlow(
            "every instance to refuse a checkpoint",
            now -> fleet.allSaid("refused checkpoint " + id));
        lift();
      }
    }
  }

  private void hit(Plan.Strike strike, Runnable blow) {
    int ended = fleet.endings().size();
    Map<TopicPartition, Long> reached = watch.reached();
    Instant struck = Instant.now();
    blow.run();
    recoveries.add(new Recovery(strike.fault(), ended, struck, inWork, progress.look(), reached));
  }

  private Recovery last() {
    return recoveries.get(recoveries.size() - 1);
  }

  private void lift() {
    last().lifted(Instant.now());
  }

  private void awaitAge(Duration age) {
    awaitWhileReadsFlow("an outage to last", now -> last().age(Instant.now()).compareTo(age) >= 0);
  }

  private void awaitEndings() {
    int ended = last().endedBefore() + last().fault().leastEndings();
    awaitWhileReadsFlow("a process to end", now -> fleet.endings().size() >= ended);
  }

  private void awaitWhole() {
    awaitEndings();
    awaitSettled();
    last().whole(progress.look());
  }

  private void awaitOver() {
    awaitWhileReadsFlow("new records in every partition", now -> last().isOver());
  }

  /** Each instance is in the group, and the group at peace. */
  private void awaitSettled() {
    awaitWhileReadsFlow("the group to settle", now -> isStableWith(fleet.size()));
  }

  private boolean isStableWith(int instances) {
    return progress.isStable(THREADS_PER_INSTANCE * instances);
  }

  private Progress.Snapshot awaitWhileReadsFlow(
      String what, Predicate<Progress.Snapshot> condition) {
    return await(what, condition, true);
  }

  /** Returns the moment at which a condition was met. */
  private Progress.Snapshot await(
      String what, Predicate<Progress.Snapshot> condition, boolean readsFlow) {
    Impasse impasse = new Impasse(what);
    while (true) {
      Progress.Snapshot now = look();
      if (condition.test(now)) {
        return now;
      }
      if (readsFlow) {
        long due = bursts + READS_PER_SECOND * (System.nanoTime() - start) / 1_000_000_000;
        feed.sendUpTo((int) Math.min(due, now.consumed() + AHEAD));
      }
      impasse.look(now, fleet.endings().size());
      LockSupport.parkNanos(MOMENT.toNanos());
    }
  }

  private Progress.Snapshot look() {
    Progress.Snapshot now = progress.look();
    audit.look();
    recoveries.forEach(recovery -> recovery.look(Instant.now(), now, watch.reached()));
    return now;
  }

  /** What a buffer still holds when all offsets are committed shall not count as lost. */
  private void awaitQuiet() {
    AtomicReference<Progress.Snapshot> last = new AtomicReference<>(look());
    AtomicLong since = new AtomicLong(System.nanoTime());
    await(
        "silence",
        now -> {
          if (!last.getAndSet(now).written().equals(now.written())) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > QUIET.toNanos();
        },
        false);
  }

  @Override
  public void close() {
    fleet.close();
    watch.close();
    audit.close();
    progress.close();
    feed.close();
    registry.close();
    site.close();
  }
}
