package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the checkpoint that ships. */
class EvaluateCommandTest {
  @TempDir private Path directory;

  @Test
  void shouldEvaluateTheBundledCheckpoint() throws IOException {
    // Given six reads of made-up bases, said to be of a known phylum and of no known genus
    StringBuilder fasta = new StringBuilder();
    StringBuilder truth = new StringBuilder("readId\ttaxid\tsuperkingdom\tphylum\tgenus\tgenome\n");
    Random random = new Random(1);
    for (int i = 0; i < 6; i++) {
      fasta.append(">r").append(i).append('\n');
      random.ints(400, 0, 4).forEach(digit -> fasta.append("ACGT".charAt(digit)));
      fasta.append('\n');
      truth.append("r" + i + "\t562\tBacteria\tPseudomonadota\tNA\tg" + i % 2 + "\n");
    }
    Path reads = Files.writeString(directory.resolve("reads.fa"), fasta);
    Path table = Files.writeString(directory.resolve("truth.tsv"), truth);
    Path json = directory.resolve("report.json");
    Path html = directory.resolve("report.html");

    // When
    int exitCode =
        Main.commandLine()
            .execute(
                "evaluate",
                "--input=" + reads,
                "--truth=" + table,
                "--json=" + json,
                "--html=" + html);

    // Then
    assertThat(exitCode).isZero();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.path("checkpoint").asText()).isEqualTo(Checkpoint.bundled().id());
    assertThat(report.path("reads").asInt()).isEqualTo(6);
    assertThat(report.at("/balancedAccuracy/predicted/unmasked/phylum/reads").asInt()).isEqualTo(6);
    assertThat(report.at("/balancedAccuracy/predicted/spans/genus/value").isNull()).isTrue();
    assertThat(report.at("/frontier/phylum").size()).isEqualTo(5);
    assertThat(report.at("/masks/genus/calls").isInt()).isTrue();
    assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("reads.fa");
  }
}
