package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.readlens.stream.cli.LateEndpoint;
import io.readlens.stream.waiting.Patience;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryIT {
  private static final CompatibilityLevel LEVEL = CompatibilityLevel.FULL_TRANSITIVE;

  @Test
  void shouldKnowAfterARestartWhatItKnewBefore() throws Exception {
    // Given
    String bootstrap = TestBroker.shared().bootstrapServers();
    String subject = "restart-value";
    String deleted = "restart-deleted-value";
    int id;
    int port;
    try (EmbeddedRegistry first = start(bootstrap, EmbeddedRegistry.ANY_PORT)) {
      port = first.port();
      SchemaRegistryClient client = client(first);
      client.register(subject, Schemas.WITH_NUMBER);
      id = client.register(subject, Schemas.WITHOUT);
      client.register(deleted, Schemas.WITHOUT);
      client.deleteSubject(deleted);
      client.updateCompatibility(subject, "FULL");
    }

    // When
    try (EmbeddedRegistry second = start(bootstrap, port)) {

      // Then
      SchemaRegistryClient client = client(second);
      assertThat(client.getId(subject, Schemas.WITHOUT)).isEqualTo(id);
      assertThat(client.getSchemaById(id)).isEqualTo(Schemas.WITHOUT);
      assertThat(client.getAllSubjects()).contains(subject).doesNotContain(deleted);
      assertThat(client.getCompatibility(subject)).isEqualTo("FULL");
      assertThat(client.register(subject, Schemas.WITH_TEXT)).isGreaterThan(id);
      assertThat(client.getAllVersions(subject)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void shouldKeepItsStateInACompactedTopic() throws Exception {
    // Given
    String bootstrap = TestBroker.shared().bootstrapServers();
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "_schemas");

    // When
    start(bootstrap, EmbeddedRegistry.ANY_PORT).close();

    // Then
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
      assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
    }
  }

  @Test
  void shouldStartOnATopicThatSomebodyHasWrittenJunkTo() throws Exception {
    // Given
    String bootstrap = TestBroker.shared().bootstrapServers();
    int id;
    try (EmbeddedRegistry first = start(bootstrap, EmbeddedRegistry.ANY_PORT)) {
      id = client(first).register("junk-value", Schemas.WITHOUT);
      writeToSchemas(bootstrap, null, null);
      writeToSchemas(bootstrap, "junk", "junk");
      writeToSchemas(
          bootstrap,
          "{\"keytype\":\"SCHEMA\",\"subject\":\"junk-value\",\"version\":1,\"magic\":1}",
          "{\"subject\":\"junk-value\",\"version\":1,\"id\":%d,\"schema\":\"\\\"int\\\"\"}"
              .formatted(id));
      writeToSchemas(
          bootstrap,
          "{\"keytype\":\"SCHEMA\",\"subject\":\"junk-value\",\"version\":1,\"magic\":1}",
          null);

      // When
      int next = client(first).register("junk-value", Schemas.WITH_NUMBER);
      assertThat(next).isNotEqualTo(id);
    }
    try (EmbeddedRegistry second = start(bootstrap, EmbeddedRegistry.ANY_PORT)) {

      // Then
      SchemaRegistryClient client = client(second);
      assertThat(client.getSchemaById(id)).isEqualTo(Schemas.WITHOUT);
      assertThat(client.getAllVersions("junk-value")).containsExactly(1, 2);
    }
  }

  private static void writeToSchemas(String bootstrap, String key, String value) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    // The topic is compacted, so Kafka refuses a record without a key; as bytes it may be empty.
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("_schemas", 0, key == null ? "" : key, value)).get();
    }
  }

  @Test
  void shouldSayThatTheBrokerDoesNotAnswer() {
    // Given
    String nobody = Loopback.HOST + ":" + Loopback.freePort();

    // When
    ThrowingCallable start =
        () ->
            EmbeddedRegistry.start(
                Map.of("bootstrap.servers", nobody),
                EmbeddedRegistry.ANY_PORT,
                LEVEL,
                Optional.empty(),
                new Patience(Duration.ofSeconds(2)),
                () -> true);

    // Then
    assertThatThrownBy(start)
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("registry: no answer from " + nobody + " in 2 s: ");
  }

  @Test
  void shouldWaitForABrokerThatTakesItsTime() throws Exception {
    int target = URI.create("kafka://" + TestBroker.shared().bootstrapServers()).getPort();
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try (LateEndpoint late = LateEndpoint.silent(target)) {
      // When
      CompletableFuture<EmbeddedRegistry> starting =
          CompletableFuture.supplyAsync(
              () -> start(Loopback.at(late.port()), EmbeddedRegistry.ANY_PORT));
      await() // It speaks after ten seconds.
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  starting.isDone()
                      || said.toString(StandardCharsets.UTF_8)
                          .contains("waiting for the topic of the embedded registry"));
      late.open();

      // Then
      try (EmbeddedRegistry registry = starting.join()) {
        assertThat(client(registry).getAllSubjects()).isNotNull();
      }
    } finally {
      System.setErr(err);
    }
  }

  @Test
  void shouldAnswerWhileTheBrokerIsAwayAndGoOnWhenItIsBack(@TempDir Path directory)
      throws Exception {
    // Given
    EmbeddedBroker killed = EmbeddedBroker.start(directory);
    try (EmbeddedRegistry registry = start(killed.bootstrapServers(), EmbeddedRegistry.ANY_PORT)) {
      SchemaRegistryClient client = client(registry);
      int id = client.register("s", Schemas.WITHOUT);

      // When
      killed.kill();

      // Then
      assertThat(client(registry).getSchemaById(id)).isEqualTo(Schemas.WITHOUT);
      assertThatThrownBy(() -> client.register("s", Schemas.WITH_NUMBER))
          .isInstanceOfSatisfying(
              RestClientException.class, e -> assertThat(e.getErrorCode()).isEqualTo(50001));
      try (EmbeddedBroker again = EmbeddedBroker.start(directory, killed.port())) {
        assertThat(again.isAlive()).isTrue();
        assertThat(client.register("s", Schemas.WITH_NUMBER)).isEqualTo(id + 1);
        assertThat(client.getAllVersions("s")).containsExactly(1, 2);
      }
    }
  }

  private static EmbeddedRegistry start(String bootstrap, int port) {
    return EmbeddedRegistry.start(bootstrap, port, LEVEL);
  }

  private static SchemaRegistryClient client(EmbeddedRegistry registry) {
    return new CachedSchemaRegistryClient(registry.url(), 100);
  }
}
