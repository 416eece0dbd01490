package io.readlens.stream.topology;

import io.readlens.model.Canary;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.process.Why;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.schemas.Registry;
import io.readlens.stream.checkpoints.CheckpointFollower;
import io.readlens.stream.checkpoints.LiveModel;
import io.readlens.stream.checkpoints.ServedModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Fit;
import io.readlens.stream.ledger.Ledger;
import io.readlens.stream.ledger.ReadsLog;
import io.readlens.stream.ledger.StoredLedger;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.topology.Outcome.TooShort;
import io.readlens.stream.waiting.Patience;
import io.readlens.stream.worker.Counters;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream application: a topology, a device and the connections between them, from start to
 * close.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class ExplainApp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExplainApp.class);

  /** What no member of the group shows is looked at now and then: it may be of many groups. */
  private static final int RARELY = 12;

  /** Whoever only goes silent is missed, and its partitions stand still, for a session timeout. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** How long brokers may take to commit what is begun when the application is closed. */
  private static final Duration COMMITTING = Duration.ofSeconds(12);

  /** How long threads may take to end once they wait for no transaction any more. */
  private static final Duration LEAVING = Duration.ofSeconds(8);

  /** Brokers look every ten seconds, unless told otherwise, for transactions that timed out. */
  private static final Duration LEDGER_SLACK = Duration.ofSeconds(30);

  /**
   * No machine pauses a hundred and fifty times as long as a batch is fitted to take. The longest
   * call may be of a long read, and the device many times slower than on a quiet machine.
   */
  private static final Duration STUCK = Duration.ofSeconds(30);

  static final double SLOWDOWN = 10;

  /** Windows in one batch at most: so many are asked again one by one if one of them fails. */
  static final int BATCH_WINDOWS = 256;

  /**
   * What the application has done since its start.
   *
   * @param state as Kafka Streams has it
   * @param lookedAhead reads whose answer had been asked for before their turn
   * @param missed reads that the device was asked about only in their turn
   * @param queued windows of reads that wait for the device
   * @param device what the device has done
   * @param checkpointId digest of the checkpoint that answers the reads that come now
   * @param checkpointsTaken checkpoints that were announced and taken up
   * @param checkpointsRefused announcements that were refused, tries of one counted each
   */
  public record Status(
      KafkaStreams.State state,
      long lookedAhead,
      long missed,
      int queued,
      Counters device,
      String checkpointId,
      long checkpointsTaken,
      long checkpointsRefused) {}

  private final Fit fit;
  private final AppConfig config;
  private final Duration patience;
  private final Registry registry;
  private final DeviceWorker<?> worker;
  private final LiveModel<?> live;
  private final Optional<CheckpointFollower> follower;
  private final ReadIntake intake;
  private final ReadsLog readsLog;
  private final GroupMembers members;
  private final Ledger ledger;
  private final Topology topology;
  private final KafkaStreams streams;
  private final UncaughtErrors errors = new UncaughtErrors();
  private final TopicWatch topicWatch;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Set<String> saidOfCleanup = new HashSet<>();
  private boolean saidOfThresholds;
  private final Object streamsClose = new Object();
  private boolean streamsClosed;

  /** Whether threads may fail because their transactions were given up. */
  private volatile boolean abandoned;

  /**
   * Builds an application that has one model; nothing is asked of Kafka, the registry or the model
   * yet. The model is the caller's, to be freed once {@link #stop} has returned true.
   *
   * @param speed the device's with this model: what nobody has configured is fitted to it
   * @param checkpointId digest of the model's checkpoint
   * @param patience how long brokers and registry may take to answer at the start
   * @throws StartException if Kafka's clients refuse the configuration
   */
  public ExplainApp(
      AppConfig config,
      DeviceModel<?> model,
      DeviceSpeed speed,
      String checkpointId,
      Duration patience) {
    this(config, ServedModel.forGood(checkpointId, model), speed, Optional.empty(), patience);
  }

  /**
   * Builds an application that begins with a model, and takes up the checkpoints that are announced
   * if it is configured to; nothing is asked of Kafka, the registry or the model yet. Models are
   * freed when they are needed no more, the last by {@link #stop}.
   *
   * @param own the model to begin with, where no other is in force
   * @param speed the device's with this model: what nobody has configured is fitted to it
   * @param load puts a checkpoint's model on the device
   * @param patience how long brokers and registry may take to answer at the start
   * @throws StartException if Kafka's clients refuse the configuration
   */
  public <A> ExplainApp(
      AppConfig config,
      ServedModel<A> own,
      DeviceSpeed speed,
      Function<Checkpoint, ServedModel<A>> load,
      Duration patience) {
    this(config, own, speed, Optional.of(load), patience);
  }

  private <A> ExplainApp(
      AppConfig config,
      ServedModel<A> own,
      DeviceSpeed speed,
      Optional<Function<Checkpoint, ServedModel<A>>> load,
      Duration patience) {
    fit = fit(config, own.model(), speed);
    this.config = config.fittedTo(fit);
    this.patience = patience;
    LOG.info("{}: polls of {} reads", speed, this.config.maxPollRecords());
    Clock clock = Clock.systemUTC();
    registry = Registry.connect(config.registry());
    DeviceWorker<A> started =
        DeviceWorker.start(policy(config, own.model(), speed), own.model(), Canary.READ);
    worker = started;
    live =
        LiveModel.of(
            started,
            own,
            speed,
            config.checkpointsFrom(),
            load.orElse(checkpoint -> own),
            this::policyOfAnother,
            Canary.READ);
    follower =
        load.isPresent() && !config.checkpointsFrom().isNowhere()
            ? Optional.of(new CheckpointFollower(config, registry, live))
            : Optional.empty();
    AvroMapping mapping =
        new AvroMapping(
            config.topics().reads().serde(registry),
            new ExplanationRules(
                config.filter(),
                config.minReadLength(),
                config.maxReadLength(),
                config.alternatives(),
                config.includeSequence(),
                config.includeMask(),
                live::checkpointId,
                config.maxRequestBytes()),
            clock);
    intake =
        new ReadIntake(
            config.topics().reads().name(), mapping, worker, config.maxPollInterval().dividedBy(2));
    StoredLedger stored =
        new StoredLedger(
            config.adminProperties(),
            config.topics().ledger(),
            registry,
            this.config.transactionTimeout().plus(LEDGER_SLACK));
    readsLog =
        new ReadsLog(config.adminProperties(), config.topics().reads().name(), application(config));
    ledger =
        new Ledger(
            config.topics().ledger(), registry, stored, readsLog, config.stopsAtExpired(), clock);
    topology = ExplainTopology.of(config.topics(), intake, ledger, registry, clock);
    members = new GroupMembers(application(config), config.topics(), config.thresholds());
    topicWatch = new TopicWatch(config.topics());
    streams = streams();
    streams.setUncaughtExceptionHandler(
        error -> {
          if (abandoned) {
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          }
          StreamThreadExceptionResponse response = errors.handle(error);
          if (response == StreamThreadExceptionResponse.SHUTDOWN_CLIENT) {
            leave();
          }
          return response;
        });
    streams.setStateListener(
        (state, before) -> {
          if (!state.isRunningOrRebalancing()) {
            intake.stopWaiting();
            closing.countDown();
          }
          if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
            ended.countDown();
          }
        });
  }

  /** What an application's settings are fitted to on a device. */
  public static Fit fit(AppConfig config, DeviceModel<?> model, DeviceSpeed speed) {
    // A read that is put to the test costs no more than as many others as it has further passes;
    // most reads may be spared that, the longest may not.
    double share = config.faithfulness().share();
    double mean = 1 + share * ExplainedClassifier.TEST_PASSES;
    double most = share > 0 ? 1 + ExplainedClassifier.TEST_PASSES : 1;
    long longest = longestRead(model, config.maxReadLength());
    return new Fit(speed.tokensPerSecond() / mean, Math.round(longest * most / mean));
  }

  /** How the device worker of such an application queues and batches. */
  public static DeviceWorker.Policy policy(
      AppConfig config, DeviceModel<?> model, DeviceSpeed speed) {
    Fit fit = fit(config, model, speed);
    double ofOneThread = fit.tokensPerSecond() / speed.threads();
    double longestCall = Math.max(speed.batchTokens(), fit.longestRead()) / ofOneThread;
    return DeviceWorker.Policy.following(
        new DeviceSpeed(speed.threads(), speed.batchTokens(), fit.tokensPerSecond()),
        config.batchMaxTokens().orElse(DeviceSpeed.MOST_BATCH_TOKENS),
        BATCH_WINDOWS,
        config.batchLinger(),
        STUCK.plusMillis(Math.round(SLOWDOWN * longestCall * 1e3)));
  }

  /** The same for a model that takes over while the application runs. */
  private DeviceWorker.Policy policyOfAnother(DeviceModel<?> model, DeviceSpeed speed) {
    fit(config, model, speed).requireEnoughFor(config, fit);
    return policy(config, model, speed);
  }

  /** Tokens of a read of so many bases, counted once for each window, with its {@code <cls>}. */
  private static long longestRead(DeviceModel<?> model, int bases) {
    TokenizedRead read = Tokenizer.tokenize(Read.of("longest", "A".repeat(bases)));
    return model.windows().apply(read).stream().mapToLong(window -> window.places() + 1L).sum();
  }

  /**
   * Begins to close before Kafka Streams does because of an error, for it would not leave the
   * group. By another thread: the caller is one that closing waits for.
   */
  private void leave() {
    inTheBackground(
        "readlens-leave",
        () -> {
          try {
            closeStreams();
          } finally {
            closing.countDown();
            ended.countDown();
          }
        });
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Leaves the group after the records at hand. Threads that brokers, or topics that are gone, keep
   * waiting are made to go on without their transactions: their records are read again.
   */
  private void closeStreams() {
    synchronized (streamsClose) {
      if (streamsClosed) {
        return;
      }
      streamsClosed = true;
      if (!streams.close(leavingIn(COMMITTING))) {
        abandoned = true;
        LOG.warn(
            "what is begun cannot be committed within {} s; it is given up, and read again at the next start",
            COMMITTING.toSeconds());
        ledger.abandonTransactions();
        readsLog.close();
        streams.close(leavingIn(LEAVING));
      }
    }
  }

  private static CloseOptions leavingIn(Duration atMost) {
    return CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
        .withTimeout(atMost);
  }

  private static void inTheBackground(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Looks at the group again and again: of instances that start together, none saw the other
   * before, and one that is given partitions which it does not read may never come to run.
   */
  private void watchGroup() {
    try (Admin admin = Admin.create(new HashMap<>(config.adminProperties()))) {
      for (int look = 0; !closing.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS); look++) {
        Optional<String> fault = groupFault(admin).or(() -> topicsFault(admin));
        if (look % RARELY == 0 && fault.isEmpty()) {
          fault = rivalsFault(admin);
          warnOfCleanup(admin);
          warnOfThresholds(admin);
        }
        if (fault.isPresent()) {
          errors.stop(new StartException(fault.get(), null));
          leave();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What cannot be seen now may be seen at the next look. */
  private Optional<String> groupFault(Admin admin) {
    try {
      return members.fault(admin);
    } catch (KafkaException e) {
      LOG.debug("cannot look at the other members of the group: {}", Why.of(e));
      return Optional.empty();
    }
  }

  private Optional<String> topicsFault(Admin admin) {
    try {
      return topicWatch.look(admin);
    } catch (KafkaException e) {
      LOG.debug("cannot look at the topics: {}", Why.of(e));
      return Optional.empty();
    }
  }

  /** Of two applications that started together one stops, and it is for both the same one. */
  private Optional<String> rivalsFault(Admin admin) {
    try {
      return members
          .rival(admin)
          .filter(rival -> rival.application().compareTo(application(config)) < 0)
          .map(GroupMembers.Rival::fault);
    } catch (KafkaException e) {
      LOG.debug("cannot look at other groups: {}", Why.of(e));
      return Optional.empty();
    }
  }

  /** Says once what brokers begin to lose because somebody has altered a topic. */
  private void warnOfCleanup(Admin admin) {
    try {
      Preflight.cleanupFaults(admin, config.topics())
          .forEach(
              (topic, fault) -> {
                if (saidOfCleanup.add(topic.name())) {
                  LOG.warn(
                      "topic {}{}: its cleanup.policy was altered while it was in use; set it back to {} with Kafka's own tools",
                      topic.name(),
                      fault,
                      topic.configs().get("cleanup.policy"));
                }
              });
    } catch (KafkaException e) {
      LOG.debug("cannot look at the topics' configuration: {}", Why.of(e));
    }
  }

  /** Says once that reads are not all called by the same rule. */
  private void warnOfThresholds(Admin admin) {
    try {
      Optional<String> other = members.otherThresholds(admin);
      if (other.isPresent() && !saidOfThresholds) {
        saidOfThresholds = true;
        LOG.warn("{}", other.get());
      }
    } catch (KafkaException e) {
      LOG.debug("cannot look at the other members of the group: {}", Why.of(e));
    }
  }

  private static String application(AppConfig config) {
    return config.kafka().get(StreamsConfig.APPLICATION_ID_CONFIG);
  }

  private KafkaStreams streams() {
    try {
      return new KafkaStreams(topology, streamsProperties(config, intake), ledger.clients());
    } catch (KafkaException e) {
      worker.close();
      registry.close();
      throw new StartException("Kafka refuses this configuration: " + Why.of(e), e);
    }
  }

  static Properties streamsProperties(AppConfig config, ReadIntake intake) {
    Properties properties = new Properties();
    properties.put(
        StreamsConfig.CLIENT_ID_CONFIG,
        new GroupMembers(application(config), config.topics(), config.thresholds()).newClientId());
    properties.putAll(config.kafka());
    String interceptors = "interceptor.classes";
    String users =
        Stream.of(StreamsConfig.MAIN_CONSUMER_PREFIX, StreamsConfig.CONSUMER_PREFIX, "")
            .map(prefix -> config.kafka().get(prefix + interceptors))
            .filter(value -> value != null && !value.isBlank())
            .findFirst()
            .orElse("");
    properties.put(
        StreamsConfig.mainConsumerPrefix(interceptors),
        Stream.of(users, LookAhead.class.getName())
            .filter(value -> !value.isEmpty())
            .collect(Collectors.joining(",")));
    properties.put(StreamsConfig.mainConsumerPrefix(LookAhead.INTAKE), intake);
    return properties;
  }

  /**
   * Asks the model, Kafka and the registry for a sign of life, then joins the group.
   *
   * @throws StartException if one of them gives none, or a topic is missing
   */
  public void start() {
    Preflight preflight = new Preflight(patience, ended);
    askCanary();
    preflight.requireTopics(config.adminProperties(), config.topics(), follower.isPresent());
    preflight.requireRegistry(this::writeToNowhere);
    preflight.requireGroup(config.adminProperties(), members);
    preflight.requireOffsets(ledger, application(config));
    try {
      follower.ifPresent(each -> each.start(new Patience(patience)));
    } catch (KafkaException e) {
      throw new StartException(
          "cannot follow " + config.topics().checkpoints().name() + ": " + Why.of(e), e);
    }
    streams.start();
    inTheBackground("readlens-group", this::watchGroup);
  }

  private void askCanary() {
    try {
      var answer = worker.submit(Canary.READ);
      worker.hint();
      answer.get();
      worker.model().proof().accept(Canary.READ);
    } catch (ExecutionException e) {
      throw new StartException("the model does not work: " + Why.of(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    } catch (RuntimeException e) {
      throw new StartException("the model does not work: " + Why.of(e), e);
    }
  }

  /** Serializes one record for each topic that is written, so that the registry must answer. */
  private void writeToNowhere() {
    IncomingRead read =
        new IncomingRead(
            Canary.READ,
            "",
            "",
            "",
            Claims.of(Optional.empty(), 0, OptionalInt.empty(), Instant.now()),
            Optional.empty(),
            Optional.empty());
    Received record =
        new Received(null, null, new TopicPartition(config.topics().reads().name(), 0), 0, 0);
    AvroMapping mapping = intake.mapping();
    var explanations = config.topics().explanations();
    explanations
        .serde(registry)
        .serialize(explanations.name(), mapping.explanation(new TooShort(read)));
    var deadLetters = config.topics().deadLetters();
    deadLetters
        .serde(registry)
        .serialize(
            deadLetters.name(),
            mapping.deadLetter(new Rejected(record, "", Reason.UNREADABLE_RECORD, "")));
    ledger.askRegistry();
    follower.ifPresent(CheckpointFollower::askRegistry);
  }

  /**
   * Waits until the application has stopped, by itself or by {@link #close}.
   *
   * @return the first error that stopped it; empty if it was closed
   */
  public Optional<Throwable> awaitEnd() throws InterruptedException {
    ended.await();
    return errors.fatal();
  }

  /** The first error that stopped the application, if one has. */
  public Optional<Throwable> failure() {
    return errors.fatal();
  }

  /** The nodes and topics, as Kafka prints them. */
  public String describe() {
    return topology.describe().toString();
  }

  public Status status() {
    return new Status(
        streams.state(),
        intake.hits(),
        intake.misses(),
        worker.queued(),
        worker.counters(),
        live.checkpointId(),
        follower.map(CheckpointFollower::taken).orElse(0L),
        follower.map(CheckpointFollower::refused).orElse(0L));
  }

  /**
   * Leaves the group after the records at hand, then stops the device. May be called again. What
   * brokers do not take is not waited for for long.
   *
   * @return whether no thread is in the model any more, so that it may be freed
   */
  public boolean stop() {
    closeStreams();
    ended.countDown();
    boolean quiet = follower.map(CheckpointFollower::stop).orElse(true);
    boolean free = worker.abandon() && quiet;
    if (free) {
      free = live.free();
    }
    readsLog.close();
    registry.close();
    return free;
  }

  @Override
  public void close() {
    stop();
  }
}
