package io.readlens.trainer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Option values under a name, which ship with the trainer: {@code @paper} on the command line is
 * {@code paper.properties}, whose keys are a command and one of its options, {@code
 * classifier.rate}. What the command line says goes before.
 */
final class ShippedSettings implements IDefaultValueProvider {
  private final Properties values;

  private ShippedSettings(Properties values) {
    this.values = values;
  }

  /** The settings that an argument names; empty where it names none. */
  static Optional<ShippedSettings> of(String argument) {
    if (!argument.matches("@[a-z]+")) {
      return Optional.empty();
    }
    String file = argument.substring(1) + ".properties";
    try (InputStream in = ShippedSettings.class.getResourceAsStream(file)) {
      if (in == null) {
        return Optional.empty();
      }
      Properties values = new Properties();
      try (Reader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
        values.load(text);
      }
      return Optional.of(new ShippedSettings(values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its keys. */
  Iterable<String> keys() {
    return values.stringPropertyNames();
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? values.getProperty(argument.command().name() + "." + option.longestName().substring(2))
        : null;
  }
}
