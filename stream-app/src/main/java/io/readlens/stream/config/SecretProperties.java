package io.readlens.stream.config;

import java.util.regex.Pattern;

/**
 * The properties of which no message, log or list may repeat the value: what Kafka and the
 * registry's client declare to be secret, what is a plug-in's own, of which nobody knows, and any
 * address with credentials in it.
 */
public final class SecretProperties {
  /** A user before the host, or what follows a question mark. */
  private static final Pattern CREDENTIALS = Pattern.compile("://[^\\s,]*[@?]");

  private SecretProperties() {}

  /** Whether the value may not be repeated. */
  public static boolean isOne(String key, String value) {
    if (CREDENTIALS.matcher(value).find()) {
      return true;
    }
    if (Setting.of(key).isPresent()) {
      return false;
    }
    return RegistryProperties.isOne(key)
        ? RegistryProperties.isSecret(key)
        : KafkaProperties.isSecret(key);
  }
}
