package io.readlens.stream.kill;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The product in a JVM of its own: what {@code readlens run} starts, but for the model. Takes the
 * path of the properties.
 */
final class KilledApp {
  private KilledApp() {}

  public static void main(String[] args) throws InterruptedException {
    ExplainApp app =
        new ExplainApp(
            configuration(Path.of(args[0])),
            DeviceModel.ofReads(new SlowModel()),
            new DeviceSpeed(2, 16_384, 160_000),
            "no checkpoint",
            ExplainApp.PATIENCE);
    app.start();
    onEndOfInput(app::stop);
    Optional<Throwable> fatal = app.awaitEnd();
    app.stop();
    fatal.ifPresent(Throwable::printStackTrace);
    System.exit(fatal.isPresent() ? 1 : 0);
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

  /** Standard input ends when the parent closes it, and when the parent is gone. */
  static void onEndOfInput(Runnable stop) {
    Thread leash =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("lost the parent: " + e);
              }
              stop.run();
            },
            "leash");
    leash.setDaemon(true);
    leash.start();
  }
}
