package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.UndecodableException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RegistryTest {
  private static final Schema PUBLISHED = RegistrySerde.published(SequencingRead.getClassSchema());
  private static final String ASKED = "GET /schemas/ids/7";

  private final StubRegistry stub = new StubRegistry();

  @AfterEach
  void close() {
    stub.close();
  }

  @Test
  void shouldNotBlameTheRecordWhenTheRegistryIsDown() throws IOException {
    // Given
    RegistrySerde<SequencingRead> serde = serde(Map.of("schema.registry.url", deadAddress()));
    // When
    Throwable reading = catchThrowable(() -> serde.deserialize("t", framed(7)));
    Throwable writing = catchThrowable(() -> serde.serialize("t", Samples.read()));
    // Then
    assertThat(reading)
        .isInstanceOf(RegistryException.class)
        .isNotInstanceOf(SerializationException.class)
        .hasMessageContaining("Connection refused");
    assertThat(writing)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("subject t-value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | {\"error_code\":50001,\"message\":\"store\"}",
        "503 | busy",
        "401 | {\"error_code\":401,\"message\":\"Unauthorized\"}",
        "403 | {\"error_code\":40301,\"message\":\"denied\"}",
        "429 | {\"error_code\":429,\"message\":\"slower\"}",
        "404 | <html>no such page</html>",
        "404 | {\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}",
        "200 | <html>log in first</html>"
      })
  void shouldNotBlameTheRecordWhenTheRegistryFails(int status, String body) {
    // Given
    stub.answer(ASKED, status, body);
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    // When
    Throwable failure = catchThrowable(() -> serde.deserialize("t", framed(7)));
    // Then
    assertThat(failure)
        .isInstanceOf(RegistryException.class)
        .isNotInstanceOf(SerializationException.class);
  }

  @Test
  void shouldAnswerAgainOnceTheRegistryIsBack() {
    // Given
    stub.answer(ASKED, 503, "busy");
    Registry registry = stub.connect();
    Throwable failure = catchThrowable(() -> registry.forReading(7));
    stub.know(7, PUBLISHED);
    // When
    Schema schema = registry.forReading(7);
    // Then
    assertThat(failure).isInstanceOf(RegistryException.class);
    assertThat(schema).isEqualTo(PUBLISHED);
  }

  /** No registry gives such ids, and one may call them a bad request rather than unknown. */
  @ParameterizedTest
  @ValueSource(ints = {-1, -7, Integer.MIN_VALUE})
  void shouldBlameTheRecordForANegativeIdWithoutAsking(int id) {
    // Given
    stub.answer("GET /schemas/ids/" + id, 422, "not an id");
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    // When
    UndecodableException refusal =
        catchThrowableOfType(UndecodableException.class, () -> serde.deserialize("t", framed(id)));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.UNKNOWN_SCHEMA);
    assertThat(refusal).hasMessageContaining(Integer.toString(id));
  }

  @Test
  void shouldBlameTheRecordForAnIdThatTheRegistryDoesNotKnow() {
    // Given
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    // When
    UndecodableException refusal =
        catchThrowableOfType(UndecodableException.class, () -> serde.deserialize("t", framed(7)));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.UNKNOWN_SCHEMA);
    assertThat(refusal).hasMessageContaining("schema 7");
  }

  @Test
  void shouldNotAskForEveryRecordOfAnUnknownId() {
    // Given
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    long start = System.nanoTime();
    // When
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(() -> serde.deserialize("t", framed(7)))
          .isInstanceOf(UndecodableException.class);
    }
    // Then
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    assertThat(stub.requests()).hasSizeBetween(1, 2 + (int) seconds);
  }

  @Test
  void shouldFindAnIdThatIsRegisteredLater() {
    // Given
    stub.acceptAs("t-value", 7);
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    byte[] bytes = serde.serialize("t", Samples.read());
    RegistrySerde<SequencingRead> reader = serde(stub.connect());
    assertThatThrownBy(() -> reader.deserialize("t", bytes))
        .isInstanceOf(UndecodableException.class);
    // When
    stub.know(7, PUBLISHED);
    // Then
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(UndecodableException.class)
        .until(() -> reader.deserialize("t", bytes).equals(Samples.read()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROTOBUF | syntax = \"proto3\"; message Read { string id = 1; }",
        "JSON | {\"type\":\"object\"}",
        "AVRO | {\"type\":\"record\",\"name\":\"no fields\"}"
      })
  void shouldBlameTheRecordForASchemaThatIsNotAvro(String type, String schema) {
    // Given
    String known =
        "\"schemaType\":\"" + type + "\",\"schema\":" + StubRegistry.quoted(schema) + "}";
    stub.answer(ASKED, 200, "{" + known);
    stub.answer(ASKED + "/versions", 200, "[{\"subject\":\"s\",\"version\":3}]");
    stub.answer(
        "GET /subjects/s/versions/3", 200, "{\"subject\":\"s\",\"version\":3,\"id\":7," + known);
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    // When
    UndecodableException first =
        catchThrowableOfType(UndecodableException.class, () -> serde.deserialize("t", framed(7)));
    int requests = stub.requests().size();
    UndecodableException second =
        catchThrowableOfType(UndecodableException.class, () -> serde.deserialize("t", framed(7)));
    // Then
    assertThat(first.kind()).isEqualTo(Kind.CORRUPT);
    assertThat(second.kind()).isEqualTo(Kind.CORRUPT);
    assertThat(stub.requests()).hasSize(requests);
  }

  @Test
  void shouldAskForEachSchemaOnce() {
    // Given
    stub.acceptAs("t-value", 7);
    stub.know(7, PUBLISHED);
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    RegistrySerde<SequencingRead> reader = serde(stub.connect());
    // When
    for (int i = 0; i < 100; i++) {
      reader.deserialize("t", serde.serialize("t", Samples.read()));
    }
    // Then
    assertThat(stub.requests()).containsExactly("POST /subjects/t-value/versions", ASKED);
  }

  @Test
  void shouldReportARefusedSchema() {
    // Given
    stub.answer(
        "POST /subjects/t-value/versions",
        409,
        "{\"error_code\":409,\"message\":\"READER_FIELD_MISSING_DEFAULT_VALUE\"}");
    RegistrySerde<SequencingRead> serde = serde(stub.connect());
    // When
    Throwable refusal = catchThrowable(() -> serde.serialize("t", Samples.read()));
    // Then
    assertThat(refusal)
        .isInstanceOf(RegistryException.class)
        .hasMessageContainingAll("t-value", "READER_FIELD_MISSING_DEFAULT_VALUE");
  }

  @Test
  void shouldRegisterNothingWhereForbidden() {
    // Given
    stub.answer(
        "POST /subjects/t-value",
        200,
        "{\"subject\":\"t-value\",\"version\":1,\"id\":5,\"schema\":"
            + StubRegistry.quoted(PUBLISHED.toString())
            + "}");
    RegistrySerde<SequencingRead> serde = serde(stub.connect("auto.register.schemas", "false"));
    // When
    byte[] bytes = serde.serialize("t", Samples.read());
    // Then
    assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(5);
    assertThat(stub.requests()).containsExactly("POST /subjects/t-value");
  }

  @Test
  void shouldTryTheNextAddress() throws IOException {
    // Given
    stub.know(7, PUBLISHED);
    Registry registry =
        Registry.connect(Map.of("schema.registry.url", deadAddress() + " , " + stub.url()));
    // When
    Schema schema = registry.forReading(7);
    // Then
    assertThat(schema).isEqualTo(PUBLISHED);
  }

  @ParameterizedTest
  @CsvSource({
    "basic.auth.credentials.source, USER_INFO, basic.auth.user.info, ada:pw, Basic YWRhOnB3",
    "bearer.auth.credentials.source, STATIC_TOKEN, bearer.auth.token, t0ken, Bearer t0ken"
  })
  void shouldShowItsCredentials(
      String sourceKey, String source, String secretKey, String secret, String header) {
    // Given
    stub.know(7, PUBLISHED);
    Registry registry = stub.connect(sourceKey, source, secretKey, secret);
    // When
    registry.forReading(7);
    // Then
    assertThat(stub.authorizations()).containsExactly(header);
  }

  @Test
  void shouldKeepOtherKeysFromTheClient() {
    // Given
    stub.know(7, PUBLISHED);
    Map<String, Object> config = new HashMap<>();
    config.put("schema.registry.url", stub.url());
    config.put("proxy.host", "no-such-host.invalid");
    config.put("proxy.port", "1");
    config.put("schema.registry.ssl.truststore.location", null);
    // When
    Schema schema = Registry.connect(config).forReading(7);
    // Then
    assertThat(schema).isEqualTo(PUBLISHED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto.register.schemas", "use.latest.version"})
  void shouldRefuseASwitchThatIsNeitherTrueNorFalse(String key) {
    // When
    Throwable refusal = catchThrowable(() -> stub.connect(key, "yes"));
    // Then
    assertThat(refusal).isInstanceOf(ConfigException.class).hasMessageContaining(key);
  }

  @Test
  void shouldRefuseAMissingAddress() {
    // When
    Throwable refusal = catchThrowable(() -> Registry.connect(Map.of()));
    // Then
    assertThat(refusal)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("schema.registry.url");
  }

  private static RegistrySerde<SequencingRead> serde(Map<String, ?> config) {
    return serde(Registry.connect(config));
  }

  private static RegistrySerde<SequencingRead> serde(Registry registry) {
    return new RegistrySerde<>(SequencingRead.class, registry);
  }

  private static byte[] framed(int id) {
    return ByteBuffer.allocate(9).put((byte) 0).putInt(id).array();
  }

  /** An address that was free a moment ago. */
  private static String deadAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://localhost:" + socket.getLocalPort();
    }
  }
}
