package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static String command(String line) {
    return line.replaceAll(" -.*", "");
  }
}
