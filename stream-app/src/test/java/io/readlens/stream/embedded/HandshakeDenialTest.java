package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients of the secured registry that begin to shake hands, and do not go on. */
@Timeout(120)
class HandshakeDenialTest {
  private static final String LOGIN = "readlens:secret";

  private static Certificates certificates;
  private static SSLContext trusting;

  private final List<Socket> halfOpen = new ArrayList<>();
  private EmbeddedRegistry registry;

  /** How far a client gets. */
  private enum Stage {
    CONNECTED,
    HALF_A_HELLO,
    HELLO,
    HELLO_AND_JUNK,
    SHAKEN,
    HALF_A_REQUEST
  }

  @BeforeAll
  static void sign(@TempDir Path folder) throws Exception {
    certificates = Security.in(folder.resolve("security")).certificates();
    KeyStore store = KeyStore.getInstance(Certificates.STORE_TYPE);
    try (InputStream in = Files.newInputStream(certificates.truststore())) {
      store.load(in, certificates.password().toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
  }

  @BeforeEach
  void serve() {
    registry =
        EmbeddedRegistry.serve(
            new SchemaRules(new MemoryLog().store(), CompatibilityLevel.BACKWARD),
            () -> {},
            EmbeddedRegistry.ANY_PORT,
            Optional.of(
                new RegistryAccess(
                    certificates.serverContext(),
                    List.of(new RegistryAccess.User("readlens", "secret", true)))));
  }

  @AfterEach
  void close() throws Exception {
    for (Socket socket : halfOpen) {
      socket.close();
    }
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({
    "8, CONNECTED",
    "8, HALF_A_HELLO",
    "8, HELLO",
    "8, HELLO_AND_JUNK",
    "8, SHAKEN",
    "8, HALF_A_REQUEST",
    "400, CONNECTED",
    "400, HALF_A_HELLO",
    "400, HELLO",
    "300, HALF_A_REQUEST"
  })
  void shouldAnswerAGoodClientBesideHalfOpenHandshakes(int count, Stage stage) throws Exception {
    // Given
    for (int i = 0; i < count; i++) {
      begin(stage);
    }

    // When
    HttpResponse<String> registered = register();

    // Then
    assertThat(registered.body()).isEqualTo("{\"id\":1}");
  }

  private void begin(Stage stage) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), registry.port());
    halfOpen.add(socket);
    if (stage == Stage.SHAKEN || stage == Stage.HALF_A_REQUEST) {
      SSLSocket secure =
          (SSLSocket)
              trusting
                  .getSocketFactory()
                  .createSocket(socket, Loopback.HOST, registry.port(), true);
      secure.startHandshake();
      if (stage == Stage.HALF_A_REQUEST) {
        secure
            .getOutputStream()
            .write("GET /subjects HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
      }
      return;
    }
    byte[] hello = hello();
    if (stage != Stage.CONNECTED) {
      int length = stage == Stage.HALF_A_HELLO ? hello.length / 2 : hello.length;
      socket.getOutputStream().write(hello, 0, length);
    }
    if (stage == Stage.HELLO_AND_JUNK) {
      socket.getOutputStream().write(new byte[100]);
    }
  }

  private static byte[] hello() throws Exception {
    SSLEngine engine = trusting.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(1 << 15);
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private HttpResponse<String> register() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(registry.url() + "/subjects/good/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(LOGIN.getBytes(StandardCharsets.UTF_8)))
            .POST(BodyPublishers.ofString("{\"schema\":\"\\\"string\\\"\"}"))
            .build();
    return HttpClient.newBuilder()
        .sslContext(trusting)
        .build()
        .send(request, BodyHandlers.ofString());
  }
}
