package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.Explanation;
import io.readlens.avro.Rank;
import io.readlens.stream.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
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

  @Test
  void shouldShowFieldsAsTheTopicHasThem() throws IOException {
    // Given
    String readme = Files.readString(Path.of("../README.md"));

    // When
    Schema explanation = Explanation.getClassSchema();
    Schema mask = explanation.getField("mask").schema();
    Schema time = explanation.getField("eventTime").schema();

    // Then
    assertThat(readme).contains("| `calls[].rank` | `\"superkingdom\"` | enum: ");
    for (Rank rank : Rank.values()) {
      assertThat(readme).contains("`" + rank + "`");
    }
    assertThat(readme).contains("| `mask` | `[35, 35, …]` | bytes |");
    assertThat(mask.getTypes()).extracting(Schema::getType).contains(Schema.Type.BYTES);
    assertThat(readme).contains("| long of `" + time.getLogicalType().getName() + "` |");
  }
}
