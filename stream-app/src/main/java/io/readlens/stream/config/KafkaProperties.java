package io.readlens.stream.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/** The properties that are Kafka's: which there are, and which values ReadLens prefers. */
final class KafkaProperties {
  /**
   * What Kafka Streams is told unless the user says otherwise.
   *
   * <ul>
   *   <li>Two threads: while one polls, the other's reads keep the device busy.
   *   <li>{@code commit.interval.ms}: the latency floor of those who read committed records.
   *   <li>{@code max.request.size}: what the topics that are written accept; a dead letter holds a
   *       whole record of the reads topic and more.
   *   <li>{@code batch.size}: what a partition has to say of a poll is then one request and not
   *       ten, and compresses better.
   *   <li>{@code transaction.timeout.ms}: after a crash, readers of committed records wait for it.
   *       No transaction waits for the device, so that it need not follow from the device's speed.
   * </ul>
   *
   * {@code max.poll.records} has none: it follows from the device, see {@link Fit}.
   */
  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("application.id", "readlens"),
          Map.entry("processing.guarantee", StreamsConfig.EXACTLY_ONCE_V2),
          Map.entry("num.stream.threads", "2"),
          Map.entry("commit.interval.ms", "100"),
          Map.entry("max.poll.interval.ms", "600000"),
          Map.entry("max.request.size", "8388608"),
          Map.entry("batch.size", "262144"),
          Map.entry("transaction.timeout.ms", "10000"),
          Map.entry("ensure.explicit.internal.resource.naming", "true"));

  /**
   * How soon a dead member is missed, under the classic group protocol. The streams protocol has
   * the broker decide, and Kafka refuses these.
   */
  static final Map<String, String> CLASSIC_DEFAULTS =
      Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "1500");

  /** Nobody may have these otherwise: a handler that goes on would lose reads without a word. */
  static final Map<String, String> FIXED =
      Map.of(
          "processing.exception.handler",
          LogAndFailProcessingExceptionHandler.class.getName(),
          "processing.exception.handler.global.enabled",
          "true");

  private static final String MAY_LOSE_READS =
      "a read that fails stops the application or becomes a dead letter";

  /** What Kafka Streams or ReadLens sets itself, whatever the user says, and why. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("processing.exception.handler", MAY_LOSE_READS),
          Map.entry("processing.exception.handler.global.enabled", MAY_LOSE_READS),
          Map.entry("deserialization.exception.handler", MAY_LOSE_READS),
          Map.entry("default.deserialization.exception.handler", MAY_LOSE_READS),
          Map.entry("production.exception.handler", MAY_LOSE_READS),
          Map.entry("default.production.exception.handler", MAY_LOSE_READS),
          Map.entry("errors.dead.letter.queue.topic.name", MAY_LOSE_READS),
          Map.entry("group.id", "application.id is the group"),
          Map.entry("transactional.id", "it follows from application.id"),
          Map.entry("partition.assignment.strategy", "Kafka Streams assigns the partitions"),
          Map.entry("key.serializer", "records are bytes and Avro"),
          Map.entry("value.serializer", "records are bytes and Avro"),
          Map.entry("key.deserializer", "records are bytes and Avro"),
          Map.entry("value.deserializer", "records are bytes and Avro"),
          Map.entry("default.key.serde", "records are bytes and Avro"),
          Map.entry("default.value.serde", "records are bytes and Avro"));

  /** What must be so for exactly one outcome of each read; another value would not apply. */
  private static final Map<String, String> ONLY =
      Map.of(
          "enable.auto.commit", "false",
          "isolation.level", "read_committed",
          "enable.idempotence", "true",
          "allow.auto.create.topics", "false");

  /** What Kafka's own classes look up by themselves, beside what their client declares. */
  private static final Set<String> UNDECLARED =
      Set.of(
          AbstractConfig.CONFIG_PROVIDERS_CONFIG,
          JmxReporter.INCLUDE_CONFIG,
          JmxReporter.EXCLUDE_CONFIG);

  private static final String PROVIDER = AbstractConfig.CONFIG_PROVIDERS_CONFIG + ".";

  /** What stands before a provider's own settings, such as a key to a vault. */
  private static final String PARAMETER = ".param.";

  /** What stands before names that the user chooses. */
  private static final List<String> OPEN = List.of(PROVIDER, StreamsConfig.CLIENT_TAG_PREFIX);

  /** Streams' prefixes, and the names of the client that each leads to. */
  private static final Map<String, Set<String>> PREFIXES =
      Map.of(
          StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.configNames(),
          StreamsConfig.RESTORE_CONSUMER_PREFIX, ConsumerConfig.configNames(),
          StreamsConfig.GLOBAL_CONSUMER_PREFIX, ConsumerConfig.configNames(),
          StreamsConfig.CONSUMER_PREFIX, ConsumerConfig.configNames(),
          StreamsConfig.PRODUCER_PREFIX, ProducerConfig.configNames(),
          StreamsConfig.ADMIN_CLIENT_PREFIX, AdminClientConfig.configNames());

  private static final Set<String> KNOWN =
      Stream.of(
              StreamsConfig.configDef().names(),
              ConsumerConfig.configNames(),
              ProducerConfig.configNames(),
              AdminClientConfig.configNames(),
              UNDECLARED)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** Those of which Kafka says that they are secret. */
  private static final Set<String> SECRET =
      Stream.of(
              StreamsConfig.configDef(),
              ConsumerConfig.configDef(),
              ProducerConfig.configDef(),
              AdminClientConfig.configDef())
          .flatMap(names -> names.configKeys().values().stream())
          .filter(name -> name.type == ConfigDef.Type.PASSWORD)
          .map(name -> name.name)
          .collect(Collectors.toUnmodifiableSet());

  /** What the names begin with that a connection without TLS does not look at. */
  private static final String TLS = "ssl.";

  /** What the names begin with that a connection without a login does not look at. */
  private static final String LOGIN = "sasl.";

  private static final String REQUEST_TIMEOUT = "request.timeout.ms";

  /** Kafka's own default: after it, another broker is asked. */
  private static final long MOST_REQUEST_MILLIS = 30_000;

  private KafkaProperties() {}

  /** Whether a client of Kafka's knows the name; after a prefix, the client of that prefix. */
  static boolean isKnown(String key) {
    String plain = withoutPrefix(key);
    Set<String> names = plain.equals(key) ? KNOWN : PREFIXES.get(prefix(key));
    return names.contains(plain)
        || UNDECLARED.contains(plain)
        || OPEN.stream().anyMatch(open -> plain.startsWith(open) && !plain.equals(open));
  }

  /**
   * Whether Kafka, or nobody, knows that a property may be shown: a plug-in's own may be secret.
   */
  static boolean isSecret(String key) {
    String plain = withoutPrefix(key);
    return SECRET.contains(plain)
        || !isKnown(key)
        || (plain.startsWith(PROVIDER) && plain.contains(PARAMETER));
  }

  /**
   * Lets pass what may be set.
   *
   * @throws ConfigurationException if it would not apply: it names the reason
   */
  static void requireAllowed(String key) {
    String plain = withoutPrefix(key);
    if (REFUSED.containsKey(plain)) {
      throw new ConfigurationException(key, key + " cannot be set: " + REFUSED.get(plain));
    }
  }

  /** Kafka's names among which a name that nobody knows may have been meant. */
  static Set<String> knownBeside(String key) {
    return hasPrefix(key)
        ? PREFIXES.get(prefix(key)).stream()
            .map(prefix(key)::concat)
            .collect(Collectors.toUnmodifiableSet())
        : KNOWN.stream()
            .filter(name -> !REFUSED.containsKey(name) && !name.startsWith("__"))
            .collect(Collectors.toUnmodifiableSet());
  }

  static boolean hasPrefix(String key) {
    return !prefix(key).isEmpty();
  }

  private static String withoutPrefix(String key) {
    return key.substring(prefix(key).length());
  }

  /** The prefix of one client that a name has; empty if none. */
  private static String prefix(String key) {
    return PREFIXES.keySet().stream().filter(key::startsWith).findFirst().orElse("");
  }

  /** Refuses what would not apply, above all security that would not be there. */
  private static void requireEffect(Map<String, String> given) {
    given.forEach(
        (key, value) -> {
          String only = ONLY.get(withoutPrefix(key));
          if (only != null && !only.equals(value)) {
            throw new ConfigurationException(
                key, key + " = " + value + ": only " + only + " keeps each read to one outcome");
          }
        });
    for (Map<String, String> client : List.of(mainConsumer(given), producer(given), admin(given))) {
      String protocol =
          client.getOrDefault("security.protocol", "PLAINTEXT").strip().toUpperCase(Locale.ROOT);
      if (!protocol.endsWith("SSL")) {
        requireNone(TLS, client, protocol, "SSL or SASL_SSL");
      }
      if (!protocol.startsWith("SASL_")) {
        requireNone(LOGIN, client, protocol, "SASL_SSL or SASL_PLAINTEXT");
      }
    }
  }

  private static void requireNone(
      String names, Map<String, String> client, String protocol, String needed) {
    client.keySet().stream()
        .filter(name -> name.startsWith(names))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw new ConfigurationException(
                  name,
                  "%s does nothing, for security.protocol is %s: set security.protocol to %s"
                      .formatted(name, protocol, needed));
            });
  }

  /** Adds the defaults, and has Kafka check the values that Streams knows. */
  static Map<String, String> complete(Map<String, String> given) {
    if (given.getOrDefault("bootstrap.servers", "").isBlank()) {
      throw new ConfigurationException(
          "bootstrap.servers is not set: say where the Kafka brokers are");
    }
    requireEffect(given);
    Map<String, String> all = new HashMap<>(DEFAULTS);
    if (given.getOrDefault("group.protocol", "classic").equalsIgnoreCase("classic")) {
      all.putAll(CLASSIC_DEFAULTS);
    }
    all.putAll(given);
    all.putAll(FIXED);
    try {
      StreamsConfig.configDef().parse(all);
      Map<String, String> consumer = mainConsumer(all);
      consumer.remove("group.protocol"); // Streams' own "streams" is none of the consumer's.
      consumer.put("key.deserializer", ByteArrayDeserializer.class.getName());
      consumer.put("value.deserializer", ByteArrayDeserializer.class.getName());
      ConsumerConfig.configDef().parse(consumer);
    } catch (ConfigException e) {
      throw new ConfigurationException(e.getMessage());
    }
    String guarantee = all.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG);
    if (!guarantee.equals(StreamsConfig.EXACTLY_ONCE_V2)) {
      throw new ConfigurationException(
          "processing.guarantee = "
              + guarantee
              + ": only "
              + StreamsConfig.EXACTLY_ONCE_V2
              + " writes outcomes, ledger and offsets as one");
    }
    String reset = mainConsumer(all).getOrDefault("auto.offset.reset", "earliest");
    if (!reset.equals("earliest")) {
      throw new ConfigurationException(
          "auto.offset.reset = "
              + reset
              + ": only earliest skips no reads; to begin elsewhere, set the group's offsets with"
              + " Kafka's own tools before the first start");
    }
    return all;
  }

  /** What the consumer of the reads gets of all this. */
  static Map<String, String> mainConsumer(Map<String, String> all) {
    return client(
        all,
        ConsumerConfig.configNames(),
        StreamsConfig.CONSUMER_PREFIX,
        StreamsConfig.MAIN_CONSUMER_PREFIX);
  }

  /** What a producer gets of all this. */
  static Map<String, String> producer(Map<String, String> all) {
    return client(all, ProducerConfig.configNames(), StreamsConfig.PRODUCER_PREFIX);
  }

  /** What an admin client gets of all this. */
  static Map<String, String> admin(Map<String, String> all) {
    return client(all, AdminClientConfig.configNames(), StreamsConfig.ADMIN_CLIENT_PREFIX);
  }

  /** The same, with the time-outs of an admin client or a consumer, unless they are set. */
  static Map<String, String> patient(Map<String, String> client, Duration patience) {
    Map<String, String> all = new HashMap<>(client);
    String given = all.getOrDefault(REQUEST_TIMEOUT, "").strip();
    if (!given.isEmpty() && !given.matches("\\d{1,9}")) {
      return all; // Kafka's client will refuse it.
    }
    long request =
        given.isEmpty()
            ? Math.min(patience.toMillis(), MOST_REQUEST_MILLIS)
            : Long.parseLong(given);
    all.put(REQUEST_TIMEOUT, Long.toString(request));
    // Kafka refuses a request that may take longer than the whole.
    all.putIfAbsent(
        "default.api.timeout.ms", Long.toString(Math.max(patience.toMillis(), request)));
    return all;
  }

  /** The same, with the time-outs of a producer, unless they are set. */
  static Map<String, String> patientProducer(Map<String, String> client, Duration patience) {
    Map<String, String> all = new HashMap<>(client);
    all.putIfAbsent("max.block.ms", Long.toString(patience.toMillis()));
    // Kafka refuses a delivery that ends before one request and what lingers before it.
    if (Stream.of(REQUEST_TIMEOUT, "delivery.timeout.ms", "linger.ms")
        .noneMatch(all::containsKey)) {
      all.put(
          REQUEST_TIMEOUT, Long.toString(Math.min(patience.toMillis() / 2, MOST_REQUEST_MILLIS)));
      all.put("delivery.timeout.ms", Long.toString(patience.toMillis()));
    }
    return all;
  }

  /** One client's properties: its own names and those of plug-ins; the later prefix wins. */
  private static Map<String, String> client(
      Map<String, String> all, Set<String> names, String... prefixes) {
    Map<String, String> properties = new HashMap<>();
    all.forEach(
        (key, value) -> {
          if (names.contains(key) || (!KNOWN.contains(key) && !hasPrefix(key))) {
            properties.put(key, value);
          }
        });
    for (String prefix : prefixes) {
      all.forEach(
          (key, value) -> {
            if (key.startsWith(prefix)) {
              properties.put(key.substring(prefix.length()), value);
            }
          });
    }
    return properties;
  }
}
