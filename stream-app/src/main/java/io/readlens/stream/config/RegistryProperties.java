package io.readlens.stream.config;

import io.readlens.schemas.Registry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The properties that are the schema registry's, and no one else's. */
final class RegistryProperties {
  /** What a registry's user gets without asking. */
  static final Map<String, String> DEFAULTS =
      Map.of("auto.register.schemas", "true", "use.latest.version", "false");

  private static final String NAMESPACE = "schema.registry.";
  private static final String URL = "schema.registry.url";
  private static final List<String> PREFIXES = List.of(NAMESPACE, "basic.auth.", "bearer.auth.");

  private static final String BASIC = "basic.auth.credentials.source";
  private static final String BEARER = "bearer.auth.credentials.source";

  private static final Set<String> CREDENTIALS =
      Set.of("basic.auth.user.info", "bearer.auth.token");

  /** The client takes any other source for none, and sends no credentials. */
  private static final Map<String, Set<String>> SOURCES =
      Map.of(
          BASIC, Set.of("URL", "USER_INFO", "SASL_INHERIT"),
          BEARER, Set.of("STATIC_TOKEN", "CUSTOM"));

  /** What the client reads only where the credentials come from a certain source. */
  private static final Map<String, List<String>> NEEDS =
      Map.of(
          "basic.auth.user.info", List.of(BASIC, "USER_INFO"),
          "bearer.auth.token", List.of(BEARER, "STATIC_TOKEN"),
          "bearer.auth.custom.provider.class", List.of(BEARER, "CUSTOM"));

  private RegistryProperties() {}

  static boolean isOne(String key) {
    return DEFAULTS.containsKey(key) || PREFIXES.stream().anyMatch(key::startsWith);
  }

  static boolean isKnown(String key) {
    return Registry.configNames().contains(key) || key.startsWith(Registry.PLUGIN_PREFIX);
  }

  /** Whether a property of the client's, or of its plug-ins', may not be shown. */
  static boolean isSecret(String key) {
    String plain = key.startsWith(NAMESPACE) ? key.substring(NAMESPACE.length()) : key;
    return CREDENTIALS.contains(plain)
        || !Registry.configNames().contains(key)
        || (KafkaProperties.isKnown(plain) && KafkaProperties.isSecret(plain));
  }

  /**
   * @param patience how long one request may take, unless the client's own time-outs are set
   */
  static Map<String, String> complete(Map<String, String> given, Duration patience) {
    if (given.getOrDefault(URL, "").isBlank()) {
      throw new ConfigurationException(URL + " is not set: say where the schema registry is");
    }
    Map<String, String> plain = new HashMap<>();
    given.forEach(
        (key, value) -> {
          String name = key.startsWith(NAMESPACE) ? key.substring(NAMESPACE.length()) : key;
          String other = plain.put(name, value);
          if (other != null && !other.equals(value)) {
            throw new ConfigurationException(
                key, name + " and " + NAMESPACE + name + " are one, and differ: keep one of them");
          }
        });
    requireCredentialsToBeSent(plain);
    requireTlsToBeUsed(given.get(URL), plain);
    Map<String, String> all = new HashMap<>(DEFAULTS);
    String millis = Long.toString(patience.toMillis());
    all.put(NAMESPACE + "http.connect.timeout.ms", millis);
    all.put(NAMESPACE + "http.read.timeout.ms", millis);
    all.putAll(given);
    return all;
  }

  private static void requireCredentialsToBeSent(Map<String, String> plain) {
    SOURCES.forEach(
        (key, sources) -> {
          String value = plain.getOrDefault(key, "");
          if (!value.isEmpty() && !sources.contains(value)) {
            throw new ConfigurationException(
                key,
                "%s = '%s': must be %s"
                    .formatted(
                        key, value, String.join(" or ", sources.stream().sorted().toList())));
          }
        });
    NEEDS.forEach(
        (key, source) -> {
          if (plain.containsKey(key)
              && !source.get(1).equals(plain.getOrDefault(source.get(0), ""))) {
            throw new ConfigurationException(
                key,
                "%s does nothing by itself: set %s=%s, too"
                    .formatted(key, source.get(0), source.get(1)));
          }
        });
  }

  /** Who names a truststore takes the connection to be encrypted. */
  private static void requireTlsToBeUsed(String urls, Map<String, String> plain) {
    if (Stream.of(urls.split(",", -1)).map(String::strip).allMatch(RegistryProperties::hasTls)) {
      return;
    }
    plain.keySet().stream()
        .filter(key -> key.startsWith("ssl."))
        .sorted()
        .findFirst()
        .ifPresent(
            key -> {
              throw new ConfigurationException(
                  NAMESPACE + key,
                  "%s does nothing where %s does not begin with https://: write it so, or leave out the former"
                      .formatted(NAMESPACE + key, URL));
            });
  }

  private static boolean hasTls(String url) {
    return url.toLowerCase(Locale.ROOT).startsWith("https:");
  }
}
