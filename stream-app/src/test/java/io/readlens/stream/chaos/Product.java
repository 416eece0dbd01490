package io.readlens.stream.chaos;

import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.process.Ending;
import io.readlens.stream.checkpoints.ServedModel;
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
 * The product in a JVM of its own: what {@code readlens run} starts, but for the model, which is
 * the same whatever checkpoint is taken. Takes the path of the properties and that of the device.
 */
final class Product {
  private Product() {}

  public static void main(String[] args) {
    Ending.install();
    Leash.hold();
    DeviceModel<ExplainedRead> model = DeviceModel.ofReads(new FaultyDevice(Path.of(args[1])));
    ServedModel<ExplainedRead> own =
        new ServedModel<>(
            "no checkpoint", Checkpoint.bundled().labelsDigest(), model, false, () -> {});
    Ending.exit(
        RunWithModel.run(
            configuration(Path.of(args[0])),
            own,
            next -> new ServedModel<>(next.id(), next.labelsDigest(), model, false, () -> {})));
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
