package io.readlens.stream.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
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
   * </ul>
   *
   * {@code max.poll.records} and {@code transaction.timeout.ms} have none: they follow from the
   * device, see {@link Fit}.
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

  private static final Set<String> REFUSED =
      Set.of(
          "processing.exception.handler",
          "processing.exception.handler.global.enabled",
          "deserialization.exception.handler",
          "default.deserialization.exception.handler",
          "production.exception.handler",
          "default.production.exception.handler",
          "errors.dead.letter.queue.topic.name");

  private static final List<String> PREFIXES =
      List.of(
          StreamsConfig.MAIN_CONSUMER_PREFIX,
          StreamsConfig.RESTORE_CONSUMER_PREFIX,
          StreamsConfig.GLOBAL_CONSUMER_PREFIX,
          StreamsConfig.CONSUMER_PREFIX,
          StreamsConfig.PRODUCER_PREFIX,
          StreamsConfig.ADMIN_CLIENT_PREFIX);

  private static final Set<String> KNOWN =
      Stream.of(
              StreamsConfig.configDef().names(),
              ConsumerConfig.configNames(),
              ProducerConfig.configNames(),
              AdminClientConfig.configNames())
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> OWN =
      Stream.of(Setting.values()).map(Setting::key).collect(Collectors.toUnmodifiableSet());

  /** Few enough slips that a name is taken for a misspelt one of ours. */
  private static final int SLIPS = 2;

  private KafkaProperties() {}

  /**
   * Lets Kafka's names pass, and those of plug-ins, which nobody can know.
   *
   * @throws ConfigurationException if the name is refused, or is nobody's and looks like one of
   *     ours: it begins as one of ours does or is one misspelt
   */
  static String checkedName(String key) {
    if (REFUSED.contains(key)) {
      throw new ConfigurationException(
          key + " cannot be set: a read that fails stops the application or becomes a dead letter");
    }
    String plain = withoutPrefix(key);
    if (KNOWN.contains(plain)) {
      return key;
    }
    boolean beginsLikeOurs = OWN.stream().anyMatch(own -> firstWord(own).equals(firstWord(key)));
    boolean misspelt = OWN.stream().anyMatch(own -> Spelling.distance(own, key) <= SLIPS);
    if (beginsLikeOurs || misspelt) {
      Set<String> candidates = new HashSet<>(OWN);
      candidates.addAll(KNOWN);
      throw new ConfigurationException(
          "unknown property " + key + ": did you mean " + Spelling.nearest(key, candidates) + "?");
    }
    return key;
  }

  private static String withoutPrefix(String key) {
    return PREFIXES.stream()
        .filter(key::startsWith)
        .findFirst()
        .map(prefix -> key.substring(prefix.length()))
        .orElse(key);
  }

  private static String firstWord(String key) {
    return key.split("\\.", 2)[0];
  }

  /** Adds the defaults, and has Kafka check the values that Streams knows. */
  static Map<String, String> complete(Map<String, String> given) {
    if (given.getOrDefault("bootstrap.servers", "").isBlank()) {
      throw new ConfigurationException(
          "bootstrap.servers is not set: say where the Kafka brokers are");
    }
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

  /** One client's properties: its own names and those of plug-ins; the later prefix wins. */
  private static Map<String, String> client(
      Map<String, String> all, Set<String> names, String... prefixes) {
    Map<String, String> properties = new HashMap<>();
    all.forEach(
        (key, value) -> {
          if (names.contains(key) || (!KNOWN.contains(key) && withoutPrefix(key).equals(key))) {
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
