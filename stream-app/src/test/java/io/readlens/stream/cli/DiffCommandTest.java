package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.stream.checkpoints.CheckpointFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled checkpoint against copies of it that are called the same or not. */
class DiffCommandTest {
  /** Of every so many reads one, so that all superkingdoms are there. */
  private static final int APART = 100;

  @TempDir private Path directory;
  private Path input;
  private Path truth;
  private int reads;

  @BeforeEach
  void writeReads() throws IOException {
    DemoReads demo = DemoReads.bundled(directory);
    truth = directory.resolve("reads.fastq.gz.truth.tsv");
    input = directory.resolve("some.fasta");
    StringBuilder some = new StringBuilder(">short\nACGT\n>invalid\n" + "ACGT!".repeat(40) + "\n");
    try (ReadFile file = ReadFile.open(demo.files().get(0))) {
      for (int i = 0; file.hasNext(); i++) {
        SequenceRecord read = file.next();
        if (i % APART == 0) {
          reads++;
          some.append('>').append(read.id()).append('\n').append(read.sequence()).append('\n');
        }
      }
    }
    Files.writeString(input, some);
  }

  @Test
  void shouldShowWhatAPromotionWouldChange() throws IOException {
    // Given
    Path b = directory.resolve("b");
    CheckpointFiles.write(b, 1);
    CheckpointFiles.edit(b, "labels.tsv", "Bacteria", "Mon\u202eera");
    Path json = directory.resolve("diff.json");

    // When
    CommandRun run =
        CommandRun.of("diff", "--b=" + b, "--input=" + input, "--truth=" + truth, "--json=" + json);

    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("a      " + Checkpoint.bundled().id())
        .contains("b      " + Checkpoint.load(b).id())
        .contains("reads  " + reads + ", 2 too short or invalid left out")
        .contains("balanced accuracy of a")
        .containsPattern("Bacteria 0\\.\\d{3} -> Mon\\\\u202eera 0\\.\\d{3}, truly ");
    JsonNode ranks = new ObjectMapper().readTree(json.toFile()).get("ranks");
    for (JsonNode rank : ranks) {
      int sum = 0;
      for (String what : new String[] {"same", "other", "onlyA", "onlyB", "neither"}) {
        sum += rank.get(what).asInt();
      }
      assertThat(sum).isEqualTo(reads);
    }
    JsonNode accuracy = ranks.get("superkingdom").get("accuracy");
    assertThat(ranks.get("superkingdom").get("other").asInt()).isPositive();
    assertThat(ranks.get("phylum").get("other").asInt()).isZero();
    assertThat(accuracy.get("spoiled").asInt()).isPositive();
    assertThat(accuracy.get("b").get("balanced").asDouble())
        .isLessThan(accuracy.get("a").get("balanced").asDouble());
  }

  @Test
  void shouldFindNothingChangedByTheSameCheckpoint() throws IOException {
    // Given
    Path same = directory.resolve("same");
    CheckpointFiles.write(same, 1);

    // When
    CommandRun run = CommandRun.of("diff", "--b=" + same, "--input=" + input);

    // Then
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("another taxon")))
        .singleElement()
        .asString()
        .matches("another taxon( +0){3}");
    assertThat(run.out().lines().filter(line -> line.contains("IoU, mean")))
        .singleElement()
        .asString()
        .contains("1.000");
    assertThat(run.out()).doesNotContain("balanced accuracy").doesNotContain("->");
  }
}
