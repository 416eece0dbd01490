package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoReadsCommandTest {
  @TempDir Path directory;

  @Test
  void shouldWriteTheReadsAndTheirTaxa() throws IOException {
    // Given
    Path fresh = directory.resolve("fresh/reads");

    // When
    CommandRun run = CommandRun.of("demo-reads", "--output", fresh.toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(
            "wrote %1$s/reads.fastq.gz\nwrote %1$s/reads.fastq.gz.truth.tsv\n".formatted(fresh));
    assertThat(Files.readAllLines(fresh.resolve("reads.fastq.gz.truth.tsv"))).hasSize(1 + 2385);
  }

  @Test
  void shouldLeaveFilesThatAreThere() throws IOException {
    // Given
    CommandRun.of("demo-reads", "--output", directory.toString());
    Path truth = directory.resolve("reads.fastq.gz.truth.tsv");
    Files.writeString(truth, "mine");

    // When
    CommandRun run = CommandRun.of("demo-reads", "--output", directory.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(directory.resolve("reads.fastq.gz") + " is there already\n");
    assertThat(run.complaint()).isEqualTo("readlens: " + truth + " is in the way");
    assertThat(truth).hasContent("mine");
  }

  /** A link to nowhere is somebody's, as a file is. */
  @Test
  void shouldWriteNothingWhereOneOfThemIsInTheWay() throws IOException {
    // Given
    Path truth = directory.resolve("reads.fastq.gz.truth.tsv");
    Files.createSymbolicLink(truth, Path.of("elsewhere"));

    // When
    CommandRun run = CommandRun.of("demo-reads", "--output", directory.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).isEqualTo("readlens: " + truth + " is in the way");
    assertThat(directory.resolve("reads.fastq.gz")).doesNotExist();
    assertThat(truth).isSymbolicLink();
  }
}
