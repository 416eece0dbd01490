package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.schemas.Topics;
import io.readlens.stream.topics.KafkaTopics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, because it lives until a signal comes. */
@Timeout(120)
class EmbeddedCommandIT {
  private static final int SIGTERM_STATUS = 128 + 15;

  @TempDir Path directory;

  private Process process;
  private BufferedReader output;

  @BeforeEach
  void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "embedded",
                "--data-dir",
                directory.toString())
            .redirectError(Redirect.to(errors().toFile()))
            .start();
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @AfterEach
  void end() throws IOException {
    process.destroyForcibly().onExit().join();
    output.close();
  }

  @Test
  void shouldServeTopicsAndSchemasUntilItIsToldToEnd() throws Exception {
    // Given
    Map<String, String> properties = printedProperties();
    assertThat(writtenProperties()).isEqualTo(properties);
    try (KafkaTopics kafka = KafkaTopics.connect(properties)) {
      assertThat(Topics.standard().all())
          .allSatisfy(topic -> assertThat(kafka.describe(topic)).isPresent());
    }
    assertThat(get(properties.get("schema.registry.url") + "/config"))
        .isEqualTo("{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");

    // When
    process.destroy();

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGTERM_STATUS);
    assertThat(directory.resolve("kafka/.kafka_cleanshutdown")).exists();
    assertThat(errors()).content().isEmpty();
  }

  @Test
  void shouldEndWithItsBroker() throws Exception {
    // Given
    assertThat(printedProperties()).isNotEmpty();
    ProcessHandle broker = process.children().findFirst().orElseThrow();

    // When
    broker.destroyForcibly();

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(errors())
        .content()
        .contains(
            "readlens: the broker is gone: it was ended by signal 9, see "
                + directory.resolve("broker.log")
                + "\n")
        .doesNotContain("\tat ");
  }

  private Path errors() {
    return directory.resolveSibling(directory.getFileName() + ".err");
  }

  /** Returns when the last line has been printed, which is when all is up. */
  private Map<String, String> printedProperties() throws IOException {
    Map<String, String> printed = new HashMap<>();
    String line = output.readLine();
    while (line != null && !line.startsWith("# The same is in ")) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("=", 2);
        printed.put(parts[0], parts[1]);
      }
      line = output.readLine();
    }
    assertThat(line)
        .as(Files.readString(errors()))
        .isEqualTo(
            "# The same is in " + directory.resolve("readlens.properties") + ", for --config.");
    return printed;
  }

  private Map<String, String> writtenProperties() throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve("readlens.properties"))) {
      properties.load(reader);
    }
    Map<String, String> written = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> written.put(key, properties.getProperty(key)));
    return written;
  }

  private static String get(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
