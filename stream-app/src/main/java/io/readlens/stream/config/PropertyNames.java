package io.readlens.stream.config;

import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every name that a property may have: ReadLens's own, those that Kafka's clients know, also after
 * the prefix of one client, and those that the registry's client knows. A name that is none of
 * these would do nothing, so it is refused; a plug-in's own settings, which nobody can list, stand
 * after a prefix.
 */
final class PropertyNames {
  /** What stands before a setting of an interceptor, a reporter or another class of the user's. */
  static final String PLUGIN_PREFIX = "plugin.";

  private PropertyNames() {}

  /**
   * The name that Kafka's clients are given for a property which is neither ReadLens's own nor the
   * registry's.
   *
   * @throws ConfigurationException if nobody knows it, or nobody may set it
   */
  static String forKafka(String key) {
    if (!key.startsWith(PLUGIN_PREFIX)) {
      KafkaProperties.requireAllowed(key);
      if (!KafkaProperties.isKnown(key)) {
        throw unknown(key);
      }
      return key;
    }
    String own = key.substring(PLUGIN_PREFIX.length());
    KafkaProperties.requireAllowed(own);
    if (KafkaProperties.isKnown(own)
        || Setting.of(own).isPresent()
        || RegistryProperties.isKnown(own)) {
      throw new ConfigurationException(
          key, shown(own) + " is no plug-in's: write it without " + PLUGIN_PREFIX);
    }
    if (own.isBlank()) {
      throw unknown(key);
    }
    return own;
  }

  /**
   * Lets a name of the registry's client pass.
   *
   * @throws ConfigurationException if the client does not know it
   */
  static String forRegistry(String key) {
    if (!RegistryProperties.isKnown(key)) {
      throw unknown(key);
    }
    return key;
  }

  private static ConfigurationException unknown(String key) {
    Set<String> known = new TreeSet<>(KafkaProperties.knownBeside(key));
    if (!KafkaProperties.hasPrefix(key)) {
      for (Setting setting : Setting.values()) {
        known.add(setting.key());
      }
      known.addAll(Registry.configNames());
    }
    String prefix = RegistryProperties.isOne(key) ? Registry.PLUGIN_PREFIX : PLUGIN_PREFIX;
    String own = key.startsWith("schema.registry.") ? key.substring(16) : key;
    return new ConfigurationException(
        key,
        "unknown property %s: did you mean %s? A plug-in's own setting is written %s%s"
            .formatted(
                shown(key),
                Spelling.nearest(key, known),
                prefix,
                shown(key.startsWith(prefix) ? "NAME" : own)));
  }

  /** Without the characters that a terminal would obey. */
  static String shown(String text) {
    return Legible.of(text);
  }
}
