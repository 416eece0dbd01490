package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.connect.Fault.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of brokers that the settings do not name, and those that they name do. */
@Timeout(60)
class ClusterProbeTest {
  private static final String JAAS =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"ann\" password=\"x\";";

  private static Keys ours;
  private static Keys others;

  @BeforeAll
  static void sign(@TempDir Path folder) throws Exception {
    ours =
        Keys.ca(folder, "ours")
            .sign("good", "DNS:localhost")
            .sign("expired", "DNS:localhost", "-startdate", "-30d", "-validity", "5")
            .sign("elsewhere", "DNS:broker.example");
    others = Keys.ca(folder, "others").sign("stranger", "DNS:localhost");
  }

  @Test
  void shouldFindNoFaultInAClusterWhoseBrokersAreWhereTheySay() throws Exception {
    try (TinyServer other = TinyServer.plain(TinyServer.cluster(List.of(node(2, "h", 1))));
        TinyServer first = TinyServer.plain(TinyServer.cluster(List.of(node(2, other))))) {
      // When
      Optional<Fault> fault = probe(first).fault();

      // Then
      assertThat(fault).isEmpty();
    }
  }

  @Test
  void shouldNameAnAdvertisedHostThatNobodyKnows() throws Exception {
    try (TinyServer first = naming(node(2, "kafka-2.invalid", 9092))) {
      // When
      Fault fault = probe(first).fault().orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Kind.PASSING);
      assertThat(fault.words())
          .isEqualTo(
              "broker 2 of the cluster, which says that it is at kafka-2.invalid:9092: no host named"
                  + " kafka-2.invalid is known; look at advertised.listeners on that broker, or let"
                  + " this machine resolve the name");
    }
  }

  @Test
  void shouldNameAnAdvertisedPortWhereNothingListens() throws Exception {
    int gone;
    try (TinyServer server = TinyServer.plain(TinyServer.broker())) {
      gone = server.port();
    }
    try (TinyServer first = naming(node(7, "localhost", gone))) {
      // When
      Fault fault = probe(first).fault().orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Kind.PASSING);
      assertThat(fault.words())
          .isEqualTo(
              "broker 7 of the cluster, which says that it is at localhost:%d: connection refused, nothing listens there; is it running, and is advertised.listeners on that broker right?"
                  .formatted(gone));
    }
  }

  @Test
  void shouldNameAnAdvertisedAddressThatSaysNothing() throws Exception {
    try (TinyServer silent = TinyServer.plain((in, socket) -> in.readAllBytes());
        TinyServer first = naming(node(2, silent))) {
      // When
      Fault fault = probe(first).fault().orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Kind.SILENCE);
      assertThat(fault.words())
          .startsWith(
              "broker 2 of the cluster, which says that it is at localhost:" + silent.port())
          .contains("no answer, though it takes connections")
          .contains("advertised.listeners on that broker");
    }
  }

  @Test
  void shouldTellOtherServersFromAdvertisedBrokers() throws Exception {
    try (TinyServer http = TinyServer.plain(TinyServer.http("400 Bad Request", "text/html", ""));
        TinyServer ssh =
            TinyServer.plain((in, socket) -> socket.getOutputStream().write(new byte[100]));
        TinyServer toHttp = naming(node(2, http));
        TinyServer toSsh = naming(node(2, ssh))) {
      // When, Then
      assertThat(words(probe(toSsh).fault()))
          .contains("something that is no broker answers; look at advertised.listeners");
      assertThat(words(probe(toHttp).fault())).contains("broker 2 of the cluster");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "expired|its certificate (CN=expired) expired on ",
        "elsewhere|its certificate is for broker.example and not for this host",
        "stranger|its certificate is signed by CN=others, which "
      })
  void shouldNameTheBrokerWhoseCertificateIsAtFault(String alias, String words) throws Exception {
    Keys signed = alias.equals("stranger") ? others : ours;
    try (TinyServer bad = TinyServer.tls(signed.server(alias), false, TinyServer.broker());
        TinyServer first =
            TinyServer.tls(ours.server("good"), false, TinyServer.cluster(List.of(node(2, bad))))) {
      Map<String, String> settings = new HashMap<>(ours.trusted());
      settings.put("security.protocol", "SSL");

      // When
      Fault fault = probe(settings, first).fault().orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Kind.LASTING);
      assertThat(fault.words())
          .startsWith(
              "broker 2 of the cluster, which says that it is at localhost:" + bad.port() + ": ")
          .contains(words);
    }
  }

  @Test
  void shouldNameAnAdvertisedAddressOfAnotherProtocol() throws Exception {
    try (TinyServer plain = TinyServer.plain(TinyServer.broker());
        TinyServer first =
            TinyServer.tls(
                ours.server("good"), false, TinyServer.cluster(List.of(node(2, plain))))) {
      Map<String, String> settings = new HashMap<>(ours.trusted());
      settings.put("security.protocol", "SSL");

      // When
      Optional<Fault> fault = probe(settings, first).fault();

      // Then
      assertThat(words(fault))
          .contains("broker 2 of the cluster")
          .contains("it speaks plaintext, and security.protocol is SSL")
          .contains("advertised.listeners on that broker");
    }
  }

  @Test
  void shouldFindTheOneBrokerOfSeveralThatIsAtFault() throws Exception {
    try (TinyServer good = naming(node(1, "h", 1));
        TinyServer first = naming(node(1, good), node(2, "kafka-2.invalid", 9092))) {
      // When
      Optional<Fault> ofAll = probe(first).fault();
      Optional<Fault> ofOne = probe(first).faultOfOne();
      Optional<Fault> ofNamed =
          probe(first).faultOfOne(List.of(node(1, good), node(3, "kafka-3.invalid", 9092)));

      // Then
      assertThat(ofAll).isEmpty();
      assertThat(words(ofOne)).startsWith("broker 2 of the cluster");
      assertThat(words(ofNamed)).startsWith("broker 3 of the cluster");
    }
  }

  @Test
  void shouldCallAllSilentWhereOneMayBeBusyAndTheOthersAreAway() throws Exception {
    try (TinyServer silent = TinyServer.plain((in, socket) -> in.readAllBytes());
        TinyServer first = naming(node(1, "kafka-1.invalid", 9092), node(2, silent))) {
      // When
      Fault fault = probe(first).fault().orElseThrow();

      // Then
      assertThat(fault.kind()).isEqualTo(Kind.SILENCE);
      assertThat(fault.words()).startsWith("broker 2 of the cluster");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Authentication failed: Invalid username or password|wrong name or password; look at sasl.jaas.config",
        "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512"
            + "|wrong name or password; look at sasl.jaas.config",
        "Authentication failed: user ann is disabled|user ann is disabled; look at sasl.jaas.config",
        "{\"status\":\"invalid_token\"}|{\"status\":\"invalid_token\"}; look at sasl.jaas.config",
        "Requested iterations 100 is less than the minimum 4096|Requested iterations 100 is less than",
      })
  void shouldKeepWhatABrokerSaysOfALogin(String said, String words) {
    // When
    String told = refusal(new SaslAuthenticationException(said));

    // Then
    assertThat(told).startsWith("it refuses the login of user ann by PLAIN: ").contains(words);
  }

  @Test
  void shouldTellRefusalsOfTlsMechanismsAndLoginsApart() {
    // When, Then
    assertThat(refusal(new SslAuthenticationException("handshake failed")))
        .isEqualTo("TLS fails: handshake failed; look at ssl.*");
    assertThat(refusal(new UnsupportedSaslMechanismException("PLAIN not enabled")))
        .isEqualTo("PLAIN not enabled; look at sasl.mechanism");
    assertThat(refusal(new AuthenticationException("no such realm")))
        .contains("no such realm")
        .doesNotContain("TLS", "password;");
  }

  private static String refusal(AuthenticationException refusal) {
    Map<String, String> settings = Map.of("sasl.mechanism", "PLAIN", "sasl.jaas.config", JAAS);
    return new ClusterProbe(settings).refusal(refusal).words();
  }

  private static String words(Optional<Fault> fault) {
    return fault.map(Fault::words).orElse("");
  }

  private static TinyServer naming(Node... nodes) throws Exception {
    return TinyServer.plain(TinyServer.cluster(List.of(nodes)));
  }

  private static Node node(int id, TinyServer server) {
    return node(id, "localhost", server.port());
  }

  private static Node node(int id, String host, int port) {
    return new Node(id, host, port);
  }

  private static ClusterProbe probe(TinyServer first) {
    return probe(Map.of(), first);
  }

  private static ClusterProbe probe(Map<String, String> settings, TinyServer first) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", "localhost:" + first.port());
    return new ClusterProbe(all);
  }
}
