package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code embedded --secure} in a process of its own, and commands that use what it wrote. */
@Timeout(300)
class SecuredEmbeddedIT {
  @TempDir Path folder;

  private Path directory;
  private Process process;

  @AfterEach
  void end() {
    process.destroyForcibly().onExit().join();
  }

  @Test
  void shouldWriteWhatCommandsNeedAndKeepItForTheNextStart() throws Exception {
    // Given
    directory = folder.resolve("data");
    String config = directory.resolve("readlens.properties").toString();
    Path reads = folder.resolve("reads.fasta");
    Files.writeString(reads, ">a\n" + "ACGT".repeat(100) + "\n");

    // When
    List<String> printed = start();

    // Then
    Properties first = properties(config);
    assertThat(first)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("basic.auth.credentials.source", "USER_INFO");
    assertThat(first.getProperty("schema.registry.url")).startsWith("https://127.0.0.1:");
    String password = first.getProperty("basic.auth.user.info").split(":", 2)[1];
    assertThat(printed).noneMatch(line -> line.contains(password) || line.contains("jaas"));
    assertThat(mode("readlens.properties")).isEqualTo("rw-------");
    assertThat(mode("librdkafka.properties")).isEqualTo("rw-------");
    assertThat(mode("broker.properties")).isEqualTo("rw-------");
    assertDone(CommandRun.of("topics", "create", "--config", config));
    assertDone(CommandRun.of("replay", "--config", config, "--input", reads.toString()));

    stop();
    start();
    assertThat(properties(config).getProperty("sasl.jaas.config"))
        .isEqualTo(first.getProperty("sasl.jaas.config"));
    CommandRun described = CommandRun.of("topics", "describe", "--config", config);
    assertDone(described);
    assertThat(described.out()).contains("sum 1");
  }

  private static void assertDone(CommandRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  /** Returns what was printed when all is up. */
  private List<String> start() throws IOException {
    Path errors = folder.resolve("errors.txt");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "embedded",
                "--secure",
                "--data-dir",
                directory.toString())
            .redirectError(Redirect.to(errors.toFile()))
            .start();
    List<String> printed = new ArrayList<>();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.startsWith("# The same")) {
      printed.add(line);
      line = output.readLine();
    }
    assertThat(line).as(Files.readString(errors)).isNotNull();
    return printed;
  }

  private void stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static Properties properties(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    }
    return properties;
  }

  private String mode(String file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file)));
  }
}
