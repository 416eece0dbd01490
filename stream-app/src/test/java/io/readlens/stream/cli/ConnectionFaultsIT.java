package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.readlens.stream.embedded.SecuredSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What commands say of a secured site that is not what their settings take it for: one line, and no
 * waiting where waiting does not help.
 */
@Timeout(120)
class ConnectionFaultsIT {
  /** Commands that wait for this end by the tests' own time limit. */
  private static final String FOR_EVER = "3600";

  private static final String SHORT = "2";
  private static final String AUTHORITY = "CN=ReadLens embedded authority";

  @TempDir private static Path directory;
  private static SecuredSite site;
  private static SecuredSite expired;
  private static HttpServer proxy;
  private static Path reads;

  @BeforeAll
  static void start() throws Exception {
    site = SecuredSite.start(Files.createDirectory(directory.resolve("site")));
    expired = SecuredSite.startExpired(Files.createDirectory(directory.resolve("expired")));
    proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "<html>Sign in</html>".getBytes(StandardCharsets.UTF_8);
    proxy.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    proxy.start();
    reads = Files.writeString(directory.resolve("reads.fasta"), ">a\nACGT\n");
  }

  @AfterAll
  static void stop() {
    proxy.stop(0);
    expired.close();
    site.close();
  }

  /** A fault, the settings that lead to it, and what is said; the port stands for {@code %d}. */
  private record Fault(String name, Map<String, String> settings, String patience, String line) {
    static Fault of(String name, Map<String, String> settings, String line) {
      return new Fault(name, settings, FOR_EVER, line);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> brokerFaults() throws Exception {
    String broker = "broker " + site.bootstrapServers() + ": ";
    Map<String, String> untrusting = site.settings();
    untrusting.keySet().removeIf(key -> key.startsWith("ssl.truststore"));
    Map<String, String> plain = site.settings();
    plain.keySet().removeIf(key -> key.startsWith("ssl.") || key.startsWith("sasl."));
    plain.put("security.protocol", "PLAINTEXT");
    Map<String, String> strange = site.settings();
    strange.putAll(site.strangersTrust());
    List<Fault> faults =
        List.of(
            Fault.of(
                "wrong password",
                changed(site.brokerLogin("readlens", "wrong")),
                broker
                    + "it refuses the login of user readlens by SCRAM-SHA-512: wrong name or"
                    + " password; look at sasl.jaas.config"),
            Fault.of(
                "wrong CA",
                strange,
                broker
                    + "its certificate is signed by "
                    + AUTHORITY
                    + ", which "
                    + strange.get("ssl.truststore.location")
                    + " does not hold; look at ssl.truststore.location"),
            Fault.of(
                "expired certificate",
                expired.settings(),
                "broker "
                    + expired.bootstrapServers()
                    + ": its certificate (CN=localhost) expired on "
                    + LocalDate.now(ZoneOffset.UTC).minusDays(5)
                    + "; renew it at the broker"),
            Fault.of(
                "forgotten truststore",
                untrusting,
                broker
                    + "its certificate is signed by "
                    + AUTHORITY
                    + ", which Java's own"
                    + " truststore does not know, and no other is configured;"
                    + " set ssl.truststore.location"),
            Fault.of(
                "plaintext client on a TLS port",
                plain,
                broker
                    + "it speaks TLS, and security.protocol is PLAINTEXT;"
                    + " set security.protocol=SSL or SASL_SSL"));
    return each(faults, List.of("topics", "replay", "run"));
  }

  static Stream<Arguments> registryFaults() throws Exception {
    String registry = "registry " + site.registryUrl() + ": ";
    String page = "http://127.0.0.1:" + proxy.getAddress().getPort();
    Map<String, String> behind = site.settings();
    behind.keySet().removeIf(key -> key.startsWith("schema.registry.ssl"));
    behind.put("schema.registry.url", page);
    List<Fault> faults = new ArrayList<>();
    faults.add(
        Fault.of(
            "wrong registry password",
            changed(site.registryLogin("readlens", "wrong")),
            registry
                + "it refuses the login of user readlens (HTTP 401): wrong name or password;"
                + " look at basic.auth.user.info"));
    faults.add(
        Fault.of(
            "proxy that answers HTML",
            behind,
            "registry "
                + page
                + ": it answers HTML (HTTP 200 OK), which is a proxy or another site and no"
                + " registry; look at schema.registry.url"));
    try (LateEndpoint never = LateEndpoint.refusing(1)) {
      String url = "https://127.0.0.1:" + never.port();
      faults.add(
          new Fault(
              "registry unreachable",
              changed(Map.of("schema.registry.url", url)),
              SHORT,
              "registry "
                  + url
                  + ": connection refused, nothing listens there; is it running, and is"
                  + " schema.registry.url right? (waited 2 s; patience.seconds lets it take"
                  + " longer)"));
    }
    return each(faults, List.of("replay", "run"));
  }

  @ParameterizedTest
  @MethodSource({"brokerFaults", "registryFaults"})
  void shouldSayInOneLineWhatIsWrong(Fault fault, String command) throws Exception {
    // When
    CommandRun run = run(command, fault);

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).isEqualTo("readlens: " + fault.line());
    assertThat(run.err().lines())
        .as("what Kafka's clients say is left out")
        .noneMatch(line -> line.contains("NetworkClient") || line.strip().startsWith("at "));
  }

  private static CommandRun run(String command, Fault fault) throws IOException {
    Path config = SecuredSite.config(directory.resolve("client.properties"), fault.settings());
    List<String> words =
        switch (command) {
          case "topics" -> List.of("topics", "describe");
          case "replay" -> List.of("replay", "--input=" + reads);
          default -> List.of(command);
        };
    List<String> arguments = new ArrayList<>(words);
    arguments.add("--config=" + config);
    arguments.add("-Dpatience.seconds=" + fault.patience());
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static Map<String, String> changed(Map<String, String> otherwise) {
    Map<String, String> settings = site.settings();
    settings.putAll(otherwise);
    return settings;
  }

  private static Stream<Arguments> each(List<Fault> faults, List<String> commands) {
    return faults.stream()
        .flatMap(fault -> commands.stream().map(command -> Arguments.of(fault, command)));
  }
}
