package io.readlens.stream.topology;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.readlens.schemas.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands out ids for whatever schema it is shown, and can be told to fail. Loopback only. */
public final class FakeRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  final AtomicInteger requests = new AtomicInteger();
  private final List<String> schemas = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile boolean failing;

  public FakeRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  public Registry connect() {
    return Registry.connect(Map.of("schema.registry.url", url()));
  }

  /** Answers every request from now on with an error of its own. */
  void fail() {
    failing = true;
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    byte[] request = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    if (failing) {
      answer(exchange, 500, Map.of("error_code", 50001, "message", "told to fail"));
    } else if (path.startsWith("/subjects/")) {
      answer(exchange, 200, Map.of("id", idOf(JSON.readTree(request).get("schema").asText())));
    } else {
      int id = Integer.parseInt(path.substring("/schemas/ids/".length()));
      if (id >= 1 && id <= schemas.size()) {
        answer(exchange, 200, Map.of("schema", schemas.get(id - 1)));
      } else {
        answer(exchange, 404, Map.of("error_code", 40403, "message", "Schema not found"));
      }
    }
  }

  private synchronized int idOf(String schema) {
    if (!schemas.contains(schema)) {
      schemas.add(schema);
    }
    return schemas.indexOf(schema) + 1;
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
