package io.readlens.stream.cli;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.ConfigurationException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** Where Kafka and the registry are and how to use them: for every command that needs both. */
final class ConfigOptions {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description =
          "Properties: bootstrap.servers, schema.registry.url, and all else that differs from the"
              + " defaults.")
  private Path file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "A property, stronger than the file's. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /**
   * @throws ConfigurationException if the file cannot be read or a property will not do; the
   *     message names it and says what would
   */
  AppConfig load() {
    return AppConfig.of(properties(), overrides);
  }

  private Properties properties() {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "no file "
              + file
              + ": write bootstrap.servers=HOST:PORT and schema.registry.url=URL into it");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + " is not UTF-8 text: save it as UTF-8");
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + file + ": " + e);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          file + " has a backslash and u without four hexadecimal digits: double the backslash");
    }
    return properties;
  }
}
