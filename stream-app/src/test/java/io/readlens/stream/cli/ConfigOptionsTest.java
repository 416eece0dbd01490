package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class ConfigOptionsTest {
  private static final String NEEDED =
      "bootstrap.servers=kafka:9092\nschema.registry.url=http://registry:8081\n";

  @TempDir Path directory;

  @Test
  void shouldPutTheCommandLineBeforeTheFile() throws IOException {
    // Given
    Path file = write((NEEDED + "alternatives=5\ndevice=cpu\n").getBytes(StandardCharsets.UTF_8));

    // When
    AppConfig config =
        parse("--config", file.toString(), "-D", "alternatives=7", "-Dsasl.jaas.config=a=b;")
            .load();

    // Then
    assertThat(config.alternatives()).isEqualTo(7);
    assertThat(config.device().toString()).isEqualToIgnoringCase("cpu");
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("sasl.jaas.config", "a=b;");
  }

  @Test
  void shouldReadTheFileAsUtf8() throws IOException {
    // Given
    Path file = write((NEEDED + "client.id=Gehölz\n").getBytes(StandardCharsets.UTF_8));

    // When
    AppConfig config = parse("--config", file.toString()).load();

    // Then
    assertThat(config.kafka()).containsEntry("client.id", "Gehölz");
  }

  @Test
  void shouldSayWhatToWriteIntoAFileThatIsMissing() {
    // Given
    Path file = directory.resolve("none.properties");

    // When
    ThrowingCallable load = () -> parse("--config", file.toString()).load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "no file "
                + file
                + ": write bootstrap.servers=HOST:PORT and schema.registry.url=URL into it");
  }

  @Test
  void shouldNameAFileThatIsADirectory() {
    // When
    ThrowingCallable load = () -> parse("--config", directory.toString()).load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("cannot read " + directory);
  }

  @Test
  void shouldNameAFileThatIsNotUtf8() throws IOException {
    // Given
    Path file = write((NEEDED + "client.id=Gehölz\n").getBytes(StandardCharsets.ISO_8859_1));

    // When
    ThrowingCallable load = () -> parse("--config", file.toString()).load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(file + " is not UTF-8 text: save it as UTF-8");
  }

  @Test
  void shouldNameAFileWithABrokenEscape() throws IOException {
    // Given
    Path file =
        write((NEEDED + "ssl.keystore.location=C:\\users\\me\n").getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable load = () -> parse("--config", file.toString()).load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(file + " has a backslash and u");
  }

  @Test
  void shouldRefuseAPropertyWithoutAValue() throws IOException {
    // Given
    Path file = write(NEEDED.getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable parse = () -> parse("--config", file.toString(), "-D", "alternatives");

    // Then
    assertThatThrownBy(parse).isInstanceOf(ParameterException.class).hasMessageContaining("-D");
  }

  private static ConfigOptions parse(String... arguments) {
    ConfigOptions options = new ConfigOptions();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }

  private Path write(byte[] text) throws IOException {
    return Files.write(directory.resolve("readlens.properties"), text);
  }
}
