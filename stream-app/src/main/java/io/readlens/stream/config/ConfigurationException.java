package io.readlens.stream.config;

/** A setting is missing, unknown or out of range; the message names it and says what would do. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
