package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.config.AppConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of settings with which the clients do not even start; nothing listens anywhere. */
class ConnectionsTest {
  private static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sasl.jaas.config|garbage|Login module control flag not specified in JAAS config",
        "sasl.jaas.config|no.such.Module required user=x;|No LoginModule found for no.such.Module",
        "sasl.jaas.config|" + LOGIN + " required username=x|JAAS config entry not terminated",
        "ssl.truststore.location|/nope.p12|no such file or directory: /nope.p12",
        "ssl.keystore.location|/nope.p12|key store password is not specified",
        "ssl.truststore.location|/|Failed to load SSL keystore / of type JKS: Is a directory",
      })
  void shouldKeepTheCauseWhereKafkasClientDoesNotStart(String key, String value, String cause) {
    // Given
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", "127.0.0.1:1");
    settings.put("schema.registry.url", "http://127.0.0.1:1");
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put("sasl.jaas.config", LOGIN + " required username=\"x\" password=\"y\";");
    settings.put(key, value);
    AppConfig config = AppConfig.of(new Properties(), settings);

    // When, Then
    assertThatThrownBy(() -> Connections.of(config).useBrokers(() -> ""))
        .isInstanceOf(ConnectionException.class)
        .hasMessageStartingWith("Kafka's client cannot start: ")
        .hasMessageContaining(cause)
        .hasMessageNotContainingAny("Exception", "create new");
  }

  @Test
  void shouldWaitForHostsWithoutAnAddressAndNameThem() {
    // Given
    AppConfig config =
        AppConfig.of(
            new Properties(),
            Map.of(
                "bootstrap.servers",
                "no-such-host.invalid:9092",
                "schema.registry.url",
                "http://127.0.0.1:1",
                "patience.seconds",
                "1"));

    // When, Then
    assertThatThrownBy(() -> Connections.of(config).useBrokers(() -> ""))
        .hasMessageContaining("broker no-such-host.invalid:9092: no host named")
        .hasMessageContaining("patience.seconds");
  }
}
