package io.readlens.stream.embedded;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps web pages out. A registry on 127.0.0.1 can be reached by every page that a browser on the
 * machine shows, so what a page would send is refused:
 *
 * <ul>
 *   <li>a {@code Host} that is not this machine's: the page's own name, made to point here
 *   <li>an {@code Origin}: the registry has no pages, so each request of a page comes from another
 *       site's; a browser's question beforehand (preflight) has one too
 *   <li>a body that is not said to be JSON: what a form may send without that question
 * </ul>
 *
 * <p>Clients of registries send none of these.
 */
final class CrossSite {
  private static final Set<String> HOSTS = Set.of(Loopback.HOST, "localhost");
  private static final Pattern PORT = Pattern.compile(":[0-9]*$");
  private static final Pattern JSON = Pattern.compile("application/([a-z0-9.+-]+\\+)?json");

  private CrossSite() {}

  /**
   * @throws RegistryException for what a web page would send
   */
  static void refuse(Headers headers) {
    for (String host : headers.getOrDefault("Host", List.of())) {
      String name = PORT.matcher(host.strip()).replaceFirst("").toLowerCase(Locale.ROOT);
      if (!HOSTS.contains(name)) {
        throw RegistryException.otherHost(host);
      }
    }
    if (headers.containsKey("Origin")) {
      throw RegistryException.fromWebPage();
    }
  }

  /**
   * Of a request that has a body.
   *
   * @throws RegistryException for what a web page might send
   */
  static void refuseBody(Headers headers) {
    String type = headers.getFirst("Content-Type");
    String essence = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!JSON.matcher(essence).matches()) {
      throw RegistryException.notSaidToBeJson();
    }
  }
}
