package io.readlens.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitTest {
  /** Two batches of 4,000 tokens at once, 50,000 a second; the longest read takes 0.8 s. */
  private static final Fit.Device QUICK = new Fit.Device(50_000, 8_000, 40_000);

  /** One window of 257 tokens at a time, 1,000 a second; the longest read takes 20 s. */
  private static final Fit.Device SLOW = new Fit.Device(1_000, 257, 20_000);

  @Test
  void shouldKeepASecondsWorkWaitingForAQuickDevice() {
    // When
    Fit fit = config(Map.of()).fit(QUICK);

    // Then
    assertThat(fit).isEqualTo(new Fit(50_000, 99, Duration.ofSeconds(5)));
  }

  @Test
  void shouldCallADeviceStuckWhenItsAnswerWouldBeOfNoUse() {
    // When
    Fit quick = config(Map.of()).fit(QUICK);
    Fit slow = config(Map.of()).fit(SLOW);

    // Then
    assertThat(quick.deviceDeadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(slow.deviceDeadline()).isEqualTo(slow.transactionTimeout());
  }

  @Test
  void shouldLetTransactionsLiveTwiceAsLongAsTheLongestWaitForASlowDevice() {
    // When
    Fit fit = config(Map.of()).fit(SLOW);

    // Then: (1,000 + 257 + 20,000) / 1,000 = 21.3 s; two threads with seven such reads, 280 s
    assertThat(fit).isEqualTo(new Fit(1_000, 7, Duration.ofSeconds(43)));
  }

  @Test
  void shouldLetASmallerQueueWaitWhereThatIsEnough() {
    // Given
    Fit.Device device = new Fit.Device(50_000, 8_000, 220_000);

    // When
    Fit fit = config(Map.of("transaction.timeout.ms", "10000")).fit(device);

    // Then: behind 50,000 tokens 5.6 s, behind 16,000 tokens 4.9 s
    assertThat(fit.queueTokens()).isEqualTo(16_000);
  }

  @Test
  void shouldRefuseATransactionTimeoutThatTheLongestReadExceeds() {
    // Given
    AppConfig config = config(Map.of("transaction.timeout.ms", "30000"));

    // When
    var thrown = assertThatThrownBy(() -> config.fit(SLOW));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the device needs 20.8 s for the longest read accepted and all before it, more than"
                + " half of transaction.timeout.ms = 30000: lower max.read.length = 200000 to"
                + " 142289, or raise transaction.timeout.ms to 42000");
  }

  @Test
  void shouldAcceptWhatItsRefusalProposed() {
    // Given
    Fit.Device shorter = new Fit.Device(1_000, 257, 20_000L * 142_289 / 200_000);
    Map<String, String> proposed =
        Map.of("transaction.timeout.ms", "30000", "max.read.length", "142289");

    // When
    Fit fit = config(proposed).fit(shorter);

    // Then
    assertThat(fit.transactionTimeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shouldNotMakeRecoveryWaitForMoreThanAMinuteUnasked() {
    // Given
    Fit.Device slower = new Fit.Device(500, 257, 20_000);

    // When
    var thrown = assertThatThrownBy(() -> config(Map.of()).fit(slower));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("transaction.timeout.ms = 60000");
  }

  @Test
  void shouldRefuseMorePolledRecordsThanTheDeviceCanAnswerInTime() {
    // Given
    AppConfig config = config(Map.of("max.poll.records", "500"));

    // When
    var thrown = assertThatThrownBy(() -> config.fit(SLOW));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "max.poll.records = 500: the device needs 20.0 s for a read of 200000 bases, so that 7");
  }

  @ParameterizedTest
  @CsvSource({
    "transaction.timeout.ms, soon",
    "producer.transaction.timeout.ms, 0",
    "max.poll.records, 99999999999"
  })
  void shouldRefuseWhatIsNoNumber(String key, String value) {
    // When
    var thrown = assertThatThrownBy(() -> config(Map.of(key, value)).fit(QUICK));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key.replace("producer.", ""))
        .hasMessageContaining(value);
  }

  @Test
  void shouldLeaveWhatSomebodyHasSet() {
    // Given
    AppConfig config =
        config(
            Map.of(
                "main.consumer.max.poll.records", "50",
                "producer.transaction.timeout.ms", "20000"));

    // When
    AppConfig fitted = config.fittedTo(config.fit(QUICK));

    // Then
    assertThat(fitted).isEqualTo(config);
  }

  @Test
  void shouldSetWhatNobodyHasSet() {
    // Given
    AppConfig config = config(Map.of());

    // When
    AppConfig fitted = config.fittedTo(config.fit(QUICK));

    // Then
    Map<String, String> expected = new HashMap<>(config.kafka());
    expected.put("max.poll.records", "99");
    expected.put("transaction.timeout.ms", "5000");
    assertThat(fitted.kafka()).isEqualTo(expected);
  }

  private static AppConfig config(Map<String, String> overrides) {
    Map<String, String> settings = new HashMap<>(overrides);
    settings.put("bootstrap.servers", "kafka:9092");
    settings.put("schema.registry.url", "http://registry:8081");
    return AppConfig.of(new Properties(), settings);
  }
}
