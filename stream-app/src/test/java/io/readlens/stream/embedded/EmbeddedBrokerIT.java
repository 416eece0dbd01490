package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  private static final TopicPartition TOPIC = new TopicPartition("kept", 0);

  @TempDir Path directory;

  @Test
  void shouldKeepWhatItAcknowledgedWhenKilledAndStartedAgain() throws Exception {
    // Given
    EmbeddedBroker killed = EmbeddedBroker.start(directory);
    createTopic(killed);
    append(killed, List.of("a", "b", "c"));
    killed.kill();
    assertThat(killed.isAlive()).isFalse();

    // When
    try (EmbeddedBroker again = EmbeddedBroker.start(directory, killed.port())) {

      // Then
      assertThat(again.bootstrapServers()).isEqualTo(killed.bootstrapServers());
      assertThat(again.pid()).isNotEqualTo(killed.pid());
      append(again, List.of("d"));
      assertThat(read(again, 4)).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void shouldShutDownCleanlyAndStartAgainOnAnotherPort() throws Exception {
    // Given
    EmbeddedBroker first = EmbeddedBroker.start(directory);
    createTopic(first);
    append(first, List.of("a"));

    // When
    first.close();

    // Then
    assertThat(first.isAlive()).isFalse();
    assertThat(directory.resolve("kafka/.kafka_cleanshutdown")).exists();
    try (EmbeddedBroker second = EmbeddedBroker.start(directory)) {
      assertThat(read(second, 1)).containsExactly("a");
    }
  }

  @Test
  void shouldNameThePortThatIsTaken() throws Exception {
    // Given
    try (ServerSocket other = new ServerSocket()) {
      other.bind(Loopback.address(0));
      int port = other.getLocalPort();

      // When
      ThrowingCallable start = () -> EmbeddedBroker.start(directory, port);

      // Then
      assertThatThrownBy(start)
          .isInstanceOf(StartupException.class)
          .hasMessage("broker: port " + port + " on 127.0.0.1 is already in use");
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void shouldRefuseADirectoryThatKafkaWouldTakeForTwo() {
    // Given
    Path two = directory.resolve("a,b");

    // When
    ThrowingCallable start = () -> EmbeddedBroker.start(two);

    // Then
    assertThatThrownBy(start)
        .isInstanceOf(StartupException.class)
        .hasMessage("broker: Kafka takes no directory with a comma: " + two);
  }

  @Test
  void shouldNameTheLogWhenTheBrokerEndsWhileStarting() throws Exception {
    // Given
    Files.createDirectories(directory.resolve("kafka"));
    Files.writeString(directory.resolve("kafka/meta.properties"), "version=nonsense\n");

    // When
    ThrowingCallable start = () -> EmbeddedBroker.start(directory);

    // Then
    assertThatThrownBy(start)
        .isInstanceOf(StartupException.class)
        .hasMessageMatching(
            "broker: cannot start: it ended with exit code \\d+: No readable meta.properties.*, see .*broker\\.log")
        .hasNoCause();
    assertThat(directory.resolve("broker.log")).content().contains("nonsense");
  }

  @Test
  void shouldRefuseADirectoryThatAnotherBrokerUses() {
    // Given
    try (EmbeddedBroker user = EmbeddedBroker.start(directory)) {

      // When
      ThrowingCallable start = () -> EmbeddedBroker.start(directory);

      // Then
      assertThatThrownBy(start)
          .isInstanceOf(StartupException.class)
          .hasMessage("broker: " + directory.resolve("kafka") + " is in use by another broker");
      assertThat(user.isAlive()).isTrue();
    }
  }

  @Test
  void shouldEndWhenItsParentIsKilled() throws Exception {
    // Given
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerParent.class.getName(),
                directory.toString())
            .redirectError(Redirect.INHERIT)
            .start();
    ProcessHandle broker;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      broker = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(broker.isAlive()).isTrue();

      // When
      parent.destroyForcibly();
    }

    // Then
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !broker.isAlive());
    assertThat(directory.resolve("kafka/.kafka_cleanshutdown")).exists();
  }

  private static void createTopic(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(client(broker))) {
      admin.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1))).all().get();
    }
  }

  private static void append(EmbeddedBroker broker, List<String> values) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client(broker), new StringSerializer(), new StringSerializer())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(TOPIC.topic(), value)).get();
      }
    }
  }

  private static List<String> read(EmbeddedBroker broker, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(client(broker), new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(TOPIC));
      consumer.seekToBeginning(List.of(TOPIC));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                for (ConsumerRecord<String, String> entry : consumer.poll(Duration.ofMillis(100))) {
                  values.add(entry.value());
                }
                return values.size() >= count;
              });
    }
    return values;
  }

  private static Map<String, Object> client(EmbeddedBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
