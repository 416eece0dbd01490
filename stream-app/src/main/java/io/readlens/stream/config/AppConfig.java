package io.readlens.stream.config;

import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Views;
import io.readlens.schemas.Topics;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everything that may be configured, checked. A setting's value is the first of
 *
 * <ol>
 *   <li>{@code -D key=value} on the command line;
 *   <li>the properties file;
 *   <li>ReadLens's defaults: {@link Setting} for its own settings, {@link KafkaProperties#DEFAULTS}
 *       for Kafka's;
 *   <li>Kafka Streams' defaults, then those of Kafka's clients.
 * </ol>
 *
 * <p>Kafka's own properties keep their names and may carry Streams' prefixes ({@code
 * main.consumer.}, {@code consumer.}, {@code producer.}, {@code admin.}), of which the more
 * specific wins. {@code schema.registry.*}, {@code basic.auth.*}, {@code bearer.auth.*}, {@code
 * auto.register.schemas} and {@code use.latest.version} go to the registry's client and to nothing
 * else. A name that none of them knows is refused; what stands after {@code plugin.} goes to all of
 * Kafka's clients, and after {@code schema.registry.plugin.} to the registry's client.
 *
 * @param topics what is consumed and produced
 * @param stopsAtExpired whether reads that were deleted unread end the application, rather than
 *     being counted
 * @param minReadLength bases; a shorter read is not shown to the model
 * @param maxReadLength bases; a longer read is a dead letter. 200,000 by default, so that a
 *     nanopore read of 100 kilobases passes while one read cannot hold the device for long
 * @param filter what the model is shown of reads
 * @param thresholds what reads are called by
 * @param alternatives how many next best taxa each call names, 0 or more
 * @param includeSequence whether an explanation repeats the read's bases
 * @param includeMask whether an explanation carries the mask
 * @param mostSpans spans that a call carries at most, 1 or more
 * @param faithfulness the reads whose spans are put to the test
 * @param views in how many views each read is classified
 * @param device where the model runs
 * @param deviceWorkers threads that run the model; empty: as many as suit the device
 * @param batchMaxTokens tokens in one batch, padding counted; empty: as many as suit the device
 * @param batchLinger how long the oldest waiting read may wait for company
 * @param checkpointsFrom where checkpoints that are announced may be fetched from; nowhere: the
 *     announcements are not followed
 * @param patience how long brokers and registry may take to answer
 * @param kafka what Kafka Streams is given; may hold passwords
 * @param registry what the schema registry's client and serdes are given; may hold passwords
 */
public record AppConfig(
    Topics topics,
    boolean stopsAtExpired,
    int minReadLength,
    int maxReadLength,
    InputFilter filter,
    ThresholdChoice thresholds,
    int alternatives,
    boolean includeSequence,
    boolean includeMask,
    int mostSpans,
    ReadSample faithfulness,
    Views views,
    Device device,
    OptionalInt deviceWorkers,
    OptionalInt batchMaxTokens,
    Duration batchLinger,
    Places checkpointsFrom,
    Patience patience,
    Map<String, String> kafka,
    Map<String, String> registry) {

  private static final int LEAST_REQUEST_BYTES = 1 << 20;

  /** A day, in seconds; Kafka counts time-outs in milliseconds, as an int. */
  private static final int MOST_PATIENCE = 86_400;

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[\\w.:/-]+}");
  private static final String MAX_POLL_RECORDS = "max.poll.records";

  public AppConfig {
    kafka = Map.copyOf(kafka);
    registry = Map.copyOf(registry);
    if (maxReadLength < minReadLength) {
      throw new ConfigurationException(
          Setting.MAX_READ_LENGTH.key()
              + " = "
              + maxReadLength
              + " is below "
              + Setting.MIN_READ_LENGTH.key()
              + " = "
              + minReadLength);
    }
  }

  /** A dead letter repeats a record and says more: room for less could stop the application. */
  private void requireRoom() {
    if (maxRequestBytes() < LEAST_REQUEST_BYTES) {
      throw new ConfigurationException(
          "max.request.size = " + maxRequestBytes() + " is below " + LEAST_REQUEST_BYTES);
    }
  }

  /** Kafka checks these later, if at all. */
  private void requireNumbers() {
    streamThreads();
    maxPollInterval();
    transactionTimeout();
    if (KafkaProperties.mainConsumer(kafka).containsKey(MAX_POLL_RECORDS)) {
      maxPollRecords();
    }
  }

  /**
   * @param file what the properties file says
   * @param overrides what the command line says, stronger than the file
   * @throws ConfigurationException if a value is out of range, a needed one is missing, a name is
   *     not known, or a value would have no effect
   */
  public static AppConfig of(Properties file, Map<String, String> overrides) {
    Map<String, String> given = new TreeMap<>();
    file.stringPropertyNames().forEach(key -> given.put(key, file.getProperty(key)));
    given.putAll(overrides);

    Map<Setting, String> own = new LinkedHashMap<>();
    Map<String, String> registry = new LinkedHashMap<>();
    Map<String, String> kafka = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          if (Setting.of(key).isPresent()) {
            own.put(Setting.of(key).get(), value);
          } else if (RegistryProperties.isOne(key)) {
            registry.put(PropertyNames.forRegistry(key), value);
          } else {
            kafka.put(PropertyNames.forKafka(key), value);
          }
        });
    requireNoReferences(own, registry, kafka);
    given.forEach(PathProperties::requireNamable);
    Values values = new Values(own);
    Patience patience =
        new Patience(
            Duration.ofSeconds(values.integer(Setting.PATIENCE_SECONDS, 1, MOST_PATIENCE)));
    AppConfig config =
        new AppConfig(
            values.topics(),
            values.second(Setting.READS_EXPIRED, "count", "stop"),
            values.integer(Setting.MIN_READ_LENGTH, 1),
            values.integer(Setting.MAX_READ_LENGTH, 1),
            values.filter(),
            values.thresholds(),
            values.integer(Setting.ALTERNATIVES, 0),
            values.flag(Setting.INCLUDE_SEQUENCE),
            values.flag(Setting.INCLUDE_MASK),
            values.integer(Setting.SPANS_MAX_PER_CALL, 1),
            values.sample(Setting.FAITHFULNESS),
            values.views(Setting.VIEWS),
            values.device(Setting.DEVICE),
            values.integerUnlessAuto(Setting.DEVICE_WORKERS, 1),
            values.integerUnlessAuto(Setting.BATCH_MAX_TOKENS, 1),
            Duration.ofMillis(values.integer(Setting.BATCH_LINGER_MS, 0)),
            values.places(Setting.CHECKPOINTS_FROM),
            patience,
            KafkaProperties.complete(kafka),
            RegistryProperties.complete(registry, patience.limit()));
    config.requireRoom();
    config.requireNumbers();
    return config;
  }

  /** Kafka's clients put values in the place of references, ReadLens and the registry do not. */
  private static void requireNoReferences(
      Map<Setting, String> own, Map<String, String> registry, Map<String, String> kafka) {
    own.forEach((setting, value) -> requireNoReference(setting.key(), value, "write the value"));
    registry.forEach((key, value) -> requireNoReference(key, value, "write the value"));
    if (!kafka.containsKey("config.providers")) {
      kafka.forEach(
          (key, value) ->
              requireNoReference(
                  key, value, "write the value, or set Kafka's config.providers to look it up"));
    }
  }

  private static void requireNoReference(String key, String value, String remedy) {
    Matcher found = REFERENCE.matcher(value);
    if (found.find()) {
      throw new ConfigurationException(
          key, key + " has " + found.group() + ", which nothing replaces: " + remedy);
    }
  }

  /** The same, with {@code max.poll.records} fitted to a device unless somebody has set it. */
  public AppConfig fittedTo(Fit fit) {
    Map<String, String> fitted = new HashMap<>(kafka);
    if (!KafkaProperties.mainConsumer(kafka).containsKey(MAX_POLL_RECORDS)) {
      fitted.put(MAX_POLL_RECORDS, Integer.toString(fit.maxPollRecords(this)));
    }
    return new AppConfig(
        topics,
        stopsAtExpired,
        minReadLength,
        maxReadLength,
        filter,
        thresholds,
        alternatives,
        includeSequence,
        includeMask,
        mostSpans,
        faithfulness,
        views,
        device,
        deviceWorkers,
        batchMaxTokens,
        batchLinger,
        checkpointsFrom,
        patience,
        fitted,
        registry);
  }

  /** Threads that poll and process. */
  public int streamThreads() {
    return number("num.stream.threads", kafka);
  }

  /**
   * Records of one poll.
   *
   * @throws IllegalStateException if nobody has set it and it was not {@link #fittedTo} a device
   */
  public int maxPollRecords() {
    Map<String, String> consumer = KafkaProperties.mainConsumer(kafka);
    if (!consumer.containsKey(MAX_POLL_RECORDS)) {
      throw new IllegalStateException(MAX_POLL_RECORDS + " is not fitted to a device yet");
    }
    return number(MAX_POLL_RECORDS, consumer);
  }

  /** How long a stream thread may take from one poll to the next. */
  public Duration maxPollInterval() {
    return Duration.ofMillis(number("max.poll.interval.ms", KafkaProperties.mainConsumer(kafka)));
  }

  /** How long a transaction may be open. */
  public Duration transactionTimeout() {
    return Duration.ofMillis(number("transaction.timeout.ms", KafkaProperties.producer(kafka)));
  }

  /** The largest record, in bytes before compression, that can be produced. */
  public int maxRequestBytes() {
    return number("max.request.size", KafkaProperties.producer(kafka));
  }

  /** One of Kafka's settings that Kafka itself checks only later, if at all. */
  private static int number(String key, Map<String, String> settings) {
    String value = settings.get(key);
    try {
      int number = Integer.parseInt(value.strip());
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ConfigurationException(key + " must be a whole number above 0, not " + value);
  }

  /**
   * What an admin client, or a consumer that is of no group, needs to reach the same brokers; may
   * hold passwords. They are waited for as long as {@link #patience} says, unless Kafka's own
   * time-outs are set.
   */
  public Map<String, String> adminProperties() {
    return KafkaProperties.patient(KafkaProperties.admin(kafka), patience.limit());
  }

  /**
   * What a producer needs to reach the same brokers, serializers left out; may hold passwords. It
   * names a transaction timeout that matters to transactional producers only. The brokers are
   * waited for as long as {@link #patience} says, unless Kafka's own time-outs are set.
   */
  public Map<String, String> producerProperties() {
    return KafkaProperties.patientProducer(KafkaProperties.producer(kafka), patience.limit());
  }

  /**
   * ReadLens's own settings and the names, never the values, of what Kafka and the registry get.
   */
  @Override
  public String toString() {
    return "AppConfig[reads=%s, explanations=%s, dead letters=%s, ledger=%s, read length=[%d,%d] bases, "
            .formatted(
                topics.reads().name(),
                topics.explanations().name(),
                topics.deadLetters().name(),
                topics.ledger().name(),
                minReadLength,
                maxReadLength)
        + "filters=%s, at least %d bases, ".formatted(filter, filter.leastBases())
        + "thresholds=%s, alternatives=%d, sequence=%b, mask=%b, spans=%d, faithfulness=%s, views=%d, device=%s, workers=%s, batch=%s tokens, linger=%d ms, "
            .formatted(
                thresholds,
                alternatives,
                includeSequence,
                includeMask,
                mostSpans,
                faithfulness,
                views.count(),
                device,
                orAuto(deviceWorkers),
                orAuto(batchMaxTokens),
                batchLinger.toMillis())
        + "checkpoints="
        + topics.checkpoints().name()
        + " from "
        + checkpointsFrom
        + ", kafka="
        + names(kafka)
        + ", registry="
        + names(registry)
        + "]";
  }

  private static String orAuto(OptionalInt value) {
    return value.isPresent() ? Integer.toString(value.getAsInt()) : "auto";
  }

  private static String names(Map<String, String> properties) {
    return properties.keySet().stream().sorted().collect(Collectors.joining(", ", "{", "}"));
  }
}
