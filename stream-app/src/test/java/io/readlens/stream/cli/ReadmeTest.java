package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README promises is there. */
class ReadmeTest {
  @Test
  void shouldListEverySettingWithItsDefault() throws IOException {
    // Given
    String readme = Files.readString(Path.of("../README.md"));

    // When / Then
    for (Setting setting : Setting.values()) {
      assertThat(readme)
          .contains(
              "| `%s` | `%s` | %s |"
                  .formatted(setting.key(), setting.standard(), setting.meaning()));
    }
  }

  @Test
  void shouldShowEveryCommand() throws IOException {
    // Given
    String readme = Files.readString(Path.of("../README.md"));
    CommandLine commands = Main.commandLine();

    // When / Then
    for (String command : commands.getSubcommands().keySet()) {
      assertThat(readme).contains("readlens.jar " + command + " ");
    }
  }
}
