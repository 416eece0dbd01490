package io.readlens.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.ConfigurationException;
import io.readlens.stream.config.Fit;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainAppTest {
  private static final DeviceSpeed SPEED = new DeviceSpeed(1, 16_384, 1e6);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "interceptor.classes",
        "consumer.interceptor.classes",
        "main.consumer.interceptor.classes"
      })
  void shouldLookAheadBesideTheUsersOwnInterceptors(String key) {
    // Given
    ReadIntake intake = new ReadIntake("reads", null, null);
    AppConfig config = config(Map.of(key, "my.Interceptor"));

    // When
    Properties properties = ExplainApp.streamsProperties(config, intake);

    // Then
    assertThat(properties)
        .containsEntry(
            "main.consumer.interceptor.classes", "my.Interceptor," + LookAhead.class.getName())
        .containsEntry("main.consumer." + LookAhead.INTAKE, intake);
  }

  @Test
  void shouldSayWhatKafkaRefuses() {
    // Given
    AppConfig config = config(Map.of("bootstrap.servers", "no port"));

    // When
    var thrown =
        assertThatThrownBy(
            () ->
                new ExplainApp(
                    config, new FakeModel().onDevice(), SPEED, "c", Duration.ofSeconds(1)));

    // Then
    thrown
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Kafka refuses this configuration: ")
        .hasMessageContaining("no port");
  }

  @Test
  void shouldRefuseASettingThatDoesNotSuitTheDevice() {
    // Given
    AppConfig config = config(Map.of("transaction.timeout.ms", "1000"));
    DeviceSpeed slow = new DeviceSpeed(1, 251, 10_000);

    // When
    var thrown =
        assertThatThrownBy(
            () ->
                new ExplainApp(
                    config, new FakeModel().onDevice(), slow, "c", Duration.ofSeconds(1)));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("transaction.timeout.ms = 1000")
        .hasMessageContaining("lower max.read.length = 200000");
  }

  @Test
  void shouldReckonWithTheLongestReadBeingPutToTheTest() {
    // Given
    DeviceSpeed speed = new DeviceSpeed(1, 251, 10_600);
    AppConfig none = config(Map.of());
    AppConfig some = config(Map.of("faithfulness", "0.01"));

    // When
    Fit untested = ExplainApp.fit(none, new FakeModel().onDevice(), speed);
    Fit tested = ExplainApp.fit(some, new FakeModel().onDevice(), speed);

    // Then: 33,336 tokens of the longest read, once or seven times, behind a second's work
    assertThat(untested).isEqualTo(new Fit(10_600, 21, Duration.ofSeconds(9)));
    assertThat(tested).isEqualTo(new Fit(10_000, 6, Duration.ofSeconds(47)));
  }

  private static AppConfig config(Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>();
    properties.put("bootstrap.servers", "localhost:9092");
    properties.put("schema.registry.url", "http://localhost:8081");
    properties.putAll(overrides);
    return AppConfig.of(new Properties(), properties);
  }
}
