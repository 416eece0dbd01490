package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of servers that are no registry, or not as configured. */
class RegistryProbeTest {
  private static final String JSON = "application/vnd.schemaregistry.v1+json";
  private static final String NOT_FOUND = "{\"error_code\":40403,\"message\":\"not found\"}";
  private static Keys ours;

  @BeforeAll
  static void sign(@TempDir Path folder) throws Exception {
    ours =
        Keys.ca(folder, "ours")
            .sign("good", "DNS:localhost")
            .sign("elsewhere", "DNS:registry.example")
            .sign("expired", "DNS:localhost", "-startdate", "-30d", "-validity", "5");
  }

  @ParameterizedTest
  @CsvSource({"200 OK,{}", "404 Not Found,{\"error_code\": 40403}"})
  void shouldFindNoFaultInARegistry(String status, String body) throws Exception {
    try (TinyServer plain = TinyServer.plain(TinyServer.http(status, JSON, body));
        TinyServer tls =
            TinyServer.tls(ours.server("good"), false, TinyServer.http(status, JSON, body))) {
      // When, Then
      assertThat(fault("http", plain, Map.of())).isEmpty();
      assertThat(fault("https", tls, trusting())).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK,text/html",
    "502 Bad Gateway,text/html; charset=utf-8",
    "503 Busy,text/plain"
  })
  void shouldRecognizeAProxyThatAnswersHtml(String status, String type) throws Exception {
    try (TinyServer server = TinyServer.plain(TinyServer.http(status, type, "\n<html>"))) {
      // When
      String fault = fault("http", server, Map.of());

      // Then
      assertThat(fault)
          .isEqualTo(
              "registry http://localhost:%d: it answers HTML (HTTP %s, from tiny), which is a proxy or another site and no registry; look at schema.registry.url"
                  .formatted(server.port(), status));
    }
  }

  @Test
  void shouldSayWhichLoginIsRefusedOrMissing() throws Exception {
    try (TinyServer server =
        TinyServer.plain(TinyServer.http("401 Unauthorized", "text/html", "<html>"))) {
      String info = "basic.auth.user.info";
      String source = "basic.auth.credentials.source";

      // When, Then
      assertThat(fault("http", server, Map.of(source, "USER_INFO", info, "ann:secret")))
          .endsWith(
              ": it refuses the login of user ann (HTTP 401): wrong name or password; look at basic.auth.user.info")
          .doesNotContain("secret");
      assertThat(fault("http", server, Map.of()))
          .endsWith(
              ": it demands a login (HTTP 401), and none is configured; set basic.auth.credentials.source=USER_INFO and basic.auth.user.info=NAME:PASSWORD");
      assertThat(fault("http", server, Map.of(info, "ann:secret")))
          .endsWith(
              ": it demands a login (HTTP 401), and basic.auth.user.info is not used; set basic.auth.credentials.source=USER_INFO");
      assertThat(fault("http://ann:secret@", server, Map.of()))
          .startsWith("registry http://localhost:" + server.port() + ": ")
          .endsWith("the name and password in schema.registry.url");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 Forbidden|is not allowed to read schemas (HTTP 403 Forbidden)",
        "307 Moved|it redirects to http://there/ (HTTP 307 Moved)",
        "500 Broken|it is at fault (HTTP 500 Broken)",
      })
  void shouldSayWhatElseItsAnswersMean(String status, String words) throws Exception {
    try (TinyServer server = TinyServer.plain(TinyServer.http(status, JSON, NOT_FOUND))) {
      // When, Then
      assertThat(fault("http", server, Map.of())).contains(words);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK,text/plain,text/plain",
    "404 Not Found,application/xml,application/xml",
    "200 OK,'',no type"
  })
  void shouldTellOtherServersFromRegistries(String status, String type, String words)
      throws Exception {
    try (TinyServer server = TinyServer.plain(TinyServer.http(status, type, "welcome"))) {
      // When, Then
      assertThat(fault("http", server, Map.of()))
          .endsWith(
              ": it answers HTTP %s with %s, and not as a registry; look at schema.registry.url"
                  .formatted(status, words));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}", "{}", ""})
  void shouldSayThatThePathLeadsToNoRegistry(String body) throws Exception {
    try (TinyServer server = TinyServer.plain(TinyServer.http("404 Not Found", JSON, body))) {
      // When, Then
      assertThat(fault("http", server, Map.of()))
          .endsWith(
              ": no schemas are to be had at this address (HTTP 404 Not Found); look at its path in schema.registry.url");
    }
  }

  @Test
  void shouldRecognizeABroker() throws Exception {
    try (TinyServer open = TinyServer.plain(TinyServer.broker());
        TinyServer login = TinyServer.plain(TinyServer.broker("PLAIN"));
        TinyServer tls = TinyServer.tls(ours.server("good"), false, TinyServer.broker())) {
      // When, Then
      for (TinyServer each : List.of(open, login)) {
        assertThat(fault("http", each, Map.of()))
            .endsWith(": a Kafka broker answers, not a registry; look at schema.registry.url");
      }
      assertThat(fault("http", tls, Map.of())).contains(": it speaks TLS; ");
      assertThat(fault("https", tls, trusting()))
          .endsWith(
              ": it closes the connection without an answer; is it a registry, and is schema.registry.url right?");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldGiveTimeToWhatClosesTheConnection(boolean reset) throws Exception {
    TinyServer.Dialogue closing =
        (in, socket) -> {
          if (reset) {
            int unused = in.read(); // Before that it would be the connecting that fails.
            socket.setSoLinger(true, 0);
          }
        };
    try (TinyServer server = TinyServer.plain(closing)) {
      // When
      Fault fault =
          new RegistryProbe(Map.of())
              .fault(URI.create("http://localhost:" + server.port()))
              .orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Fault.Kind.PASSING);
      assertThat(fault.words()).contains(": it closes the connection without an answer; ");
    }
  }

  @Test
  void shouldTellHttpFromHttps() throws Exception {
    try (TinyServer plain = TinyServer.plain(TinyServer.http("200 OK", JSON, "{}"));
        TinyServer tls =
            TinyServer.tls(ours.server("good"), false, TinyServer.http("200 OK", JSON, "{}"))) {
      // When, Then
      assertThat(fault("http", tls, Map.of()))
          .isEqualTo(
              "registry http://localhost:%d: it speaks TLS; write https:// in schema.registry.url"
                  .formatted(tls.port()));
      assertThat(fault("https", plain, trusting())).contains("it speaks plain HTTP; ");
    }
  }

  @Test
  void shouldNameFaultsOfTlsByTheRegistrysSettings() throws Exception {
    try (TinyServer good =
            TinyServer.tls(ours.server("good"), false, TinyServer.http("200 OK", JSON, "{}"));
        TinyServer expired =
            TinyServer.tls(ours.server("expired"), false, TinyServer.http("200 OK", JSON, "{}"))) {
      // When, Then
      assertThat(fault("https", good, Map.of()))
          .endsWith("set schema.registry.ssl.truststore.location");
      assertThat(fault("https", expired, trusting()))
          .contains("its certificate (CN=expired) expired on ")
          .endsWith("renew it at the registry");
    }
  }

  @Test
  void shouldBelieveACertificateOfTheRegistrysHostOnly() throws Exception {
    String answer = "{\"schema\":\"\\\"string\\\"\"}";
    try (TinyServer server =
        TinyServer.tls(ours.server("elsewhere"), false, TinyServer.http("200 OK", JSON, answer))) {
      Map<String, String> settings = trusting();
      settings.put("schema.registry.url", "https://localhost:" + server.port());
      Map<String, String> lenient = new HashMap<>(settings);
      lenient.put("schema.registry.ssl.endpoint.identification.algorithm", "");

      // When
      Throwable refused = catchThrowable(() -> ask(settings));
      Throwable believed = catchThrowable(() -> ask(lenient));

      // Then
      assertThat(refused).isInstanceOf(RegistryException.class);
      assertThat(fault("https", server, settings))
          .contains(": its certificate is for registry.example and not for this host; ");
      assertThat(believed).isNull();
    }
  }

  private static void ask(Map<String, String> settings) {
    try (Registry registry = Registry.connect(settings)) {
      registry.requireAnswer();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://localhost:1", "localhost:8081", "http:///x"})
  void shouldRefuseWhatIsNoAddress(String url) {
    // When
    Fault fault =
        new RegistryProbe(Map.of("schema.registry.url", url)).fault(URI.create(url)).orElseThrow();

    // Then
    assertThat(fault.kind()).isEqualTo(Fault.Kind.LASTING);
    assertThat(fault.words()).contains("schema.registry.url=http(s)://HOST:PORT");
  }

  private static Map<String, String> trusting() throws Exception {
    Map<String, String> all = new HashMap<>();
    ours.trusted().forEach((key, value) -> all.put("schema.registry." + key, value));
    return all;
  }

  /** The words of the fault, or nothing. */
  private static String fault(String scheme, TinyServer server, Map<String, String> settings) {
    String start = scheme.contains(":") ? scheme : scheme + "://";
    URI address = URI.create(start + "localhost:" + server.port());
    return new RegistryProbe(settings).fault(address).map(Fault::words).orElse("");
  }
}
