package io.readlens.stream.cli;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.ConfigurationException;
import io.readlens.stream.config.PropertiesFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
      description = "A property, stronger than the file's. May be repeated, for other properties.")
  private List<String> overrides = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * @throws ConfigurationException if the file cannot be read or a property will not do; the
   *     message names it and says what would
   * @throws ParameterException if an option is no property, or one is given twice
   */
  AppConfig load() {
    Map<String, String> given = overrides();
    PropertiesFile properties = PropertiesFile.read(file);
    try {
      return AppConfig.of(properties.properties(), given);
    } catch (ConfigurationException e) {
      throw e.property().filter(given::containsKey).isPresent() ? e : properties.located(e);
    }
  }

  private Map<String, String> overrides() {
    Map<String, String> given = new LinkedHashMap<>();
    for (String override : overrides) {
      String[] parts = override.split("=", 2);
      String key = parts[0].strip();
      if (parts.length < 2 || key.isEmpty()) {
        throw new ParameterException(
            command.commandLine(), "-D takes KEY=VALUE, not '" + parts[0] + "'");
      }
      String before = given.put(key, parts[1].strip());
      if (before != null && !before.equals(parts[1].strip())) {
        throw new ParameterException(
            command.commandLine(), "-D " + key + " is given twice: keep one of them");
      }
    }
    return given;
  }
}
