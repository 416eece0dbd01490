package io.readlens.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Fit;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.FakeModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    ReadIntake intake = new ReadIntake("reads", null, null, Duration.ZERO);
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

  @ParameterizedTest
  @CsvSource({
    "transaction.timeout.ms, 1000",
    "max.poll.records, 500",
    "max.poll.interval.ms, 10000",
    "max.read.length, 2000000"
  })
  void shouldStartOnADeviceHoweverSlowItSeems(String key, String value) {
    // Given
    AppConfig config = config(Map.of(key, value));
    DeviceSpeed slow = new DeviceSpeed(1, 251, 100);

    // When
    try (ExplainApp app =
        new ExplainApp(config, new FakeModel().onDevice(), slow, "c", Duration.ofSeconds(1))) {

      // Then
      assertThat(app.failure()).isEmpty();
    }
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

    // Then: 33,336 tokens of the longest read, once or seven times
    assertThat(untested).isEqualTo(new Fit(10_600, 33_336));
    assertThat(tested).isEqualTo(new Fit(10_000, Math.round(33_336 * 7 / 1.06)));
  }

  @Test
  void shouldCallADeviceStuckOnlyWhenNoSlowdownExplainsIt() {
    // Given
    AppConfig config = config(Map.of("faithfulness", "0.01"));

    // When
    var quick = policy(config, 1e6);
    var slow = policy(config, 10_600);

    // Then: tenfold what the longest read put to the test takes, 0.2 s and 22 s
    assertThat(quick.deadline()).isBetween(Duration.ofSeconds(32), Duration.ofSeconds(33));
    assertThat(slow.deadline()).isBetween(Duration.ofSeconds(249), Duration.ofSeconds(251));
  }

  private static DeviceWorker.Policy policy(AppConfig config, double tokensPerSecond) {
    return ExplainApp.policy(
        config, new FakeModel().onDevice(), new DeviceSpeed(1, 251, tokensPerSecond));
  }

  private static AppConfig config(Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>();
    properties.put("bootstrap.servers", "localhost:9092");
    properties.put("schema.registry.url", "http://localhost:8081");
    properties.putAll(overrides);
    return AppConfig.of(new Properties(), properties);
  }
}
