package io.readlens.stream.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.readlens.model.process.Why;
import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry for Avro over HTTP, as much of Confluent's as producers and consumers use; see
 * {@link RegistryEndpoints} for the endpoints.
 *
 * <p>Its state is the topic {@code _schemas}: a change is answered after the broker's
 * acknowledgement, and a registry started again on the same broker knows what the last one knew.
 * While the broker is away, questions are still answered and changes are refused with 500.
 *
 * <p>Threading: safe for use by several threads; serves each request on one of its own, see {@link
 * RequestThreads}.
 */
public final class EmbeddedRegistry implements AutoCloseable {
  /** Any port that is free. */
  public static final int ANY_PORT = 0;

  static final int BODY_LIMIT_BYTES = 1 << 20;

  /** What an oversized request may still send before its connection is cut. */
  private static final int DISCARD_LIMIT_BYTES = 16 << 20;

  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int UNAUTHORIZED = 401;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

  /** How long the broker may take for one request. */
  private static final Duration BROKER_LIMIT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);

  static {
    // The JDK's server sends head and body in two packets; without this each answer takes 40 ms,
    // because the second waits for the acknowledgement of the first. Read once per JVM.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final ObjectMapper json =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private final RegistryEndpoints endpoints;
  private final Runnable closeLog;
  private final Optional<RegistryAccess> access;
  private final RequestThreads threads = new RequestThreads();
  private final HttpServer server;

  private EmbeddedRegistry(
      SchemaRules rules, Runnable closeLog, int port, Optional<RegistryAccess> access)
      throws IOException {
    this.endpoints = new RegistryEndpoints(rules);
    this.closeLog = closeLog;
    this.access = access;
    if (access.isPresent()) {
      HttpsServer secured = HttpsServer.create(Loopback.address(port), 0);
      secured.setHttpsConfigurator(new HttpsConfigurator(access.get().tls()));
      this.server = secured;
    } else {
      this.server = HttpServer.create(Loopback.address(port), 0);
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /**
   * Reads what the topic {@code _schemas} holds and starts to serve.
   *
   * @param port 1 to 65535, or {@link #ANY_PORT}
   * @param defaultLevel what every subject obeys until it, or all, are told otherwise
   * @throws StartupException when the port is taken or the broker does not answer in a minute
   */
  public static EmbeddedRegistry start(
      String bootstrapServers, int port, CompatibilityLevel defaultLevel) {
    Map<String, String> broker = Map.of("bootstrap.servers", bootstrapServers);
    Patience minute = new Patience(Duration.ofMinutes(1));
    return start(broker, port, defaultLevel, Optional.empty(), minute, () -> true);
  }

  /**
   * The same on a broker that may ask for a login.
   *
   * @param broker what leads a client to it
   * @param access empty for everybody's, without TLS
   * @param patience how long the broker may take
   * @param lives whether the broker is worth waiting for
   */
  static EmbeddedRegistry start(
      Map<String, String> broker,
      int port,
      CompatibilityLevel defaultLevel,
      Optional<RegistryAccess> access,
      Patience patience,
      BooleanSupplier lives) {
    String where = broker.get("bootstrap.servers");
    Duration limit = patience.limit().compareTo(BROKER_LIMIT) < 0 ? patience.limit() : BROKER_LIMIT;
    Opened opened;
    try {
      opened =
          patience.retry(
              "the topic of the embedded registry on " + where,
              () -> Opened.of(broker, limit),
              e -> e.getCause() instanceof RetriableException && lives.getAsBoolean(),
              new CountDownLatch(1));
    } catch (RegistryException e) {
      throw new StartupException(
          e.getCause() instanceof TimeoutException
              ? "registry: no answer from %s in %d s: %s"
                  .formatted(where, patience.limit().toSeconds(), Why.of(e.getCause()))
              : "registry: cannot use its topic on %s: %s".formatted(where, Why.of(e.getCause())),
          e);
    }
    boolean started = false;
    try {
      EmbeddedRegistry registry =
          serve(new SchemaRules(opened.store(), defaultLevel), opened.log()::close, port, access);
      started = true;
      return registry;
    } finally {
      if (!started) {
        opened.log().close();
      }
    }
  }

  /** The log, and what it held when it was opened. */
  private record Opened(SchemaLog log, SchemaStore store) {
    static Opened of(Map<String, String> broker, Duration limit) {
      SchemaLog log = new SchemaLog(broker, limit);
      boolean read = false;
      try {
        SchemaStore store = new SchemaStore(log::append, log::unread);
        store.refresh();
        read = true;
        return new Opened(log, store);
      } finally {
        if (!read) {
          log.close();
        }
      }
    }
  }

  /** Serves rules whose log may be anywhere. */
  static EmbeddedRegistry serve(
      SchemaRules rules, Runnable closeLog, int port, Optional<RegistryAccess> access) {
    try {
      return new EmbeddedRegistry(rules, closeLog, port, access);
    } catch (BindException e) {
      throw StartupException.portTaken("registry", port);
    } catch (IOException e) {
      throw new StartupException("registry: cannot listen on port " + port + ": " + Why.of(e), e);
    }
  }

  /** What clients put into {@code schema.registry.url}. */
  public String url() {
    return (access.isPresent() ? "https://" : "http://") + Loopback.at(port());
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Ends requests that are being served: their clients may not learn what became of them. */
  @Override
  public void close() {
    server.stop(0);
    // The log is for one thread at a time: the one that may be in it must have left.
    try {
      if (!threads.close(CLOSE_LIMIT)) {
        LOG.warn("a request outlived the registry");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    closeLog.run();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      JsonNode answer;
      try {
        answer = answer(exchange);
      } catch (RegistryException e) {
        status = e.status();
        if (status == UNAUTHORIZED) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"readlens\"");
        }
        answer = error(e.code(), e.getMessage());
        if (status == 500) {
          LOG.warn("{} {}", exchange.getRequestURI(), e.getMessage());
        }
      } catch (RuntimeException e) {
        status = 500;
        answer = error(500, "Internal Server Error: " + e);
        LOG.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
      }
      threads.answering();
      LOG.debug("{} {} {}", status, exchange.getRequestMethod(), exchange.getRequestURI());
      reply(exchange, status, json.writeValueAsBytes(answer));
    }
  }

  private JsonNode answer(HttpExchange exchange) throws IOException {
    CrossSite.refuse(exchange.getRequestHeaders());
    if (access.isEmpty()) {
      return endpoints.answer(request(exchange));
    }
    RegistryAccess.User user =
        access
            .get()
            .user(exchange.getRequestHeaders().getFirst("Authorization"))
            .orElseThrow(RegistryException::unauthorized);
    RegistryRequest request = request(exchange);
    if (!user.mayChange() && endpoints.changes(request)) {
      throw RegistryException.mayOnlyRead(user.name());
    }
    return endpoints.answer(request);
  }

  private RegistryRequest request(HttpExchange exchange) throws IOException {
    byte[] body = body(exchange.getRequestBody());
    threads.arrived();
    if (body.length > 0) {
      CrossSite.refuseBody(exchange.getRequestHeaders());
    }
    try {
      return RegistryRequest.of(
          exchange.getRequestMethod(),
          exchange.getRequestURI(),
          body.length == 0 ? null : json.readTree(body));
    } catch (JsonProcessingException e) {
      throw RegistryException.badJson(e.getOriginalMessage());
    }
  }

  /** A refused body is read to its end, or the client would see a reset and not the answer. */
  private static byte[] body(InputStream in) throws IOException {
    byte[] body = in.readNBytes(BODY_LIMIT_BYTES);
    if (in.read() < 0) {
      return body;
    }
    byte[] discarded = new byte[1 << 16];
    int left = DISCARD_LIMIT_BYTES;
    for (int count = 0; count >= 0 && left > 0; left -= count) {
      count = in.read(discarded);
    }
    throw RegistryException.tooLarge(BODY_LIMIT_BYTES);
  }

  private JsonNode error(int code, String message) {
    return json.createObjectNode().put("error_code", code).put("message", message);
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
