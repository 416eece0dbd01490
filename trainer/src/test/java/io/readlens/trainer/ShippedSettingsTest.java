package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ShippedSettingsTest {
  private static CommandLine withPaper() {
    return Main.commandLine().setDefaultValueProvider(ShippedSettings.of("@paper").orElseThrow());
  }

  @Test
  void shouldNameOptionsThatThereAre() {
    // When
    ShippedSettings paper = ShippedSettings.of("@paper").orElseThrow();

    // Then
    assertThat(paper.keys()).isNotEmpty();
    for (String key : paper.keys()) {
      String[] parts = key.split("\\.", 2);
      CommandLine command = Main.commandLine().getSubcommands().get(parts[0]);
      assertThat(command.getCommandSpec().optionsMap()).containsKey("--" + parts[1]);
    }
  }

  @Test
  void shouldStandBackForTheCommandLine() {
    // Given
    CommandLine line = withPaper();

    // When
    CommandLine.ParseResult parsed =
        line.parseArgs("classifier", "--genomes=g", "--out=o", "--rate=0.5").subcommand();

    // Then
    CommandLine.Model.CommandSpec classifier = parsed.commandSpec();
    assertThat(classifier.findOption("--rate").<Double>getValue()).isEqualTo(0.5);
    assertThat(classifier.findOption("--tokens").<Integer>getValue()).isEqualTo(32_000);
    assertThat(classifier.findOption("--bag-rate").<Double>getValue())
        .as("not in the file")
        .isEqualTo(1);
  }

  @Test
  void shouldNotTakeAFileForSettings() {
    assertThat(ShippedSettings.of("@arguments.txt")).isEmpty();
    assertThat(ShippedSettings.of("@nobody")).isEmpty();
    assertThat(ShippedSettings.of("--paper")).isEmpty();
  }
}
