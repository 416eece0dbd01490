package io.readlens.stream.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The properties that are the schema registry's, and no one else's. */
final class RegistryProperties {
  /** What a registry's user gets without asking. */
  static final Map<String, String> DEFAULTS =
      Map.of("auto.register.schemas", "true", "use.latest.version", "false");

  private static final String URL = "schema.registry.url";
  private static final List<String> PREFIXES =
      List.of("schema.registry.", "basic.auth.", "bearer.auth.");

  private RegistryProperties() {}

  static boolean isOne(String key) {
    return DEFAULTS.containsKey(key) || PREFIXES.stream().anyMatch(key::startsWith);
  }

  static Map<String, String> complete(Map<String, String> given) {
    if (given.getOrDefault(URL, "").isBlank()) {
      throw new ConfigurationException(URL + " is not set: say where the schema registry is");
    }
    Map<String, String> all = new HashMap<>(DEFAULTS);
    all.putAll(given);
    return all;
  }
}
