package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's command, on few reads: broker, registry, model and all. */
class DemoCommandIT {
  @TempDir private Path directory;

  @Test
  void shouldAccountForEveryReadAndEnd() throws IOException {
    // Given
    Random random = new Random(3);
    StringBuilder fastq = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      StringBuilder bases = new StringBuilder();
      int length = i < 10 ? 40 : 200 + random.nextInt(400);
      for (int base = 0; base < length; base++) {
        bases.append("ACGT".charAt(random.nextInt(4)));
      }
      String letters = i >= 55 ? "XX" + bases : bases.toString();
      fastq.append("@read" + i + "\n" + letters + "\n+\n" + "I".repeat(letters.length()) + "\n");
    }
    Path reads = Files.writeString(directory.resolve("reads.fastq"), fastq);
    Path empty = Files.createFile(directory.resolve("empty.fastq"));

    // When
    CommandRun run =
        CommandRun.of(
            "demo",
            "--input",
            reads.toString(),
            empty.toString(),
            "--exit-when-done",
            "--data-dir",
            directory.resolve("data").toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).containsOnlyOnce("readlens: " + empty + " has no reads");
    assertThat(run.out())
        .containsPattern(
            "ledger received=60 classified=\\d+ unclassified=\\d+ too_short=10 dead_lettered=5")
        .contains("schema")
        .containsPattern("(?m)^ +called$")
        .doesNotContain("present", "right");
    assertThat(run.out().lines().reduce((first, second) -> second).orElseThrow())
        .as("no way to a broker that is gone by now")
        .startsWith("ledger ");
    assertThat(directory.resolve("data/kafka")).isDirectory();
  }
}
