package io.readlens.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Views;
import io.readlens.schemas.Topics;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppConfigTest {
  private static final Map<String, String> NEEDED =
      Map.of("bootstrap.servers", "kafka:9092", "schema.registry.url", "http://registry:8081");

  @Test
  void shouldHaveTheseDefaultsAndNoOthers() {
    // Given
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("topic.reads", "readlens.reads.v1"),
            Map.entry("topic.explanations", "readlens.explanations.v1"),
            Map.entry("topic.dead-letters", "readlens.dead-letters.v1"),
            Map.entry("topic.ledger", "readlens.ledger.v1"),
            Map.entry("topic.checkpoints", "readlens.checkpoints.v1"),
            Map.entry("reads.expired", "count"),
            Map.entry("min.read.length", "100"),
            Map.entry("max.read.length", "200000"),
            Map.entry("alternatives", "3"),
            Map.entry("input.filters", "UNKNOWN,ADAPTER,VECTOR,TAIL,LOW_COMPLEXITY"),
            Map.entry("input.adapters", "bundled"),
            Map.entry("informative.min.bases", "60"),
            Map.entry("call.profile", "balanced"),
            Map.entry("call.thresholds", "none"),
            Map.entry("spans.max.per.call", "64"),
            Map.entry("include.sequence", "false"),
            Map.entry("include.mask", "true"),
            Map.entry("faithfulness", "off"),
            Map.entry("views", "1"),
            Map.entry("device", "auto"),
            Map.entry("device.workers", "auto"),
            Map.entry("batch.max.tokens", "auto"),
            Map.entry("batch.linger.ms", "5"),
            Map.entry("checkpoints.from", "none"),
            Map.entry("patience.seconds", "60"));

    // When
    Map<String, String> settings =
        Arrays.stream(Setting.values()).collect(Collectors.toMap(Setting::key, Setting::standard));

    // Then
    assertThat(settings).isEqualTo(expected);
  }

  @Test
  void shouldParseEveryDefault() {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);

    // When
    AppConfig config = AppConfig.of(file, Map.of());

    // Then
    assertThat(config)
        .isEqualTo(
            new AppConfig(
                Topics.standard(),
                false,
                100,
                200_000,
                config.filter(),
                ThresholdChoice.BALANCED,
                3,
                false,
                true,
                64,
                ReadSample.NONE,
                Views.ONE,
                new Device(Device.Kind.AUTO, 0),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Duration.ofMillis(5),
                new Places(List.of(), List.of()),
                new Patience(Duration.ofSeconds(60)),
                Map.ofEntries(
                    Map.entry("bootstrap.servers", "kafka:9092"),
                    Map.entry("application.id", "readlens"),
                    Map.entry("processing.guarantee", "exactly_once_v2"),
                    Map.entry("num.stream.threads", "2"),
                    Map.entry("commit.interval.ms", "100"),
                    Map.entry("max.poll.interval.ms", "600000"),
                    Map.entry("max.request.size", "8388608"),
                    Map.entry("batch.size", "262144"),
                    Map.entry("transaction.timeout.ms", "10000"),
                    Map.entry("ensure.explicit.internal.resource.naming", "true"),
                    Map.entry("session.timeout.ms", "6000"),
                    Map.entry("heartbeat.interval.ms", "1500"),
                    Map.entry("processing.exception.handler.global.enabled", "true"),
                    Map.entry(
                        "processing.exception.handler",
                        "org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler")),
                Map.of(
                    "schema.registry.url",
                    "http://registry:8081",
                    "schema.registry.http.connect.timeout.ms",
                    "60000",
                    "schema.registry.http.read.timeout.ms",
                    "60000",
                    "auto.register.schemas",
                    "true",
                    "use.latest.version",
                    "false")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "input.filters; DUST; input.filters = 'DUST': must be NONE or some of UNKNOWN, ADAPTER, VECTOR,"
            + " TAIL and LOW_COMPLEXITY: 'DUST' is no filter",
        "input.adapters; /no/such.fa; input.adapters = '/no/such.fa': must be bundled or a FASTA"
            + " file: no such file or directory: /no/such.fa",
        "informative.min.bases; -1; informative.min.bases = '-1': must be a whole number, 0 or more"
      })
  void shouldRefuseWhatIsNoFilter(String key, String value, String message) {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);

    // Then
    assertThatThrownBy(() -> AppConfig.of(file, Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "call.profile; paranoid; call.profile = 'paranoid': must be sensitive, balanced or strict",
        "call.thresholds; genus:2; call.thresholds = 'genus:2': must be none, or numbers from 0 to 1"
            + " such as superkingdom:0.9,phylum:0.9,genus:0.95: 'genus:2' has no number from 0 to 1",
        "spans.max.per.call; 0; spans.max.per.call = '0': must be a whole number, 1 or more"
      },
      quoteCharacter = '"')
  void shouldRefuseWhatNothingCanBeCalledBy(String key, String value, String message) {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);

    // Then
    assertThatThrownBy(() -> AppConfig.of(file, Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void shouldCallAsConfigured() {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);

    // When
    AppConfig config =
        AppConfig.of(
            file,
            Map.of(
                "call.profile", "Strict",
                "call.thresholds", "genus:.5",
                "spans.max.per.call", "7"));

    // Then
    assertThat(config.thresholds())
        .isEqualTo(new ThresholdChoice(Profile.STRICT, Map.of(Rank.GENUS, 0.5)));
    assertThat(config.mostSpans()).isEqualTo(7);
    assertThat(config.toString()).contains("thresholds=strict but genus:0.5, ", "spans=7, ");
  }

  @Test
  void shouldFilterAsConfigured() {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);

    // When
    AppConfig standard = AppConfig.of(file, Map.of());
    AppConfig some =
        AppConfig.of(file, Map.of("input.filters", "tail,UNKNOWN", "informative.min.bases", "150"));

    // Then
    assertThat(standard.filter().fingerprint()).isEqualTo(InputFilter.standard().fingerprint());
    assertThat(some.filter()).hasToString("UNKNOWN,TAIL");
    assertThat(some.filter().leastBases()).isEqualTo(150);
  }

  @Test
  void shouldPreferTheCommandLineToTheFileAndTheFileToTheDefaults() {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);
    file.setProperty("alternatives", "5");
    file.setProperty("min.read.length", "50");
    file.setProperty("num.stream.threads", "3");

    // When
    AppConfig config = AppConfig.of(file, Map.of("alternatives", "7", "device", "gpu:1"));

    // Then
    assertThat(config.alternatives()).isEqualTo(7);
    assertThat(config.minReadLength()).isEqualTo(50);
    assertThat(config.device()).isEqualTo(new Device(Device.Kind.GPU, 1));
    assertThat(config.kafka()).containsEntry("num.stream.threads", "3");
  }

  @Test
  void shouldKeepKafkasAndTheRegistrysPropertiesApart() {
    // Given
    Map<String, String> overrides =
        Map.of(
            "security.protocol", "SASL_SSL",
            "producer.compression.type", "gzip",
            "plugin.a.plugins.own", "kept",
            "basic.auth.credentials.source", "USER_INFO",
            "basic.auth.user.info", "me:secret",
            "use.latest.version", "true");

    // When
    AppConfig config = configWith(overrides);

    // Then
    assertThat(config.kafka())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("producer.compression.type", "gzip")
        .containsEntry("a.plugins.own", "kept")
        .doesNotContainKeys("basic.auth.user.info", "schema.registry.url", "topic.reads");
    assertThat(config.registry())
        .isEqualTo(
            Map.of(
                "schema.registry.url", "http://registry:8081",
                "schema.registry.http.connect.timeout.ms", "60000",
                "schema.registry.http.read.timeout.ms", "60000",
                "auto.register.schemas", "true",
                "basic.auth.credentials.source", "USER_INFO",
                "basic.auth.user.info", "me:secret",
                "use.latest.version", "true"));
  }

  @Test
  void shouldPrintNoValueThatMayBeSecret() {
    // Given
    AppConfig config =
        configWith(
            Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "password=hidden",
                "bearer.auth.credentials.source", "STATIC_TOKEN",
                "bearer.auth.token", "hidden"));

    // When
    String printed = config.toString();

    // Then
    assertThat(printed).contains("sasl.jaas.config", "bearer.auth.token").doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource({
    "topic.read, topic.reads",
    "topic.deadletters, topic.dead-letters",
    "reads.topic, topic.reads",
    "minReadLength, min.read.length",
    "MIN_READ_LENGTH, min.read.length",
    "batch.linger, batch.linger.ms",
    "min.length, min.read.length",
    "include.masks, include.mask",
    "alternative, alternatives",
    "devise, device",
    "max.pol.records, max.poll.records",
    "Bootstrap.Servers, bootstrap.servers",
    "bootstrap_servers, bootstrap.servers",
    "kafka.bootstrap.servers, bootstrap.servers",
    "securityProtocol, security.protocol",
    "sasl.jass.config, sasl.jaas.config",
    "ssl.truststore.locaton, ssl.truststore.location",
    "producer.foo, producer.acks",
    "producer.max.poll.records, producer.max.block.ms",
    "consumer.max.pol.records, consumer.max.poll.records",
    "main.consumer.fetch.min, main.consumer.fetch.min.bytes",
    "admin.retry, admin.retries",
    "schema.registry.ulr, schema.registry.url",
    "schema.registry.ssl.truststore.locaton, schema.registry.ssl.truststore.location",
    "schema.registry.ssl.cipher.suites, schema.registry.ssl.provider",
    "schema.registry.missing.id.cache.ttl.sec, schema.registry.ssl.keystore.type",
    "basic.auth.userinfo, basic.auth.user.info",
    "bearer.auth.tokn, bearer.auth.token",
    "schemaRegistryUrl, schema.registry.url",
    "topic.retention.ms, topic.explanations",
    "config.providers., config.providers",
  })
  void shouldRefuseANameThatNobodyKnowsWithTheNearest(String misspelt, String meant) {
    // When
    var thrown = assertThatThrownBy(() -> configWith(Map.of(misspelt, "1")));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("unknown property " + misspelt + ": did you mean " + meant + "?");
  }

  @Test
  void shouldSayHowAPlugInsOwnSettingIsWritten() {
    // Given
    Map<String, String> kafka = Map.of("confluent.monitoring.interceptor.topic", "t");
    Map<String, String> registry = Map.of("schema.registry.vault.token", "t");

    // When / Then
    assertThatThrownBy(() -> configWith(kafka))
        .hasMessageEndingWith("is written plugin.confluent.monitoring.interceptor.topic");
    assertThatThrownBy(() -> configWith(registry))
        .hasMessageEndingWith("is written schema.registry.plugin.vault.token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plugin.batch.size", "plugin.topic.reads", "plugin.schema.registry.url"})
  void shouldRefuseAKnownNameAsAPlugIns(String key) {
    // When / Then
    assertThatThrownBy(() -> configWith(Map.of(key, "1000")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("is no plug-in's: write it without plugin.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch.size",
        "producer.batch.size",
        "max.block.ms",
        "client.tag.zone",
        "config.providers.file.class",
        "metrics.jmx.include",
        "consumer.metrics.jmx.include",
        "interceptor.classes",
        "metric.reporters",
        "statestore.cache.max.bytes",
        "restore.consumer.fetch.max.bytes",
      })
  void shouldLetKafkasNamesPass(String key) {
    // When
    AppConfig config = configWith(Map.of(key, "1000"));

    // Then
    assertThat(config.kafka()).containsEntry(key, "1000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sasl.oauthbearer.token.endpoint.url",
        "sasl.kerberos.service.name",
        "ssl.endpoint.identification.algorithm",
        "consumer.ssl.truststore.location",
      })
  void shouldLetKafkasNamesOfSecurityPassWhereTheyApply(String key) {
    // When
    AppConfig config = configWith(Map.of(key, "x", "security.protocol", "SASL_SSL"));

    // Then
    assertThat(config.kafka()).containsEntry(key, "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "schema.registry.ssl.truststore.location",
        "schema.registry.ssl.endpoint.identification.algorithm",
        "schema.registry.http.read.timeout.ms",
        "schema.registry.proxy.host",
        "schema.registry.sasl.jaas.config",
        "schema.registry.plugin.vault.token",
      })
  void shouldLetTheRegistrysNamesPass(String key) {
    // When
    AppConfig config = configWith(Map.of(key, "x", "schema.registry.url", "https://registry"));

    // Then
    assertThat(config.registry()).containsEntry(key, "x");
  }

  @ParameterizedTest
  @CsvSource({
    "group.id, mine, application.id is the group",
    "consumer.group.id, mine, application.id is the group",
    "transactional.id, mine, it follows from application.id",
    "value.serializer, mine, records are bytes and Avro",
    "producer.enable.idempotence, false, only true",
    "isolation.level, read_uncommitted, only read_committed",
    "enable.auto.commit, true, only false",
    "ssl.truststore.location, /ca.p12, set security.protocol to SSL or SASL_SSL",
    "admin.ssl.keystore.location, /me.p12, set security.protocol to SSL or SASL_SSL",
    "ssl.endpoint.identification.algorithm, https, set security.protocol to SSL or SASL_SSL",
    "producer.ssl.protocol, TLSv1.3, set security.protocol to SSL or SASL_SSL",
    "sasl.jaas.config, x, set security.protocol to SASL_SSL or SASL_PLAINTEXT",
    "sasl.kerberos.service.name, kafka, set security.protocol to SASL_SSL or SASL_PLAINTEXT",
    "sasl.oauthbearer.token.endpoint.url, x, set security.protocol to SASL_SSL or SASL_PLAINTEXT",
    "schema.registry.ssl.truststore.location, /ca.p12, write it so",
    "schema.registry.ssl.keystore.password, x, write it so",
    "schema.registry.ssl.endpoint.identification.algorithm, https, write it so",
    "basic.auth.user.info, me:x, set basic.auth.credentials.source=USER_INFO",
    "schema.registry.basic.auth.user.info, me:x, set basic.auth.credentials.source=USER_INFO",
    "bearer.auth.token, x, set bearer.auth.credentials.source=STATIC_TOKEN",
    "basic.auth.credentials.source, USERINFO, must be SASL_INHERIT or URL or USER_INFO",
    "bearer.auth.credentials.source, OAUTHBEARER, must be CUSTOM or STATIC_TOKEN",
    "application.id, ${ID}, which nothing replaces",
    "topic.reads, ${env:READS}, which nothing replaces",
    "schema.registry.ssl.key.password, ${file:/x:y}, which nothing replaces",
  })
  void shouldRefuseWhatWouldNotApply(String key, String value, String reason) {
    // When / Then
    assertThatThrownBy(() -> configWith(Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void shouldRefuseTheTwoNamesOfASettingOfTheRegistryWhereTheyDiffer() {
    // Given
    Map<String, String> settings =
        Map.of(
            "basic.auth.credentials.source", "USER_INFO",
            "basic.auth.user.info", "me:x",
            "schema.registry.basic.auth.user.info", "you:y");

    // When
    var thrown = assertThatThrownBy(() -> configWith(settings));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "basic.auth.user.info and schema.registry.basic.auth.user.info are one, and differ:"
                + " keep one of them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://me:secret@registry:8081",
        "https://one:8081,http://two:8081",
        "https://one:8081, HTTP://two:8081",
      })
  void shouldRefuseARegistrysTruststoreForAnOpenConnection(String url) {
    // Given
    Map<String, String> overrides =
        Map.of("schema.registry.url", url, "schema.registry.ssl.truststore.location", "/ca.p12");

    // When
    var thrown = assertThatThrownBy(() -> configWith(overrides));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "schema.registry.ssl.truststore.location does nothing where schema.registry.url does"
                + " not begin with https://: write it so, or leave out the former");
  }

  @Test
  void shouldLeaveReferencesToKafkasConfigProviders() {
    // When
    AppConfig config =
        configWith(
            Map.of(
                "config.providers", "env",
                "config.providers.env.class", "EnvVarConfigProvider",
                "client.id", "${env:ID}"));

    // Then
    assertThat(config.kafka()).containsEntry("client.id", "${env:ID}");
  }

  @ParameterizedTest
  @CsvSource({
    "topic.reads, reads of mine",
    "min.read.length, 0",
    "min.read.length, ten",
    "max.read.length, 99",
    "alternatives, 2.5",
    "include.mask, yes",
    "faithfulness, some",
    "faithfulness, 1.5",
    "views, 3",
    "views, many",
    "device, gpu",
    "device.workers, 0",
    "batch.max.tokens, 0",
    "batch.linger.ms, -1",
    "patience.seconds, 0",
    "patience.seconds, 1 minute",
    "patience.seconds, 86401",
    "num.stream.threads, many",
    "consumer.max.poll.records, 0",
    "reads.expired, ignore",
    "auto.offset.reset, latest",
    "main.consumer.auto.offset.reset, none",
    "processing.guarantee, twice",
    "processing.guarantee, at_least_once",
  })
  void shouldRefuseAValueOutOfRange(String key, String value) {
    // When
    var thrown = assertThatThrownBy(() -> configWith(Map.of(key, value)));

    // Then
    thrown.isInstanceOf(ConfigurationException.class).hasMessageContaining(value);
  }

  @Test
  void shouldRefuseTwoTopicsOfOneName() {
    // Given
    Map<String, String> override = Map.of("topic.reads", "readlens.explanations.v1");

    // When
    var thrown = assertThatThrownBy(() -> configWith(override));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("topic.*: two topics share a name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bootstrap.servers", "schema.registry.url"})
  void shouldSayWhatIsMissing(String key) {
    // Given
    Properties file = new Properties();
    file.putAll(NEEDED);
    file.remove(key);

    // When
    var thrown = assertThatThrownBy(() -> AppConfig.of(file, Map.of()));

    // Then
    thrown.isInstanceOf(ConfigurationException.class).hasMessageStartingWith(key + " is not set");
  }

  @Test
  void shouldRefuseAHandlerThatCouldDropReads() {
    // Given
    Map<String, String> override = Map.of("processing.exception.handler", "my.LogAndContinue");

    // When
    var thrown = assertThatThrownBy(() -> configWith(override));

    // Then
    thrown
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("processing.exception.handler cannot be set");
  }

  @Test
  void shouldGiveEachClientItsOwnPropertiesAndThoseOfPlugIns() {
    // Given
    AppConfig config =
        configWith(
            Map.of(
                "security.protocol", "SSL",
                "admin.client.id", "me",
                "producer.acks", "1",
                "plugin.a.plugins.own", "kept",
                "plugin.producer.one.clients.own", "kept"));

    // When
    Map<String, String> admin = config.adminProperties();

    // Then
    assertThat(admin)
        .isEqualTo(
            Map.of(
                "bootstrap.servers", "kafka:9092",
                "security.protocol", "SSL",
                "client.id", "me",
                "default.api.timeout.ms", "60000",
                "request.timeout.ms", "30000",
                "a.plugins.own", "kept"));
    assertThat(config.producerProperties())
        .containsEntry("acks", "1")
        .containsEntry("max.request.size", "8388608")
        .containsEntry("one.clients.own", "kept")
        .containsEntry("max.block.ms", "60000")
        .containsEntry("delivery.timeout.ms", "60000")
        .doesNotContainKeys("max.poll.records", "client.id", "num.stream.threads");
    assertThat(config.maxRequestBytes()).isEqualTo(8_388_608);
  }

  @Test
  void shouldWaitAsLongAsItIsToldUnlessKafkasOwnTimeOutsAreSet() {
    // When
    AppConfig hasty = configWith(Map.of("patience.seconds", "7"));
    AppConfig own =
        configWith(Map.of("patience.seconds", "7", "request.timeout.ms", "9000", "linger.ms", "8"));

    // Then
    assertThat(hasty.adminProperties())
        .containsEntry("default.api.timeout.ms", "7000")
        .containsEntry("request.timeout.ms", "7000");
    assertThat(hasty.producerProperties())
        .containsEntry("max.block.ms", "7000")
        .containsEntry("request.timeout.ms", "3500")
        .containsEntry("delivery.timeout.ms", "7000");
    assertThat(hasty.registry()).containsEntry("schema.registry.http.read.timeout.ms", "7000");
    assertThat(own.adminProperties())
        .containsEntry("default.api.timeout.ms", "9000")
        .containsEntry("request.timeout.ms", "9000");
    assertThat(own.producerProperties())
        .containsEntry("max.block.ms", "7000")
        .doesNotContainKey("delivery.timeout.ms");
  }

  @Test
  void shouldLeaveSessionsToTheBrokerUnderTheStreamsProtocol() {
    // Given
    Map<String, String> override = Map.of("group.protocol", "streams");

    // When
    AppConfig config = configWith(override);

    // Then
    assertThat(config.kafka()).doesNotContainKeys("session.timeout.ms", "heartbeat.interval.ms");
  }

  @Test
  void shouldRefuseRoomThatWouldStopTheApplicationLater() {
    // When / Then
    assertThatThrownBy(() -> configWith(Map.of("max.request.size", "50000")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("max.request.size = 50000");
  }

  private static AppConfig configWith(Map<String, String> overrides) {
    Properties file = new Properties();
    file.putAll(NEEDED);
    return AppConfig.of(file, overrides);
  }
}
