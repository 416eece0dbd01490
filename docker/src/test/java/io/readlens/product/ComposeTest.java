package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** compose.yaml against the Compose Specification's own JSON schema, and what we promise of it. */
class ComposeTest {
  private static final Path FILE = Path.of("compose.yaml");
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V7)
          .getSchema(SchemaLocation.of("classpath:compose-spec.json"));

  @Test
  void shouldBeWhatTheSpecificationAllows() throws IOException {
    // Given
    String compose = Files.readString(FILE);

    // When
    List<String> faults = faults(compose);

    // Then
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          restart: unless        | restrat: unless
          condition: service_h   | conditions: service_h
          stop_grace_period: 60s | stop_grace_period: [60]
          healthcheck:           | health_check:
          services:              | service:
          """)
  void shouldSeeAFault(String right, String wrong) throws IOException {
    // Given
    String compose = Files.readString(FILE);
    assertThat(compose).contains(right);

    // When
    List<String> faults = faults(compose.replace(right, wrong));

    // Then
    assertThat(faults).isNotEmpty();
  }

  @Test
  void shouldStartAgainAndBeAskedForItsHealth() throws IOException {
    // When
    Map<String, JsonNode> services = services();

    // Then
    assertThat(services.keySet()).containsExactly("kafka", "readlens", "registry", "topics");
    for (String lasting : List.of("kafka", "registry", "readlens")) {
      assertThat(services.get(lasting).path("restart").asText()).isEqualTo("unless-stopped");
    }
    for (String server : List.of("kafka", "registry")) {
      assertThat(services.get(server).at("/healthcheck/test/0").asText()).isEqualTo("CMD");
    }
    assertThat(services.get("registry").at("/depends_on/kafka/condition").asText())
        .isEqualTo("service_healthy");
    assertThat(services.get("readlens").at("/depends_on/registry/condition").asText())
        .isEqualTo("service_healthy");
  }

  @Test
  void shouldOpenPortsToThisMachineOnly() throws IOException {
    // When
    List<String> ports = services().values().stream().flatMap(s -> texts(s.path("ports"))).toList();

    // Then
    assertThat(ports).hasSize(2).allMatch(port -> port.startsWith("127.0.0.1:"));
  }

  @Test
  void shouldKeepTheTopicsAndCreateNoneByMistake() throws IOException {
    // When
    JsonNode kafka = services().get("kafka");

    // Then
    String logs = kafka.at("/environment/KAFKA_LOG_DIRS").asText();
    assertThat(texts(kafka.path("volumes"))).containsExactly("kafka-data:" + logs);
    assertThat(new YAMLMapper().readTree(FILE.toFile()).path("volumes").has("kafka-data")).isTrue();
    assertThat(kafka.at("/environment/KAFKA_AUTO_CREATE_TOPICS_ENABLE").asText())
        .isEqualTo("false");
  }

  @Test
  void shouldGiveTimeToClose() throws IOException {
    // When
    Map<String, JsonNode> services = services();

    // Then
    for (String service : List.of("kafka", "readlens")) {
      assertThat(services.get(service).path("stop_grace_period").asText()).isEqualTo("60s");
    }
  }

  static Map<String, JsonNode> services() throws IOException {
    Map<String, JsonNode> services = new TreeMap<>();
    new YAMLMapper()
        .readTree(FILE.toFile())
        .path("services")
        .properties()
        .forEach(service -> services.put(service.getKey(), service.getValue()));
    return services;
  }

  static Stream<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
  }

  private static List<String> faults(String compose) throws IOException {
    return SCHEMA.validate(new YAMLMapper().readTree(compose)).stream()
        .map(Object::toString)
        .toList();
  }
}
