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
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
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
 * waiting where waiting does not help. Commands that would wait for something have an hour for it,
 * so that one which ends by itself has found the fault and not lost its patience; how many seconds
 * that takes is for a quiet machine to tell.
 */
@Timeout(120)
class ConnectionFaultsIT {
  /** Commands that wait for this end by the tests' own time limit. */
  private static final String FOR_EVER = "3600";

  /** The default. */
  private static final String MINUTE = "60";

  private static final Pattern PROGRESS =
      Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (INFO|WARN) .* waiting, \\d+ s of \\d+ s: .*");

  private static final String AUTHORITY = "CN=ReadLens embedded authority";

  @TempDir private static Path directory;
  private static SecuredSite site;
  private static SecuredSite expired;
  private static HttpServer proxy;
  private static ExecutorService threads;
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
    for (int status : List.of(403, 307)) {
      proxy.createContext(
          "/" + status,
          exchange -> {
            exchange.getResponseHeaders().set("Location", "http://elsewhere.invalid/");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
    }
    // One that begins with TLS would keep a lone thread waiting.
    threads = Executors.newCachedThreadPool();
    proxy.setExecutor(threads);
    proxy.start();
    reads = Files.writeString(directory.resolve("reads.fasta"), ">a\nACGT\n");
  }

  @AfterAll
  static void stop() {
    proxy.stop(0);
    threads.shutdownNow();
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

  static List<Fault> brokerFaults() throws Exception {
    String broker = "broker " + site.bootstrapServers() + ": ";
    Map<String, String> untrusting = site.settings();
    untrusting.keySet().removeIf(key -> key.startsWith("ssl.truststore"));
    Map<String, String> plain = site.settings();
    plain.keySet().removeIf(key -> key.startsWith("ssl.") || key.startsWith("sasl."));
    plain.put("security.protocol", "PLAINTEXT");
    Map<String, String> withoutLogin = site.settings();
    withoutLogin.keySet().removeIf(key -> key.startsWith("sasl."));
    withoutLogin.put("security.protocol", "SSL");
    Map<String, String> strange = site.settings();
    strange.putAll(site.strangersTrust());
    String registryAddress = site.registryUrl().replace("https://", "");
    String mechanism = "org.apache.kafka.common.security.plain.PlainLoginModule";
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
                    + " set security.protocol=SSL or SASL_SSL"),
            Fault.of(
                "a mechanism that is not enabled",
                changed(
                    Map.of(
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        mechanism + " required username=\"readlens\" password=\"x\";")),
                broker
                    + "it offers the SASL mechanisms SCRAM-SHA-512 and not PLAIN; look at"
                    + " sasl.mechanism"),
            Fault.of(
                "the registry's port",
                changed(Map.of("bootstrap.servers", registryAddress)),
                "broker "
                    + registryAddress
                    + ": an HTTP server answers, not a broker; look at bootstrap.servers"),
            Fault.of(
                "no login",
                withoutLogin,
                broker
                    + "it demands a login (SCRAM-SHA-512), and security.protocol is SSL; set"
                    + " security.protocol=SASL_SSL, sasl.mechanism and sasl.jaas.config"));
    return faults;
  }

  /** Those that are met most, as each command says them, and the others as one does. */
  static Stream<Arguments> faults() throws Exception {
    List<Fault> ofBroker = brokerFaults();
    List<Fault> ofRegistry = registryFaults();
    return Stream.of(
            each(ofBroker.subList(0, 5), List.of("topics", "replay", "run")),
            each(ofBroker.subList(5, ofBroker.size()), List.of("topics")),
            each(ofRegistry.subList(0, 3), List.of("replay", "run")),
            each(ofRegistry.subList(3, ofRegistry.size()), List.of("replay")))
        .flatMap(each -> each);
  }

  /** Those that are met most, as one command says them. */
  static Stream<Arguments> commonFaults() throws Exception {
    return Stream.concat(
        each(brokerFaults().subList(0, 5), List.of("topics")),
        each(registryFaults().subList(0, 3), List.of("replay")));
  }

  static List<Fault> registryFaults() throws Exception {
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
    Map<String, String> nobody = site.settings();
    nobody.keySet().removeIf(key -> key.startsWith("basic."));
    try (LateEndpoint never = LateEndpoint.refusing(1)) {
      String url = "https://127.0.0.1:" + never.port();
      faults.add(
          new Fault(
              "registry unreachable",
              changed(Map.of("schema.registry.url", url)),
              MINUTE,
              "registry "
                  + url
                  + ": connection refused, nothing listens there; is it running, and is"
                  + " schema.registry.url right? (waited 6 s; patience.seconds lets it take"
                  + " longer)"));
    }
    faults.add(
        Fault.of(
            "HTTP where the registry speaks HTTPS",
            withoutTls(site.registryUrl().replace("https", "http")),
            "registry "
                + site.registryUrl().replace("https", "http")
                + ": it speaks TLS; write https:// in schema.registry.url"));
    faults.add(
        Fault.of(
            "HTTPS where HTTP is spoken",
            changed(Map.of("schema.registry.url", page.replace("http", "https"))),
            "registry "
                + page.replace("http", "https")
                + ": it speaks plain HTTP; name its TLS port in schema.registry.url, or write"
                + " http://"));
    String brokerUrl = "https://" + site.bootstrapServers();
    faults.add(
        new Fault(
            "the broker's port",
            changed(Map.of("schema.registry.url", brokerUrl)),
            MINUTE,
            "registry "
                + brokerUrl
                + ": it closes the connection without an answer; is it a registry, and is"
                + " schema.registry.url right? (waited 6 s; patience.seconds lets it take longer)"));
    String path = site.registryUrl() + "/subjects";
    faults.add(
        Fault.of(
            "a path of the registry's",
            changed(Map.of("schema.registry.url", path)),
            "registry "
                + path
                + ": no schemas are to be had at this address (HTTP 404 Not Found); look at its"
                + " path in schema.registry.url"));
    faults.add(
        Fault.of(
            "no login at the registry",
            nobody,
            registry
                + "it demands a login (HTTP 401), and none is configured; set"
                + " basic.auth.credentials.source=USER_INFO and"
                + " basic.auth.user.info=NAME:PASSWORD"));
    for (int status : List.of(403, 307)) {
      Map<String, String> elsewhere = new TreeMap<>(behind);
      elsewhere.put("schema.registry.url", page + "/" + status);
      String words =
          status == 403
              ? "user readlens is not allowed to read schemas (HTTP 403 Forbidden); look at"
                  + " basic.auth.user.info and the registry's rights"
              : "it redirects to http://elsewhere.invalid/ (HTTP 307); name that"
                  + " address in schema.registry.url";
      faults.add(
          Fault.of(
              "status " + status, elsewhere, "registry " + page + "/" + status + ": " + words));
    }
    return faults;
  }

  @ParameterizedTest
  @MethodSource("faults")
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

  @ParameterizedTest
  @MethodSource("commonFaults")
  void shouldPrintThisLineAndNothingElse(Fault fault, String command) throws Exception {
    Path err = directory.resolve("err.txt");
    Path out = directory.resolve("out.txt");
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    line.addAll(arguments(command, fault));

    // When
    Process process =
        new ProcessBuilder(line).redirectError(err.toFile()).redirectOutput(out.toFile()).start();
    int exitCode;
    try {
      exitCode = process.waitFor();
    } finally {
      process.destroyForcibly();
    }

    // Then
    assertThat(Files.readAllLines(err))
        .filteredOn(each -> !PROGRESS.matcher(each).matches())
        .containsExactly("readlens: " + fault.line());
    assertThat(out).isEmptyFile();
    assertThat(exitCode).isEqualTo(1);
  }

  private static CommandRun run(String command, Fault fault) throws IOException {
    return CommandRun.of(arguments(command, fault).toArray(String[]::new));
  }

  private static List<String> arguments(String command, Fault fault) throws IOException {
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
    return arguments;
  }

  /** A truststore would be refused beside such an address, before anything is asked. */
  private static Map<String, String> withoutTls(String registryUrl) {
    Map<String, String> settings = changed(Map.of("schema.registry.url", registryUrl));
    settings.keySet().removeIf(name -> name.startsWith("schema.registry.ssl."));
    return settings;
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
