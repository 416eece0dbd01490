package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image without Docker: its build's commands, its environment and the command lines that
 * compose.yaml gives it, as plain processes in a directory that has what the image copies.
 */
@Timeout(300)
class ImageIT {
  private static final Path BUILT = Path.of("../stream-app/target").toAbsolutePath().normalize();
  private static final String CONFIG = "/etc/readlens.properties";

  @TempDir Path home;
  @TempDir Path outside;

  private final List<Shell> shells = new ArrayList<>();

  @BeforeEach
  void copy() throws IOException {
    for (String copied : List.of("lib", "readlens.jar")) {
      Files.createSymbolicLink(home.resolve(copied), BUILT.resolve(copied));
    }
  }

  @AfterEach
  void close() throws IOException {
    for (int i = shells.size() - 1; i >= 0; i--) {
      shells.get(i).close();
    }
    for (String copied : List.of("lib", "readlens.jar")) {
      Files.delete(home.resolve(copied));
    }
  }

  @Test
  void shouldServeWithTheEngineThatTheBuildUnpacks() throws Exception {
    // Given
    Image image = Image.of(Path.of("Dockerfile"));
    Shell build = shell(home, image);
    for (String command : image.runs()) {
      if (command.contains("readlens.jar")) {
        build.run(here(command));
      }
    }
    Map<Path, Long> unpacked = files(home.resolve("engine"));
    Shell others = shell(outside, image);
    others.leaveRunning(
        here(String.join(" ", image.entrypoint())) + " embedded --data-dir data", "# The same is");
    Path config = config(outside.resolve("data/readlens.properties"));
    Map<String, JsonNode> services = ComposeTest.services();

    // When
    Shell containers = shell(Files.createDirectory(outside.resolve("containers")), image);
    String created = containers.run(line(image, services.get("topics"), config));
    containers.leaveRunning(line(image, services.get("readlens"), config), "explaining ");

    // Then
    assertThat(created).contains("readlens.reads.v1 ");
    assertThat(unpacked.keySet()).anyMatch(file -> file.endsWith("libtorch_cpu.so"));
    assertThat(files(home.resolve("engine"))).isEqualTo(unpacked);
  }

  private Shell shell(Path directory, Image image) {
    Shell shell = new Shell(directory);
    image.environment().forEach((name, value) -> shell.set(name, here(value)));
    shells.add(shell);
    return shell;
  }

  private String here(String text) {
    return text.replace(Image.HOME, home.toString());
  }

  private String line(Image image, JsonNode service, Path config) {
    return Stream.concat(image.entrypoint().stream(), ComposeTest.texts(service.path("command")))
        .map(word -> here(word).replace(CONFIG, config.toString()))
        .collect(Collectors.joining(" "));
  }

  /** The image's settings, with the addresses of what runs here. */
  private Path config(Path written) throws IOException {
    Properties here = properties(written);
    Properties settings = properties(Path.of("readlens.properties"));
    assertThat(settings.stringPropertyNames()).contains("bootstrap.servers", "schema.registry.url");
    List<String> lines =
        settings.stringPropertyNames().stream()
            .map(name -> name + "=" + here.getProperty(name, settings.getProperty(name)))
            .toList();
    return Files.write(outside.resolve("mounted.properties"), lines);
  }

  private static Properties properties(Path file) throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }

  /** What is in a folder, and when each was written. */
  private static Map<Path, Long> files(Path folder) throws IOException {
    Map<Path, Long> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file), Files.getLastModifiedTime(file).toMillis());
      }
    }
    return files;
  }
}
