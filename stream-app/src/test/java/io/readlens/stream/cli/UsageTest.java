package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** How the commands that feed and prepare Kafka are called, and told when they are not. */
class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics",
        "topics create",
        "topics create --config c --partitions 0",
        "topics create --config c --replication-factor 0",
        "topics describe",
        "replay --config c",
        "replay --input a.fastq",
        "replay --config c --input a.fastq --rate 0",
        "replay --config c --input a.fastq --rate fast",
        "replay --config c --input a.fastq -D nothing",
        "embedded --broker-port 70000",
        "export",
        "export --config c",
        "export --config c --output a --truth ./a",
        "diff",
        "diff --a d --b e",
        "publish",
        "publish --config c",
        "publish --checkpoint d",
        "publish --config c --checkpoint d --location models/1",
        "run",
        "run --config",
        "demo --nonsense",
        "bench --only nothing",
        "bench --minutes 0",
        "explain",
        "explain --input a.fastq --format xml",
      })
  void shouldEndWithUsageWhenCalledWrongly(String line) {
    // When
    CommandRun run = CommandRun.of(line.split(" "));

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Usage: readlens " + command(line)).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics",
        "topics create",
        "topics describe",
        "replay",
        "export",
        "publish",
        "diff",
        "embedded",
        "run",
        "demo",
        "explain",
        "bench"
      })
  void shouldExplainItself(String command) {
    // When
    CommandRun run = CommandRun.of((command + " --help").split(" "));

    // Then
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: readlens " + command).contains("--help");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "rnu --config c, unknown command 'rnu', Commands: demo",
    "help, unknown command 'help', Commands: demo",
    "topics list, unknown command 'list', 'Commands: create, describe'",
    "demo a.fastq, unexpected argument 'a.fastq', --input=FILE",
    "explain, Missing required option: '--input=FILE', --input=FILE",
    "bench --minutes 0, --minutes = 0: 1 or more, --minutes=N",
  })
  void shouldKeepTheFaultAndTheRemedyOnTheTerminal(String line, String fault, String remedy) {
    // When
    CommandRun run = CommandRun.of(line.split(" "));

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines().toList())
        .hasSizeLessThan(12)
        .startsWith(fault)
        .anyMatch(each -> each.contains(remedy))
        .last()
        .asString()
        .endsWith(" --help says more.");
  }

  @Test
  void shouldListEachCommandWithASentence() {
    // When
    CommandLine readlens = Main.commandLine();

    // Then
    assertThat(commands(readlens))
        .hasSizeGreaterThan(12)
        .allSatisfy(command -> assertThat(command.description()[0]).endsWith("."));
  }

  private static List<UsageMessageSpec> commands(CommandLine of) {
    return of.getSubcommands().values().stream()
        .flatMap(
            each ->
                Stream.concat(
                    Stream.of(each.getCommandSpec().usageMessage()), commands(each).stream()))
        .toList();
  }

  @Test
  void shouldSayInOneLineThatTheConfigurationIsMissing() {
    // When
    CommandRun run =
        CommandRun.of("topics", "describe", "--config", "/nowhere/readlens.properties");

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("readlens: no file /nowhere/readlens.properties: ")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"diff --b d --input pom.xml", "bench --only gemm --quick"})
  void shouldNotBeginWorkWhoseResultHasNoPlace(String line) {
    // When
    CommandRun run = CommandRun.of((line + " --json none/figures.json").split(" "));

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("readlens: no such file or directory: none").hasLineCount(1);
  }

  private static String command(String line) {
    return line.replaceAll(" -.*", "");
  }
}
