package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.schemas.Registry;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.topology.Outcome.TooShort;
import io.readlens.stream.worker.Counters;
import io.readlens.stream.worker.DeviceWorker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * The stream application: a topology, a device and the connections between them, from start to
 * close. The model is the caller's, to be freed once {@link #stop} has returned true.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class ExplainApp implements AutoCloseable {
  /** How long brokers and registry may take to answer at the start. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  /** Reads in one batch at most. */
  public static final int MAX_ROWS = 256;

  /** 180 ordinary bases: a model that cannot answer this can answer nothing. */
  static final TokenizedRead CANARY =
      Tokenizer.tokenize(
          Read.of(
              "canary",
              "AAATTGAAGAGTTTGATCATGGCTCAGATTGAACGCTGGCGGCAGGCCTAACACATGCAAGTC"
                  + "GAACGGTAACAGGAAGAAGCTTGCTTCTTTGCTGACGAGTGGCGGACGGGTGAGTAATGTCTG"
                  + "GGAAACTGCCTGATGGAGGGGGATAACTACTGGAAACGGTAGCTAATACCGCAT"));

  /**
   * What the application has done since its start.
   *
   * @param state as Kafka Streams has it
   * @param lookedAhead reads whose answer had been asked for before their turn
   * @param missed reads that the device was asked about only in their turn
   * @param queued reads that wait for the device
   * @param device what the device has done
   */
  public record Status(
      KafkaStreams.State state, long lookedAhead, long missed, int queued, Counters device) {}

  private final AppConfig config;
  private final Duration patience;
  private final Registry registry;
  private final DeviceWorker worker;
  private final ReadIntake intake;
  private final Topology topology;
  private final KafkaStreams streams;
  private final UncaughtErrors errors = new UncaughtErrors();
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Builds the application; nothing is asked of Kafka, the registry or the model yet.
   *
   * @param model answers a list of reads by a list of equal size and order, or throws; called by
   *     {@code deviceWorkers} threads at once
   * @param checkpointId digest of the model's checkpoint
   * @param deviceWorkers threads that call the model
   * @param patience how long brokers and registry may take to answer at the start
   * @throws StartException if Kafka's clients refuse the configuration
   */
  public ExplainApp(
      AppConfig config,
      Function<List<TokenizedRead>, List<ExplainedRead>> model,
      String checkpointId,
      int deviceWorkers,
      Duration patience) {
    this.config = config;
    this.patience = patience;
    Clock clock = Clock.systemUTC();
    registry = Registry.connect(config.registry());
    AvroMapping mapping =
        new AvroMapping(
            config.topics().reads().serde(registry),
            new ExplanationRules(
                config.minReadLength(),
                config.maxReadLength(),
                config.alternatives(),
                config.includeSequence(),
                config.includeMask(),
                checkpointId,
                config.maxRequestBytes()),
            clock);
    worker =
        DeviceWorker.start(
            new DeviceWorker.Policy(
                deviceWorkers,
                config.readsInFlight(),
                config.batchMaxTokens(),
                MAX_ROWS,
                config.batchLinger(),
                config.deviceDeadline()),
            model,
            CANARY);
    intake = new ReadIntake(config.topics().reads().name(), mapping, worker);
    topology = ExplainTopology.of(config.topics(), intake, registry, clock);
    streams = streams();
    streams.setUncaughtExceptionHandler(errors);
    streams.setStateListener(
        (state, before) -> {
          if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
            ended.countDown();
          }
        });
  }

  private KafkaStreams streams() {
    try {
      return new KafkaStreams(topology, streamsProperties(config, intake));
    } catch (KafkaException e) {
      worker.close();
      registry.close();
      throw new StartException("Kafka refuses this configuration: " + Causes.deepest(e), e);
    }
  }

  static Properties streamsProperties(AppConfig config, ReadIntake intake) {
    Properties properties = new Properties();
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
    preflight.requireTopics(config.adminProperties(), config.topics().all());
    preflight.requireRegistry(this::writeToNowhere);
    streams.start();
  }

  private void askCanary() {
    try {
      var answer = worker.submit(CANARY);
      worker.hint();
      answer.get();
    } catch (ExecutionException e) {
      throw new StartException("the model does not work: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }

  /** Serializes one record for each topic that is written, so that the registry must answer. */
  private void writeToNowhere() {
    IncomingRead read =
        new IncomingRead(CANARY, "", "", "", Instant.EPOCH, Optional.empty(), OptionalInt.empty());
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
            mapping.deadLetter(new Rejected(record, Reason.UNREADABLE_RECORD, "")));
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
        streams.state(), intake.hits(), intake.misses(), worker.queued(), worker.counters());
  }

  /**
   * Leaves the group after the records at hand, then stops the device. May be called again.
   *
   * @return whether no thread is in the model any more, so that it may be freed
   */
  public boolean stop() {
    streams.close(CLOSE_PATIENCE);
    ended.countDown();
    boolean free = worker.abandon();
    registry.close();
    return free;
  }

  @Override
  public void close() {
    stop();
  }
}
