package io.readlens.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitTest {
  @ParameterizedTest
  @CsvSource({
    "1e8, 40_000, 500", // More would only cost memory.
    "50_000, 40_000, 99", // A second's work for two threads, in reads of 251 tokens.
    "1_000, 8_000, 16", // Fewer would not fill a batch.
    "1_000, 20_000, 7", // Two threads with seven of the longest reads take 280 s.
    "10, 20_000, 1", // Not even one is done in time, and the device may be quicker tomorrow.
    "0.001, 200_000, 1"
  })
  void shouldPollASecondsWorkAndAtLeastOneRead(String speed, String longestRead, String expected) {
    // Given
    Fit fit = new Fit(number(speed), (long) number(longestRead));

    // When
    AppConfig fitted = config(Map.of()).fittedTo(fit);

    // Then
    assertThat(fitted.maxPollRecords()).isEqualTo((int) number(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "400, 40_000, a poll of 500 reads of 1500 bases by each stream thread takes 628 s",
    "100, 200_000, a read of 200000 bases by each stream thread takes 4000 s",
  })
  void shouldRefuseAModelWithWhichPollsLastTooLong(String speed, String longest, String words) {
    // Given polls that were fitted to a quick model
    Fit first = new Fit(1e8, 40_000);
    AppConfig fitted = config(Map.of()).fittedTo(first);

    // When
    var thrown =
        assertThatThrownBy(
            () -> new Fit(number(speed), (long) number(longest)).requireEnoughFor(fitted, first));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("max.poll.interval.ms allows 600 s");
  }

  @ParameterizedTest
  @CsvSource({"430, 40_000, 1e8", "1e8, 40_000, 430", "10, 40_000, 20"})
  void shouldTakeAModelThatIsAsGoodOrQuickEnough(String speed, String longest, String firstSpeed) {
    // Given
    Fit first = new Fit(number(firstSpeed), (long) number(longest));
    AppConfig fitted = config(Map.of("max.poll.records", "500")).fittedTo(first);
    Fit fit = new Fit(number(speed), (long) number(longest));

    // When
    var thrown = assertThatCode(() -> fit.requireEnoughFor(fitted, first));

    // Then
    thrown.doesNotThrowAnyException();
  }

  private static double number(String value) {
    return Double.parseDouble(value.replace("_", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "transaction.timeout.ms, soon",
    "producer.transaction.timeout.ms, 0",
    "max.poll.records, 99999999999",
    "main.consumer.max.poll.records, -1",
    "num.stream.threads, 0"
  })
  void shouldRefuseWhatIsNoNumber(String key, String value) {
    // When
    var thrown = assertThatThrownBy(() -> config(Map.of(key, value)));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key.replace("producer.", "").replace("main.consumer.", ""))
        .hasMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({"1", "500", "100000"})
  void shouldLeaveWhatSomebodyHasSetHoweverSlowTheDeviceIs(String records) {
    // Given
    AppConfig config =
        config(
            Map.of(
                "main.consumer.max.poll.records",
                records,
                "producer.transaction.timeout.ms",
                "1000"));

    // When
    AppConfig fitted = config.fittedTo(new Fit(1, 1_000_000));

    // Then
    assertThat(fitted).isEqualTo(config);
  }

  @Test
  void shouldSetWhatNobodyHasSet() {
    // Given
    AppConfig config = config(Map.of());

    // When
    AppConfig fitted = config.fittedTo(new Fit(50_000, 40_000));

    // Then
    Map<String, String> expected = new HashMap<>(config.kafka());
    expected.put("max.poll.records", "99");
    assertThat(fitted.kafka()).isEqualTo(expected);
  }

  private static AppConfig config(Map<String, String> overrides) {
    Map<String, String> settings = new HashMap<>(overrides);
    settings.put("bootstrap.servers", "kafka:9092");
    settings.put("schema.registry.url", "http://registry:8081");
    return AppConfig.of(new Properties(), settings);
  }
}
