package io.readlens.stream.kill;

import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.EmbeddedRegistry;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.core.ConditionFactory;

/**
 * Sends reads through an application that is killed and replaced at random points of its progress,
 * and reads what came out. The reads flow: the feed stays a little ahead of the application.
 *
 * <p>Threading: one thread.
 */
final class KillTrial implements AutoCloseable {
  private static final int PARTITIONS = 4;

  /** A second's work for {@link SlowModel}: the application is never idle when it is killed. */
  private static final int AHEAD = 2_000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Plan plan;
  private final Random random;
  private final String name;
  private final Path properties;
  private final EmbeddedRegistry embedded;
  private final Registry registry;
  private final Feed feed;
  private final Progress progress;
  private final Ledger ledger;
  private final List<Kill> kills = new ArrayList<>();
  private final Set<Long> dead = new HashSet<>();
  private int starts;
  private AppProcess running;

  /**
   * Creates topics of its own on the shared broker.
   *
   * @param directory keeps the applications' properties and logs
   */
  KillTrial(Plan plan, Path directory) throws IOException {
    this.plan = plan;
    random = new Random(plan.seed());
    name = plan.app().getSimpleName() + "-" + UUID.randomUUID();
    Topics topics =
        Topics.standard()
            .named(
                name + "-reads", name + "-explanations", name + "-dead-letters", name + "-ledger");
    String bootstrap = TestBroker.shared().bootstrapServers();
    for (Topic<?> topic : topics.all()) {
      TestBroker.shared().createTopic(topic.name(), PARTITIONS, topic.configs());
    }
    embedded =
        EmbeddedRegistry.start(bootstrap, EmbeddedRegistry.ANY_PORT, CompatibilityLevel.BACKWARD);
    registry = Registry.connect(Map.of("schema.registry.url", embedded.url()));
    feed = new Feed(bootstrap, topics.reads(), registry, plan.seed());
    progress = new Progress(bootstrap, name, topics, PARTITIONS);
    ledger = new Ledger(bootstrap, topics, registry);
    properties = Files.createDirectories(directory).resolve(name + ".properties");
    write(bootstrap, topics);
  }

  private void write(String bootstrap, Topics topics) throws IOException {
    Properties settings = new Properties();
    settings.put("application.id", name);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("schema.registry.url", embedded.url());
    settings.put("topic.reads", topics.reads().name());
    settings.put("topic.explanations", topics.explanations().name());
    settings.put("topic.dead-letters", topics.deadLetters().name());
    settings.put("topic.ledger", topics.ledger().name());
    try (Writer writer = Files.newBufferedWriter(properties)) {
      settings.store(writer, null);
    }
  }

  /** Does all of it once. */
  Report run() {
    long start = System.nanoTime();
    startApp();
    for (int number = 0; number < plan.kills(); number++) {
      long point = pointOf(number);
      awaitWhileReadsFlow(now -> now.consumed() >= point && openOfTheLiving() > 0);
      kill();
    }
    awaitWhileReadsFlow(now -> now.consumed() == plan.reads());
    awaitQuiet();
    running.end();
    awaiting().until(() -> look().isSettled());
    List<Outcome> committed = ledger.read(IsolationLevel.READ_COMMITTED);
    List<Outcome> written = ledger.read(IsolationLevel.READ_UNCOMMITTED);
    return new Report(
        plan,
        List.copyOf(kills),
        committed.size(),
        written.size() - committed.size(),
        Verdict.of(feed.sent(), committed),
        Verdict.of(feed.sent(), written),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** After so many reads: somewhere in the middle three fifths of the kill's share of them. */
  private long pointOf(int number) {
    double share = (double) plan.reads() / (plan.kills() + 1);
    return Math.round(share * (number + 0.2 + 0.6 * random.nextDouble()));
  }

  private void startApp() {
    starts++;
    Path log = properties.resolveSibling(name + "-" + starts + ".log");
    running = AppProcess.start(plan.app(), properties, log);
  }

  /** The successor is started at once, as a supervisor would. */
  private void kill() {
    running.kill();
    Instant killed = Instant.now();
    long open = openOfTheLiving();
    dead.addAll(progress.producers().keySet());
    kills.add(new Kill(killed, open, progress.look()));
    startApp();
  }

  /** How many records the running application has written in transactions that are open. */
  private long openOfTheLiving() {
    return progress.producers().entrySet().stream()
        .filter(producer -> !dead.contains(producer.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void awaitWhileReadsFlow(Predicate<Progress.Snapshot> condition) {
    awaiting()
        .until(
            () -> {
              running.requireAlive();
              Progress.Snapshot now = look();
              feed.sendUpTo((int) Math.min(plan.reads(), now.consumed() + AHEAD));
              return condition.test(now);
            });
  }

  private Progress.Snapshot look() {
    Progress.Snapshot now = progress.look();
    kills.forEach(kill -> kill.look(Instant.now(), now));
    return now;
  }

  /** What a buffer still holds when all offsets are committed shall not count as lost. */
  private void awaitQuiet() {
    AtomicReference<Progress.Snapshot> last = new AtomicReference<>();
    awaiting()
        .during(QUIET)
        .until(
            () -> {
              Progress.Snapshot now = look();
              Progress.Snapshot before = last.getAndSet(now);
              return before != null && now.written().equals(before.written());
            });
  }

  private static ConditionFactory awaiting() {
    return await().pollInSameThread().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE);
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
    progress.close();
    feed.close();
    registry.close();
    embedded.close();
  }
}
