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
        parse("--config", file.toString(), "-D", "alternatives=7", "-Dclient.id=a=b;").load();

    // Then
    assertThat(config.alternatives()).isEqualTo(7);
    assertThat(config.device().toString()).isEqualToIgnoringCase("cpu");
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("client.id", "a=b;");
  }

  @Test
  void shouldNameTheLineOfAPropertyThatNobodyKnows() throws IOException {
    // Given
    Path file = write((NEEDED + "# mine\nreads.topic=r\n").getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable load = () -> parse("--config", file.toString()).load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            file + " line 4: unknown property reads.topic: did you mean topic.reads?");
  }

  @Test
  void shouldNameTheLineOfAValueUnlessTheCommandLineGivesAnother() throws IOException {
    // Given
    Path file = write((NEEDED + "alternatives=many\n").getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable load = () -> parse("--config", file.toString()).load();
    ThrowingCallable other = () -> parse("--config", file.toString(), "-Dalternatives=some").load();

    // Then
    assertThatThrownBy(load).hasMessageStartingWith(file + " line 3: alternatives = 'many'");
    assertThatThrownBy(other).hasMessageStartingWith("alternatives = 'some'");
  }

  @Test
  void shouldRefuseAPropertyThatTheCommandLineGivesTwice() throws IOException {
    // Given
    Path file = write(NEEDED.getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable load =
        () -> parse("--config", file.toString(), "-Dviews=1", "-D", "views=2").load();

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(ParameterException.class)
        .hasMessage("-D views is given twice: keep one of them");
  }

  @Test
  void shouldRefuseAPropertyWithoutAValue() throws IOException {
    // Given
    Path file = write(NEEDED.getBytes(StandardCharsets.UTF_8));

    // When
    ThrowingCallable parse = () -> parse("--config", file.toString(), "-D", "alternatives").load();

    // Then
    assertThatThrownBy(parse).isInstanceOf(ParameterException.class).hasMessageContaining("-D");
  }

  /** A command that needs a configuration. */
  @CommandLine.Command
  static final class Command {
    @CommandLine.Mixin private ConfigOptions options;
  }

  private static ConfigOptions parse(String... arguments) {
    Command command = new Command();
    new CommandLine(command).parseArgs(arguments);
    return command.options;
  }

  private Path write(byte[] text) throws IOException {
    return Files.write(directory.resolve("readlens.properties"), text);
  }
}
