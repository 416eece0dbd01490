package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.Mates;
import io.readlens.model.process.Why;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Views;
import io.readlens.schemas.Registry;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.BrokerEndedException;
import io.readlens.stream.embedded.DataDirectory;
import io.readlens.stream.embedded.EmbeddedBroker;
import io.readlens.stream.embedded.EmbeddedPlatform;
import io.readlens.stream.embedded.StartupException;
import io.readlens.stream.replay.Pace;
import io.readlens.stream.replay.Replay;
import io.readlens.stream.replay.Sent;
import io.readlens.stream.topics.Creation;
import io.readlens.stream.topics.KafkaTopics;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: everything on embedded defaults, before one's eyes. */
@Command(
    name = "demo",
    description = {
      "Start a broker and a registry, replay reads through the whole pipeline, and show it.",
      "Without --input the bundled reads: real sequence of all four superkingdoms."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);

  /** The broker is the demo's own, and its end is noticed: a busy machine may take its time. */
  private static final String PATIENCE_SECONDS = "600";

  private static final String APPLICATION = "readlens-demo";
  private static final Duration TICK = Duration.ofMillis(200);

  /** With no outcome for so long, it is said that there is none. */
  private static final Duration STALLED = Duration.ofMinutes(1);

  /** Enough for one of them to be worth looking at, at little cost. */
  private static final ReadSample TESTED = new ReadSample(0.05);

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Reads to replay: FASTQ or FASTA, plain or gz.")
  private List<Path> inputs = List.of();

  @Mixin private MateOptions mateOptions;

  @Option(names = "--exit-when-done", description = "End when every read has its outcome.")
  private boolean exitWhenDone;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the broker keeps its data; a temporary directory if not given.")
  private Path dataDirectory;

  @Mixin private ModelOption checkpoint;

  @Override
  public Integer call() throws Exception {
    Inputs.requireReadable(inputs);
    Mates mates = mateOptions.of(inputs);
    boolean temporary = dataDirectory == null;
    try (StopSignal stop = StopSignal.listen();
        DemoScreen screen = DemoScreen.open()) {
      Path directory = temporary ? Files.createTempDirectory("readlens-demo") : dataDirectory;
      Optional<Path> kept = Optional.empty();
      try {
        DataDirectory.prepare(directory);
        DemoReads reads =
            inputs.isEmpty() ? DemoReads.bundled(directory) : DemoReads.ofFiles(inputs, mates);
        run(screen, directory, reads, stop);
      } catch (StartupException | BrokerEndedException e) {
        kept = Optional.of(directory.resolve(EmbeddedBroker.LOG)); // The message names it.
        throw e;
      } finally {
        if (temporary) {
          delete(directory, kept);
        }
      }
    }
    return 0;
  }

  private void run(DemoScreen screen, Path directory, DemoReads reads, StopSignal stop) {
    screen.say("starting a Kafka broker and a schema registry in " + directory);
    CompletableFuture<ExplainedClassifier> loading =
        CompletableFuture.supplyAsync(() -> load(checkpoint.checkpoint()));
    try (EmbeddedPlatform platform =
        EmbeddedPlatform.start(directory, EmbeddedPlatform.ANY_PORT, EmbeddedPlatform.ANY_PORT)) {
      try {
        explain(screen, platform, loading, reads, stop);
      } catch (RuntimeException e) {
        platform.requireBroker(); // Whatever fails without one, that is the reason.
        throw e;
      }
    }
  }

  private void explain(
      DemoScreen screen,
      EmbeddedPlatform platform,
      CompletableFuture<ExplainedClassifier> loading,
      DemoReads reads,
      StopSignal stop) {
    AppConfig config = config(platform);
    List<Creation> unused = platform.whileAlive(() -> createTopics(config));
    ExplainedClassifier model = join(loading);
    ExplainApp app =
        new ExplainApp(
            config,
            DeviceModel.of(model),
            DeviceSpeed.measure(model, OptionalInt.empty(), OptionalInt.empty()),
            model.checkpointId(),
            config.patience().limit());
    try (Registry registry = Registry.connect(config.registry());
        OutcomeTail tail = new OutcomeTail(config, APPLICATION, registry);
        Explaining explaining = new Explaining(app, model)) {
      CompletableFuture<Void> lost = platform.ended().thenRun(() -> lose(tail));
      try {
        ExplainApp started =
            platform.whileAlive(
                () -> {
                  explaining.app().start();
                  return app;
                });
        show(screen, platform, started, reads, config, registry, tail, stop);
      } finally {
        lost.cancel(false);
      }
    } catch (KafkaException e) {
      // Where the broker or the application has ended, that is the reason.
      requireAlive(platform, app);
      throw e;
    }
  }

  /** By a thread of its own, and before what works with the broker has noticed. */
  private static void lose(OutcomeTail tail) {
    LOG.warn("the broker has ended; ending what works with it");
    tail.giveUp();
  }

  private void show(
      DemoScreen screen,
      EmbeddedPlatform platform,
      ExplainApp app,
      DemoReads reads,
      AppConfig config,
      Registry registry,
      OutcomeTail tail,
      StopSignal stop) {
    screen.say("explaining with checkpoint " + app.status().checkpointId());
    Runnable alive = () -> requireAlive(platform, app);
    watch(screen, reads, config, registry, alive, tail, stop);
    if (!exitWhenDone && !stop.received().isDone()) {
      screen.say("");
      addresses(platform, config).forEach(screen::say);
      screen.say("all stays up until Ctrl-C");
      while (!stop.received().isDone()) {
        alive.run();
        stop.within(TICK);
      }
    }
  }

  private static ExplainedClassifier load(Checkpoint checkpoint) {
    return ExplainedClassifier.load(
        checkpoint, "auto", new ExplainedClassifier.Options(3, TESTED, Views.ONE));
  }

  private static AppConfig config(EmbeddedPlatform platform) {
    Map<String, String> settings = new HashMap<>(platform.properties());
    settings.put("application.id", APPLICATION);
    settings.put("patience.seconds", PATIENCE_SECONDS);
    settings.put("include.sequence", "true");
    settings.put("faithfulness", TESTED.toString());
    return AppConfig.of(new Properties(), settings);
  }

  private static void requireAlive(EmbeddedPlatform platform, ExplainApp app) {
    platform.requireBroker();
    app.failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException(Why.of(failure), failure);
            });
  }

  private static List<Creation> createTopics(AppConfig config) {
    try (KafkaTopics topics = KafkaTopics.connect(config.adminProperties())) {
      return topics.create(config.topics(), OptionalInt.empty(), KafkaTopics.BROKERS_REPLICATION);
    }
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Replays the reads and draws what comes out, until every read has its outcome. */
  private static void watch(
      DemoScreen screen,
      DemoReads reads,
      AppConfig config,
      Registry registry,
      Runnable alive,
      OutcomeTail tail,
      StopSignal stop) {
    DemoTally tally = new DemoTally(reads.truth(), tail.ledgerBefore());
    CompletableFuture<Long> replayed =
        CompletableFuture.supplyAsync(() -> replay(reads, config, registry, stop));
    long firstOutcome = 0;
    long lastOutcome = System.nanoTime();
    long lastWord = lastOutcome;
    long seen = 0;
    double rate = 0;
    boolean sent;
    do {
      alive.run();
      // Asked before the broker is asked what it has received, or the last reads could be missed.
      sent = replayed.isDone();
      if (replayed.isCompletedExceptionally() && !stop.received().isDone()) {
        join(replayed);
      }
      tail.poll(TICK, tally::count, tally::count);
      tally.received(tail.received());
      tally.ledger(tail.ledger());
      long now = System.nanoTime();
      if (tally.outcomes() > seen) {
        firstOutcome = seen == 0 ? now : firstOutcome;
        rate = seen == 0 ? 0 : tally.outcomes() * 1e9 / (now - firstOutcome);
        seen = tally.outcomes();
        lastOutcome = now;
        lastWord = now;
      }
      if (now - lastWord > STALLED.toNanos()) {
        // A machine may be this busy; what has failed is found by its owner, and is not this.
        lastWord = now;
        LOG.warn(
            "no outcome for {} s, and nothing has failed: is this machine busy?",
            Duration.ofNanos(now - lastOutcome).toSeconds());
      }
      screen.draw(tally, sent ? tally.received() : 0, rate, now);
    } while (!(sent && tally.sums()) && !stop.received().isDone());
    if (!sent) {
      // The broker goes when the replay has: its producer would complain.
      var unused = replayed.handle((count, failure) -> failure).join();
    }
    screen.finish(tally, tally.outcomes(), rate);
  }

  /** Sends the reads, until told to stop. */
  private static long replay(
      DemoReads reads, AppConfig config, Registry registry, StopSignal stop) {
    try (Replay replay = Replay.connect(config, registry, Pace.unlimited())) {
      return replay
          .send(
              reads.files(),
              reads.mates(),
              reads.records(),
              progress -> requireGoingOn(stop),
              Inputs::sayEmpty)
          .stream()
          .mapToLong(Sent::reads)
          .sum();
    }
  }

  private static void requireGoingOn(StopSignal stop) {
    if (stop.received().isDone()) {
      throw new CancellationException("told to stop");
    }
  }

  private static List<String> addresses(EmbeddedPlatform platform, AppConfig config) {
    String topic = config.topics().explanations().name();
    return List.of(
        "broker    " + platform.bootstrapServers(),
        "registry  " + platform.registryUrl(),
        "consume   kcat -C -b "
            + platform.bootstrapServers()
            + " -t "
            + topic
            + " -s value=avro -r "
            + platform.registryUrl()
            + "  # a kcat built with Avro, which Debian's is not",
        "replay    " + Remedy.REPLAY_TO_DEMO.line(platform.config().toString()));
  }

  /** Deletes a directory and all in it but one file. */
  static void delete(Path directory, Optional<Path> kept) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (kept.filter(each -> each.startsWith(file)).isEmpty()) {
          Files.delete(file);
        }
      }
    }
  }
}
