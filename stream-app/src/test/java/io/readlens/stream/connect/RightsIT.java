package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.embedded.SecuredSite;
import io.readlens.stream.topics.KafkaTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a user whom the brokers do not let do something. */
@Timeout(120)
class RightsIT {
  private static final String TOPIC = "readlens.reads.v1";
  private static final String OPEN = "open";

  @TempDir private static Path directory;
  private static SecuredSite site;
  private static AppConfig config;
  private static String user;
  private static String start;

  @BeforeAll
  static void start() throws Exception {
    site = SecuredSite.start(directory);
    site.addUser("alice", "of-alice");
    try (var admin = site.admin()) {
      admin
          .createTopics(
              List.of(new NewTopic(TOPIC, 1, (short) 1), new NewTopic(OPEN, 1, (short) 1)))
          .all()
          .get();
    }
    site.allow(List.of(right(ResourceType.TOPIC, OPEN, AclOperation.ALL)));
    Map<String, String> settings = site.settings();
    settings.putAll(site.brokerLogin("alice", "of-alice"));
    settings.put("application.id", "explainers");
    config = AppConfig.of(new Properties(), settings);
    user = "brokers " + site.bootstrapServers() + ": user alice ";
    start = user + "may not use ";
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @Test
  void shouldNameTheTopicThatIsClosedToAnAdmin() {
    // When
    String told =
        told(
            () -> {
              try (KafkaTopics topics = KafkaTopics.connect(config.adminProperties())) {
                return topics.describe(config.topics().reads());
              }
            });

    // Then
    assertThat(told)
        .isEqualTo(
            user
                + "is refused: this user has no ACL for DESCRIBE on topic "
                + TOPIC
                + "; grant it");
  }

  @Test
  void shouldNameTheTopicThatMayNotBeCreated() {
    // When
    String told =
        told(
            () -> {
              try (KafkaTopics topics = KafkaTopics.connect(config.adminProperties())) {
                return topics.create(
                    config.topics().named("a", "b", "c", "d", "e"), OptionalInt.of(1), (short) 1);
              }
            });

    // Then
    assertThat(told)
        .isEqualTo(user + "is refused: this user has no ACL for CREATE on topic a; grant it");
  }

  @Test
  void shouldNameTheTopicThatMayNotBeWritten() {
    // When
    String told =
        told(
            () -> {
              try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
                return producer.send(new ProducerRecord<>(TOPIC, new byte[1])).get();
              }
            });

    // Then
    assertThat(told).startsWith(start + "the topic " + TOPIC + "; grant DESCRIBE");
  }

  @Test
  void shouldNameTheTransactionalIdsPrefix() {
    // When
    String told =
        told(
            () -> {
              try (KafkaProducer<byte[], byte[]> producer =
                  producer(Map.of("transactional.id", "explainers-1"))) {
                producer.initTransactions();
                return "";
              }
            });

    // Then
    assertThat(told)
        .isEqualTo(
            start
                + "transactional ids that begin with explainers; grant WRITE and DESCRIBE on that"
                + " prefix");
  }

  @Test
  void shouldNameTheGroup() {
    // When
    String told =
        told(
            () -> {
              Map<String, Object> settings = new HashMap<>(config.adminProperties());
              settings.put("group.id", "explainers");
              try (KafkaConsumer<byte[], byte[]> consumer =
                  new KafkaConsumer<>(
                      settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(OPEN));
                while (true) {
                  consumer.poll(Duration.ofSeconds(1));
                }
              }
            });

    // Then
    assertThat(told).isEqualTo(start + "the group explainers; grant READ and DESCRIBE on it");
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(config.producerProperties());
    settings.putAll(more);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Its password is changed, say, while a command works. */
  @Test
  void shouldNameTheLoginThatIsRefusedMeanwhile() {
    // When
    String told =
        told(
            () -> {
              throw new KafkaException(
                  new SaslAuthenticationException(
                      "Authentication failed during authentication due to invalid credentials with"
                          + " SASL mechanism SCRAM-SHA-512"));
            });

    // Then
    assertThat(told)
        .startsWith(
            "brokers %s: it refuses the login of user alice by SCRAM-SHA-512: wrong name or password"
                .formatted(site.bootstrapServers()));
  }

  private static String told(Callable<?> work) {
    Throwable failure = catchThrowable(() -> Connections.of(config).use(work));
    assertThat(failure).isInstanceOf(ConnectionException.class);
    return failure.getMessage();
  }

  private static AclBinding right(ResourceType type, String name, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:alice", "*", operation, AclPermissionType.ALLOW));
  }
}
