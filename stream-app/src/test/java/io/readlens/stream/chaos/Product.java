package io.readlens.stream.chaos;

import io.readlens.model.process.Ending;
import io.readlens.stream.cli.RunWithModel;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.worker.DeviceModel;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The product in a JVM of its own: what {@code readlens run} starts, but for the model. Takes the
 * path of the properties and that of the device.
 */
final class Product {
  private Product() {}

  public static void main(String[] args) {
    Ending.install();
    Leash.hold();
    Ending.exit(
        RunWithModel.run(
            configuration(Path.of(args[0])),
            DeviceModel.ofReads(new FaultyDevice(Path.of(args[1])))));
  }

  static AppConfig configuration(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return AppConfig.of(properties, Map.of());
  }
}
