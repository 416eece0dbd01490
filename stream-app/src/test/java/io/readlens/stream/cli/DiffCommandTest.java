package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
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
  void shouldShowWhatOtherThresholdsWouldChange() throws IOException {
    // Given
    Path json = directory.resolve("diff.json");

    // When
    CommandRun run =
        CommandRun.of(
            "diff",
            "--profile-a=sensitive",
            "--thresholds-b=genus:0.999",
            "--input=" + input,
            "--json=" + json);

    // Then
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    String id = Checkpoint.bundled().id();
    Decision decision = Checkpoint.bundled().decision();
    Thresholds custom = decision.thresholds(Profile.BALANCED).with(Rank.GENUS, 0.999);
    assertThat(run.out())
        .contains("a      " + id + "\n       sensitive, " + decision.sensitive() + "\n")
        .contains("b      " + id + "\n       custom, " + custom + "\n");
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("ruleA").get("profile").asText()).isEqualTo("SENSITIVE");
    assertThat(report.get("ruleB").get("thresholds").get("genus").asDouble()).isEqualTo(0.999);
    for (JsonNode rank : report.get("ranks")) {
      assertThat(rank.get("other").asInt() + rank.get("onlyB").asInt()).isZero();
      assertThat(rank.get("same").asInt()).isPositive();
    }
    assertThat(report.get("ranks").get("genus").get("onlyA").asInt())
        .isGreaterThan(report.get("ranks").get("superkingdom").get("onlyA").asInt());
  }

  @Test
  void shouldRefuseToCompareNothing() {
    // When
    CommandRun nothing = CommandRun.of("diff", "--input=" + input);
    CommandRun profile = CommandRun.of("diff", "--profile-b=lax", "--input=" + input);
    CommandRun numbers = CommandRun.of("diff", "--thresholds-a=genus", "--input=" + input);

    // Then
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.complaint() + nothing.err())
        .contains(
            "nothing is to change: name what would follow, by --b, --profile-b or --thresholds-b");
    assertThat(profile.exitCode()).isEqualTo(2);
    assertThat(profile.complaint() + profile.err())
        .contains("--profile-b = lax: one of sensitive, balanced, strict");
    assertThat(numbers.exitCode()).isEqualTo(2);
    assertThat(numbers.complaint() + numbers.err())
        .contains("--thresholds-a = genus: none, or numbers from 0 to 1 such as")
        .contains("'genus' has no number from 0 to 1");
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
