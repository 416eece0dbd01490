package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others on the machine may do to the registry, and web pages shown on it. */
@Timeout(120)
class RegistryDenialTest {
  private static final String JSON = "application/vnd.schemaregistry.v1+json";
  private static final String SCHEMA = "{\"schema\":\"\\\"string\\\"\"}";

  private final List<Socket> halfOpen = new ArrayList<>();
  private EmbeddedRegistry registry;

  @BeforeEach
  void serve() {
    registry =
        EmbeddedRegistry.serve(
            new SchemaRules(new MemoryLog().store(), CompatibilityLevel.BACKWARD),
            () -> {},
            EmbeddedRegistry.ANY_PORT,
            Optional.empty());
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : halfOpen) {
      socket.close();
    }
    registry.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
            8 | G
            8 | POST /subjects/s/versions HTTP/1.1~Content-Length: 90000~~{
           50 | GET /subjects HTTP/1.1~Host: localhost~
           50 | POST /subjects/s/versions HTTP/1.1~Host: localhost~Content-Length: 90000~~{"schema":
          200 | GET /subjects
          200 | POST /subjects/s/versions HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~5~{"s
          600 | GET /subjects HTTP/1.1~Host: localhost~X:
          """)
  void shouldAnswerAGoodClientBesideHalfOpenConnections(int count, String half) throws Exception {
    // Given
    for (int i = 0; i < count; i++) {
      send(half);
    }

    // When
    HttpResponse<String> registered = post("/subjects/good/versions", JSON);

    // Then
    assertThat(registered.body()).isEqualTo("{\"id\":1}");
    assertThat(get("/subjects").body()).isEqualTo("[\"good\"]");
  }

  @Test
  void shouldAnswerAGoodClientBesideBodiesThatTrickle() throws Exception {
    // Given
    for (int i = 0; i < 50; i++) {
      send("POST /subjects/s/versions HTTP/1.1~Host: localhost~Content-Length: 90000~~");
    }
    Thread trickle = new Thread(this::trickle, "trickle");
    trickle.start();

    // When
    HttpResponse<String> registered = post("/subjects/good/versions", JSON);

    // Then
    assertThat(registered.body()).isEqualTo("{\"id\":1}");
    trickle.interrupt();
    trickle.join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: evil.example:8081",
        "Host: 127.0.0.1.evil.example",
        "Host: localhost~Host: evil.example",
        "Host: localhost~Origin: http://evil.example",
        "Host: localhost~Origin: null",
        "Host: 127.0.0.1~Origin: http://127.0.0.1:8081"
      })
  void shouldRefuseWhatAWebPageSends(String headers) throws Exception {
    // Given
    String request =
        "POST /subjects/s/versions HTTP/1.1~%s~Content-Type: %s~Content-Length: %d~~%s"
            .formatted(headers, JSON, SCHEMA.length(), SCHEMA);

    // When
    String answer = answerTo(request);

    // Then
    assertThat(answer).startsWith("HTTP/1.1 403");
    assertThat(get("/subjects").body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "OPTIONS", "PUT"})
  void shouldRefuseEveryMethodOfAWebPageAndLetItReadNothing(String method) throws Exception {
    // Given
    String request =
        method
            + " /config HTTP/1.1~Host: localhost~Origin: http://evil.example"
            + "~Access-Control-Request-Method: PUT~~";

    // When
    String answer = answerTo(request);

    // Then
    assertThat(answer).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("access-control-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain; charset=application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        ""
      })
  void shouldRefuseABodyThatAFormCouldSend(String type) throws Exception {
    // When
    HttpResponse<String> response = post("/subjects/s/versions", type);

    // Then
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.body()).contains("Content-Type: " + JSON);
    assertThat(get("/subjects").body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        JSON,
        "application/vnd.schemaregistry+json",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON"
      })
  void shouldTakeWhatClientsSend(String type) throws Exception {
    // When
    HttpResponse<String> response = post("/subjects/s/versions", type);

    // Then
    assertThat(response.body()).isEqualTo("{\"id\":1}");
  }

  @Test
  void shouldListenOnTheLoopbackAddressAlone() {
    // Given
    int port = registry.port();

    // When
    boolean elsewhere = accepts(2, port);

    // Then
    assertThat(accepts(1, port)).isTrue();
    assertThat(elsewhere).isFalse();
  }

  /** Whether 127.0.0.{@code last} does: all of 127/8 is this machine. */
  private static boolean accepts(int last, int port) {
    try (Socket socket = new Socket()) {
      InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
      socket.connect(new InetSocketAddress(address, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void trickle() {
    try {
      while (true) {
        for (Socket socket : halfOpen) {
          socket.getOutputStream().write(' ');
        }
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      // Cut off by the registry, or by the test.
    }
  }

  /** Sends part of a request, {@code ~} for each end of a line. */
  private Socket send(String part) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), registry.port());
    halfOpen.add(socket);
    socket.getOutputStream().write(part.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private String answerTo(String request) throws IOException {
    Socket socket = send(request);
    byte[] answer = new byte[1 << 12];
    int length = socket.getInputStream().read(answer);
    return new String(answer, 0, length, StandardCharsets.US_ASCII);
  }

  private HttpResponse<String> post(String path, String type) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .POST(BodyPublishers.ofString(SCHEMA));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(registry.url() + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
