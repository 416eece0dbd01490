package io.readlens.schemas;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;

/**
 * A registry of loopback HTTP that says what a test told it to say, and otherwise that it knows
 * nothing. Registering always answers the one id that the test chose.
 */
final class StubRegistry implements AutoCloseable {
  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();

  StubRegistry() {
    this(null);
  }

  /**
   * @param tls the server's side of TLS; null to speak plain HTTP
   */
  StubRegistry(SSLContext tls) {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      if (tls == null) {
        server = HttpServer.create(anyPort, 0);
      } else {
        HttpsServer secured = HttpsServer.create(anyPort, 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secured;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    requests.add(request);
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    exchange.getRequestBody().readAllBytes();
    Answer answer =
        answers.getOrDefault(
            request, new Answer(404, "{\"error_code\":40403,\"message\":\"not found\"}"));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  String url() {
    return (server instanceof HttpsServer ? "https" : "http")
        + "://localhost:"
        + server.getAddress().getPort();
  }

  /** A connection to this registry, with further configuration as key, value, key, value... */
  Registry connect(String... more) {
    Map<String, Object> config = new HashMap<>();
    config.put("schema.registry.url", url());
    for (int i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    return Registry.connect(config);
  }

  void answer(String request, int status, String body) {
    answers.put(request, new Answer(status, body));
  }

  void acceptAs(String subject, int id) {
    answer("POST /subjects/" + subject + "/versions", 200, "{\"id\":" + id + "}");
  }

  void know(int id, Schema schema) {
    answer("GET /schemas/ids/" + id, 200, "{\"schema\":" + quoted(schema.toString()) + "}");
  }

  void knowLatest(String subject, int id, Schema schema) {
    answer(
        "GET /subjects/" + subject + "/versions/latest",
        200,
        "{\"subject\":\""
            + subject
            + "\",\"version\":1,\"id\":"
            + id
            + ",\"schema\":"
            + quoted(schema.toString())
            + "}");
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Every request so far, as method and path. */
  List<String> requests() {
    return requests;
  }

  /** The Authorization header of every request so far; "null" where there was none. */
  List<String> authorizations() {
    return authorizations;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
