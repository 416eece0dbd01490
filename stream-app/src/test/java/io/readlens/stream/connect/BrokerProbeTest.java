package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of servers that are not what a client's settings take them for. */
class BrokerProbeTest {
  private static Keys ours;
  private static Keys others;

  @BeforeAll
  static void sign(@TempDir Path folder) throws Exception {
    String here = "DNS:localhost";
    ours =
        Keys.ca(folder, "ours")
            .sign("good", here)
            .sign("expired", here, "-startdate", "-30d", "-validity", "5")
            .sign("early", here, "-startdate", "+5d")
            .sign("elsewhere", "DNS:broker.example,IP:192.0.2.7");
    others = Keys.ca(folder, "others");
  }

  @Test
  void shouldFindNoFaultInWhatFits() throws Exception {
    try (TinyServer plain = TinyServer.plain(TinyServer.broker());
        TinyServer login = TinyServer.plain(TinyServer.broker("PLAIN", "SCRAM-SHA-512"));
        TinyServer tls = TinyServer.tls(ours.server("good"), false, TinyServer.broker());
        TinyServer both = TinyServer.tls(ours.server("good"), false, TinyServer.broker("PLAIN"))) {
      // When, Then
      assertThat(faultOf(plain, Map.of())).isEmpty();
      assertThat(faultOf(login, sasl("SASL_PLAINTEXT", "PLAIN"))).isEmpty();
      assertThat(faultOf(tls, trusting("SSL"))).isEmpty();
      Map<String, String> all = trusting("SASL_SSL");
      all.put("sasl.mechanism", "PLAIN");
      assertThat(faultOf(both, all)).isEmpty();
    }
  }

  @Test
  void shouldNameTheDayOnWhichACertificateExpired() throws Exception {
    String day = LocalDate.now(ZoneOffset.UTC).minusDays(25).toString();
    try (TinyServer server = TinyServer.tls(ours.server("expired"), false, TinyServer.broker())) {
      // When
      String fault = faultOf(server, trusting("SSL"));

      // Then
      assertThat(fault)
          .isEqualTo(
              "broker localhost:%d: its certificate (CN=expired) expired on %s; renew it at the broker"
                  .formatted(server.port(), day));
    }
  }

  @Test
  void shouldNameTheDayFromWhichACertificateIsValid() throws Exception {
    String day = LocalDate.now(ZoneOffset.UTC).plusDays(5).toString();
    try (TinyServer server = TinyServer.tls(ours.server("early"), false, TinyServer.broker())) {
      // When
      String fault = faultOf(server, trusting("SSL"));

      // Then
      assertThat(fault).contains("is valid only from " + day).contains("clock");
    }
  }

  @Test
  void shouldNameTheIssuerThatIsNotTrusted() throws Exception {
    try (TinyServer server = TinyServer.tls(ours.server("good"), false, TinyServer.broker())) {
      // When
      String wrong = faultOf(server, with(others.trusted(), "SSL"));
      String forgotten = faultOf(server, Map.of("security.protocol", "SSL"));

      // Then
      assertThat(wrong)
          .endsWith(
              ": its certificate is signed by CN=ours, which %s does not hold; look at ssl.truststore.location"
                  .formatted(others.trusted().get("ssl.truststore.location")));
      assertThat(forgotten)
          .endsWith(
              ": its certificate is signed by CN=ours, which Java's own truststore does not know, and no other is configured; set ssl.truststore.location");
    }
  }

  @Test
  void shouldNameTheHostsThatACertificateIsFor() throws Exception {
    try (TinyServer server = TinyServer.tls(ours.server("elsewhere"), false, TinyServer.broker())) {
      Map<String, String> lenient = trusting("SSL");
      lenient.put("ssl.endpoint.identification.algorithm", "");

      // When
      String fault = faultOf(server, trusting("SSL"));
      String none = faultOf(server, lenient);

      // Then
      assertThat(fault)
          .contains("certificate is for broker.example, 192.0.2.7 and not for this host");
      assertThat(none).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldSayThatAClientCertificateIsDemanded(String version) throws Exception {
    try (TinyServer server = TinyServer.tls(ours.server("good"), true, TinyServer.broker())) {
      Map<String, String> none = trusting("SSL");
      none.put("ssl.enabled.protocols", version);
      Map<String, String> one = new HashMap<>(none);
      one.put("ssl.keystore.location", ours.store().toString());
      one.put("ssl.keystore.password", Keys.PASSWORD);
      one.put("ssl.keystore.type", "PKCS12");
      Map<String, String> another = new HashMap<>(one);
      another.put("ssl.keystore.location", others.store().toString());

      // When, Then
      assertThat(faultOf(server, none))
          .endsWith(
              ": the broker demands a client certificate, and none is configured; set ssl.keystore.location");
      assertThat(faultOf(server, one)).isEmpty();
      assertThat(faultOf(server, another)).contains("ssl.keystore.location");
    }
  }

  @ParameterizedTest
  @CsvSource({"PLAINTEXT,SSL or SASL_SSL", "SASL_PLAINTEXT,SASL_SSL"})
  void shouldRecognizeTlsWhereNoneIsConfigured(String protocol, String advice) throws Exception {
    try (TinyServer server = TinyServer.tls(ours.server("good"), false, TinyServer.broker())) {
      // When
      String fault = faultOf(server, Map.of("security.protocol", protocol));

      // Then
      assertThat(fault)
          .isEqualTo(
              "broker localhost:%d: it speaks TLS, and security.protocol is %s; set security.protocol=%s"
                  .formatted(server.port(), protocol, advice));
    }
  }

  @ParameterizedTest
  @CsvSource({"SSL", "SASL_SSL"})
  void shouldRecognizePlaintextWhereTlsIsConfigured(String protocol) throws Exception {
    try (TinyServer server = TinyServer.plain(TinyServer.broker())) {
      // When
      String fault = faultOf(server, trusting(protocol));

      // Then
      assertThat(fault)
          .contains(": it speaks plaintext, and security.protocol is " + protocol + "; ")
          .endsWith("security.protocol=PLAINTEXT");
    }
  }

  @Test
  void shouldSayWhichLoginIsWanted() throws Exception {
    try (TinyServer login = TinyServer.plain(TinyServer.broker("SCRAM-SHA-256", "GSSAPI"));
        TinyServer none = TinyServer.plain(TinyServer.broker())) {
      // When, Then
      assertThat(faultOf(login, Map.of()))
          .contains(
              "it demands a login (SCRAM-SHA-256, GSSAPI), and security.protocol is PLAINTEXT")
          .contains("set security.protocol=SASL_PLAINTEXT, sasl.mechanism and sasl.jaas.config");
      assertThat(faultOf(login, sasl("SASL_PLAINTEXT", "PLAIN")))
          .endsWith(
              ": it offers the SASL mechanisms SCRAM-SHA-256, GSSAPI and not PLAIN; look at sasl.mechanism");
      assertThat(faultOf(none, sasl("SASL_PLAINTEXT", "PLAIN")))
          .contains("it asks for no login, and security.protocol is SASL_PLAINTEXT")
          .contains("set security.protocol=PLAINTEXT");
    }
  }

  @Test
  void shouldTellOtherServersFromBrokers() throws Exception {
    try (TinyServer http =
            TinyServer.plain(
                (in, socket) -> {
                  in.read();
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                });
        TinyServer ssh =
            TinyServer.plain(
                (in, socket) ->
                    socket
                        .getOutputStream()
                        .write("SSH-2.0-x\r\n".getBytes(StandardCharsets.UTF_8)))) {
      // When, Then
      assertThat(faultOf(http, Map.of())).contains("an HTTP server answers, not a broker");
      assertThat(faultOf(http, trusting("SSL"))).contains("an HTTP server answers, not a broker");
      assertThat(faultOf(ssh, Map.of())).contains("something that is no broker answers");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAINTEXT", "SASL_PLAINTEXT", "SSL"})
  void shouldRecognizeHttpThatWaitsForALine(String protocol) throws Exception {
    HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    http.start();
    try {
      // When
      Optional<Fault> fault =
          new BrokerProbe(trusting(protocol))
              .fault(
                  BrokerAddress.configured(new Endpoint("localhost", http.getAddress().getPort())));

      // Then
      assertThat(fault.orElseThrow().words())
          .contains("an HTTP server answers, not a broker; look at bootstrap.servers");
    } finally {
      http.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAINTEXT", "SSL", "SASL_SSL"})
  void shouldSayNothingOfAServerThatIsBusy(String protocol) throws Exception {
    try (TinyServer busy = TinyServer.plain((in, socket) -> in.readAllBytes())) {
      // When
      String fault = faultOf(busy, trusting(protocol));

      // Then
      assertThat(fault).isEmpty();
    }
  }

  @Test
  void shouldSayThatNothingListens() throws Exception {
    int port;
    try (TinyServer gone = TinyServer.plain(TinyServer.broker())) {
      port = gone.port();
    }
    // When
    Fault refused = unreachable("localhost", port);
    Fault unknown = unreachable("kafka.invalid", 9092);

    // Then
    assertThat(refused.kind()).isEqualTo(Fault.Kind.PASSING);
    assertThat(refused.words())
        .isEqualTo(
            "broker localhost:%d: connection refused, nothing listens there; is it running, and is bootstrap.servers right?"
                .formatted(port));
    assertThat(unknown.words())
        .contains("kafka.invalid:9092: no host named kafka.invalid is known");
  }

  private static Fault unreachable(String host, int port) {
    return new BrokerProbe(Map.of())
        .fault(BrokerAddress.configured(new Endpoint(host, port)))
        .orElseThrow();
  }

  private static String faultOf(TinyServer server, Map<String, String> settings) {
    return new BrokerProbe(settings)
        .fault(BrokerAddress.configured(server.endpoint()))
        .map(Fault::words)
        .orElse("");
  }

  private static Map<String, String> trusting(String protocol) throws Exception {
    return with(ours.trusted(), protocol);
  }

  private static Map<String, String> with(Map<String, String> settings, String protocol) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("security.protocol", protocol);
    return all;
  }

  private static Map<String, String> sasl(String protocol, String mechanism) {
    return Map.of("security.protocol", protocol, "sasl.mechanism", mechanism);
  }
}
