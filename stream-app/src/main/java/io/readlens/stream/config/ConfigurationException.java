package io.readlens.stream.config;

import java.util.Optional;

/** A setting will not do; the message names it, its value and what would do. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String property;

  public ConfigurationException(String message) {
    this(null, message);
  }

  /**
   * @param property whose fault it is, as the user has named it; null if that of several
   */
  ConfigurationException(String property, String message) {
    super(message);
    this.property = property;
  }

  /** The property at fault, as the user has named it; empty if there is not one. */
  public Optional<String> property() {
    return Optional.ofNullable(property);
  }
}
