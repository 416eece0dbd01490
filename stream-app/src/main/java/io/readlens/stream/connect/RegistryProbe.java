package io.readlens.stream.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Looks at what answers where a schema registry should be: asks for a schema in the words of HTTP
 * and reads the head of the answer.
 *
 * <p>Threading: safe for use by many threads.
 */
final class RegistryProbe {
  static final String URL = "schema.registry.url";
  private static final String PREFIX = "schema.registry.";
  private static final String SOURCE = "basic.auth.credentials.source";
  private static final String USER_INFO = "basic.auth.user.info";
  private static final String TOKEN_SOURCE = "bearer.auth.credentials.source";
  private static final String TOKEN = "bearer.auth.token";

  /** A registry's code for a schema that it does not have. */
  private static final String NO_SCHEMA = "40403";

  private static final int ENOUGH = 4096;
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final Map<String, String> settings;

  /**
   * @param settings of the registry's client
   */
  RegistryProbe(Map<String, String> settings) {
    this.settings = settings;
  }

  /** The addresses of one registry; any will do. */
  List<URI> addresses() {
    return Stream.of(settings.get(URL).strip().split("\\s*,\\s*")).map(URI::create).toList();
  }

  /** The address without what is secret in it. */
  static String name(URI address) {
    String text = address.toString();
    return address.getRawUserInfo() == null
        ? text
        : text.replace(address.getRawUserInfo() + "@", "");
  }

  /** What is wrong there; empty if nothing is that can be seen from here. */
  Optional<Fault> fault(URI address) {
    return look(address).map(fault -> fault.of("registry " + name(address)));
  }

  private Optional<Fault> look(URI address) {
    if (settings.containsKey(PREFIX + "proxy.host")) {
      return Optional.empty(); // Where the client really connects is the proxy's business.
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (address.getHost() == null || !List.of("http", "https").contains(scheme)) {
      return Optional.of(
          Fault.lasting("this is no address; write " + URL + "=http(s)://HOST:PORT"));
    }
    boolean secure = scheme.equals("https");
    int port = address.getPort() > 0 ? address.getPort() : secure ? HTTPS : HTTP;
    Endpoint endpoint = new Endpoint(address.getHost().replaceAll("[\\[\\]]", ""), port);
    if (!secure) {
      return plainly(address, endpoint);
    }
    Socket plain;
    try {
      plain = endpoint.open();
    } catch (IOException e) {
      return Optional.of(endpoint.unreachable(e, URL));
    }
    Tls tls = tls();
    try (plain;
        Socket socket = tls.shakeHands(plain, endpoint)) {
      Optional<byte[]> answer = ask(socket, address);
      Optional<Fault> uninvited =
          isClosed(answer) ? tls.uninvited("it closes the connection") : Optional.empty();
      return uninvited.isPresent() ? uninvited : judge(answer, address);
    } catch (IOException e) {
      Optional<Fault> fault = tls.fault(e);
      return fault.isPresent() || tls.hasCertificate() ? fault : withoutTls(address, endpoint);
    }
  }

  private Tls tls() {
    Map<String, String> own = new HashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX + "ssl.")) {
            own.put(key.substring(PREFIX.length()), value);
          }
        });
    return new Tls(own, PREFIX, "registry");
  }

  private Optional<Fault> plainly(URI address, Endpoint endpoint) {
    Optional<byte[]> answer;
    try (Socket socket = endpoint.open()) {
      answer = ask(socket, address);
    } catch (IOException e) {
      return Optional.of(endpoint.unreachable(e, URL));
    }
    Greeting greeting = answer.map(Greeting::of).orElse(Greeting.SILENCE);
    boolean tls = greeting == Greeting.TLS;
    if (!tls) {
      String text = new String(answer.orElse(new byte[0]), ISO_8859_1);
      boolean complains = text.startsWith("HTTP/") && text.split(" ", 3)[1].equals("400");
      if (greeting == Greeting.HTTP && !complains) {
        return judge(answer, address);
      }
      tls = Tls.isSpokenAt(endpoint);
    }
    if (tls) {
      return Optional.of(Fault.lasting("it speaks TLS; write https:// in " + URL));
    }
    return judgePlain(answer, address, endpoint);
  }

  private Optional<Fault> withoutTls(URI address, Endpoint endpoint) {
    try (Socket socket = endpoint.open()) {
      Optional<byte[]> answer = ask(socket, address);
      if (answer.map(Greeting::of).orElse(Greeting.SILENCE) == Greeting.HTTP) {
        return Optional.of(
            Fault.lasting(
                "it speaks plain HTTP; name its TLS port in %s, or write http://".formatted(URL)));
      }
      return judgePlain(answer, address, endpoint);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A broker takes the question for a request of a gigabyte, and closes the connection. */
  private Optional<Fault> judgePlain(Optional<byte[]> answer, URI address, Endpoint endpoint) {
    return isClosed(answer) && BrokerProbe.isBroker(endpoint)
        ? Optional.of(Fault.lasting("a Kafka broker answers, not a registry; look at " + URL))
        : judge(answer, address);
  }

  /**
   * The head of the answer and what follows, up to a limit; nothing if the connection is closed
   * before, empty if no answer comes in time.
   */
  private Optional<byte[]> ask(Socket socket, URI address) throws IOException {
    String path = address.getRawPath() == null ? "" : address.getRawPath().replaceAll("/+$", "");
    String request =
        "GET %s/schemas/ids/1 HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n%sConnection: close\r\n\r\n"
            .formatted(
                path,
                address.getPort() > 0
                    ? address.getHost() + ":" + address.getPort()
                    : address.getHost(),
                authorization(address).map(each -> "Authorization: " + each + "\r\n").orElse(""));
    try {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return Greeting.read(socket.getInputStream(), ENOUGH);
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      return Optional.of(new byte[0]); // Reset, which is closed in haste.
    }
  }

  private static boolean isClosed(Optional<byte[]> answer) {
    return answer.isPresent() && answer.get().length == 0;
  }

  /** What the client sends to log in; empty if it sends nothing, or what cannot be known here. */
  private Optional<String> authorization(URI address) {
    return user(address)
        .map(info -> "Basic " + Base64.getEncoder().encodeToString(info.getBytes(UTF_8)))
        .or(
            () ->
                source(TOKEN_SOURCE).equals("STATIC_TOKEN")
                    ? either(TOKEN).map(token -> "Bearer " + token)
                    : Optional.empty());
  }

  /** Name and password that go along. */
  private Optional<String> user(URI address) {
    if (source(SOURCE).equals("USER_INFO")) {
      return either(USER_INFO);
    }
    return source(SOURCE).isEmpty() || source(SOURCE).equals("URL")
        ? Optional.ofNullable(address.getRawUserInfo()).map(raw -> URLDecoder.decode(raw, UTF_8))
        : Optional.empty();
  }

  private String source(String key) {
    return either(key).orElse("");
  }

  /** A setting, whichever of its two names it has. */
  private Optional<String> either(String key) {
    return Optional.ofNullable(settings.get(key))
        .or(() -> Optional.ofNullable(settings.get(PREFIX + key)));
  }

  private Optional<Fault> judge(Optional<byte[]> answer, URI address) {
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    if (isClosed(answer)) {
      // So does what stands before a registry that is still starting.
      return Optional.of(
          Fault.passing(
              "it closes the connection without an answer; is it a registry, and is %s right?"
                  .formatted(URL)));
    }
    if (Greeting.of(answer.get()) != Greeting.HTTP) {
      return Optional.of(Fault.lasting("what answers is no HTTP server; look at " + URL));
    }
    String[] parts = new String(answer.get(), ISO_8859_1).split("\r?\n\r?\n", 2);
    List<String> head = Arrays.asList(parts[0].split("\r?\n"));
    String[] first = (head.get(0) + "  ").split(" ", 3);
    String status = ("HTTP " + first[1] + " " + first[2]).strip();
    if (first[1].equals("401")) {
      return Optional.of(Fault.lasting(unauthorized(address)));
    }
    if (first[1].equals("403")) {
      return Optional.of(
          Fault.lasting(
              "%s is not allowed to read schemas (%s); look at %s and the registry's rights"
                  .formatted(
                      user(address).map(each -> "user " + login(each)).orElse("nobody's login"),
                      status,
                      USER_INFO)));
    }
    if (first[1].equals("407")) {
      return Optional.of(Fault.lasting("a proxy demands a login (" + status + "); look at " + URL));
    }
    if (first[1].startsWith("3")) {
      return Optional.of(
          Fault.lasting(
              "it redirects to %s (%s); name that address in %s"
                  .formatted(header(head, "location").orElse("elsewhere"), status, URL)));
    }
    String type = header(head, "content-type").orElse("");
    String body = parts.length > 1 ? parts[1].strip() : "";
    if (type.contains("html") || body.startsWith("<")) {
      // A proxy that finds no registry behind it may find one later.
      return Optional.of(
          new Fault(
              first[1].startsWith("5") ? Fault.Kind.PASSING : Fault.Kind.LASTING,
              "it answers HTML (%s%s), which is a proxy or another site and no registry; look at %s"
                  .formatted(
                      status,
                      header(head, "server").map(each -> ", from " + each).orElse(""),
                      URL)));
    }
    if (first[1].startsWith("5")) {
      return Optional.of(
          Fault.passing("it is at fault (" + status + "); look at the registry's log"));
    }
    if (!type.contains("json")) {
      return Optional.of(
          Fault.lasting(
              "it answers %s with %s, and not as a registry; look at %s"
                  .formatted(status, type.isEmpty() ? "no type" : type, URL)));
    }
    if (first[1].equals("404") && !body.contains(NO_SCHEMA)) {
      return Optional.of(
          Fault.lasting(
              "no schemas are to be had at this address (%s); look at its path in %s"
                  .formatted(status, URL)));
    }
    return Optional.empty();
  }

  private String unauthorized(URI address) {
    if (user(address).isPresent()) {
      return "it refuses the login of user %s (HTTP 401): wrong name or password; look at %s"
          .formatted(
              login(user(address).get()),
              source(SOURCE).equals("USER_INFO") ? USER_INFO : "the name and password in " + URL);
    }
    if (either(USER_INFO).isPresent() && source(SOURCE).isEmpty()) {
      return "it demands a login (HTTP 401), and %s is not used; set %s=USER_INFO"
          .formatted(USER_INFO, SOURCE);
    }
    if (source(SOURCE).isEmpty() && source(TOKEN_SOURCE).isEmpty()) {
      return "it demands a login (HTTP 401), and none is configured; set %s=USER_INFO and %s=NAME:PASSWORD"
          .formatted(SOURCE, USER_INFO);
    }
    return "it refuses the login (HTTP 401); look at basic.auth.* and bearer.auth.*";
  }

  private static String login(String userInfo) {
    return userInfo.split(":", 2)[0];
  }

  private static Optional<String> header(List<String> head, String name) {
    return head.stream()
        .skip(1)
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }
}
