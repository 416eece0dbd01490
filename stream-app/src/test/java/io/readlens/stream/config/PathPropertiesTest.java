package io.readlens.stream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which values are paths; what becomes of them where the locale cannot name them: LocaleIT. */
class PathPropertiesTest {
  private static final Pattern NAMED_FOR_A_PATH =
      Pattern.compile(".*\\.(location|file|dir|directory|path|cmd)");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          checkpoints.from | /daten/Prüf | /daten/Prüf
          checkpoints.from | http://häuser/x, file:///daten/Prüf | file:///daten/Prüf
          checkpoints.from | none | none
          ssl.truststore.location | Prüf.p12 | Prüf.p12
          main.consumer.ssl.keystore.location | /Prüf.p12 | /Prüf.p12
          schema.registry.ssl.truststore.location | Prüf.p12 | Prüf.p12
          state.dir | Prüf | Prüf
          sasl.oauthbearer.assertion.private.key.file | Prüf | Prüf
          sasl.kerberos.kinit.cmd | /opt/Prüf/kinit | /opt/Prüf/kinit
          sasl.oauthbearer.token.endpoint.url | file:///daten/Prüf | file:///daten/Prüf
          ssl.key.password | ${file:/daten/Prüf:key} | ${file:/daten/Prüf:key}
          sasl.jaas.config | x required keyTab="/Prüf" a="ü"; | keyTab="/Prüf"
          config.providers.file.param.allowed.paths | /daten/Prüf |
          client.rack | /Prüf | /Prüf
          client.rack | Prüf |
          ssl.key.password | /ü |
          basic.auth.user.info | Jürgen:/ü |
          """)
  void shouldTellWhatIsAPath(String key, String value, String path) {
    // When, Then
    if (path == null) {
      assertThat(PathProperties.paths(key, value)).isEmpty();
    } else {
      assertThat(PathProperties.paths(key, value)).containsExactly(path);
    }
  }

  @Test
  void shouldKnowEachPropertyOfKafkasThatIsNamedForAPath() {
    // Given
    Set<String> names = new TreeSet<>(StreamsConfig.configDef().names());
    names.addAll(ConsumerConfig.configNames());
    names.addAll(ProducerConfig.configNames());
    names.addAll(AdminClientConfig.configNames());
    names.removeIf(name -> !NAMED_FOR_A_PATH.matcher(name).matches());

    // When, Then
    assertThat(names)
        .hasSizeGreaterThan(4)
        .allSatisfy(name -> assertThat(PathProperties.paths(name, "Prüf")).hasSize(1));
  }
}
