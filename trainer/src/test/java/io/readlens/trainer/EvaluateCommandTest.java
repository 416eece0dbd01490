package io.readlens.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.ReadFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void shouldRunPanelsAlone() throws IOException {
    // Given
    Path json = directory.resolve("panels.json");
    Path html = directory.resolve("panels.html");
    Path out = directory.resolve("panels");
    String genomes = new ToyPack().directory().toString();
    Path novel = Files.createDirectories(directory.resolve("novel/genomes")).getParent();
    Files.copy(Path.of(genomes, "genomes/g4.fa.gz"), novel.resolve("genomes/g4.fa.gz"));
    Files.writeString(
        novel.resolve("genomes.tsv"),
        """
        id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\tsplit
        g4\tA4.1\tNA\tBacteria\tBacillota\tNovella\ttest_unseen_species
        """);
    Files.writeString(
        novel.resolve("regions.tsv"),
        "id\tcontig\tstart0\tend\tuse\ng4\tg4c\t0\t9000\ttest_unseen_species\n");
    Path background = Files.createDirectories(directory.resolve("background")).getParent();
    String id = PanelSourcesTest.heldOut("v");
    Files.writeString(directory.resolve("background.tsv"), "id\tkind\n" + id + "\tvector\n");
    try (OutputStream vector =
        new GZIPOutputStream(Files.newOutputStream(directory.resolve("background/vector.fa.gz")))) {
      vector.write((">" + id + "\n" + "ACGGTCATTGCAACGTGATCCA".repeat(20) + "\n").getBytes(UTF_8));
    }

    // When
    int exitCode =
        Main.commandLine()
            .execute(
                "evaluate",
                "--panels",
                "--panel-reads=2",
                "--genomes=" + genomes,
                "--novel=" + novel,
                "--background=" + background,
                "--json=" + json,
                "--html=" + html,
                "--panels-out=" + out);

    // Then
    assertThat(exitCode).isZero();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.has("balancedAccuracy")).isFalse();
    assertThat(report.path("panels"))
        .extracting(panel -> panel.path("name").asText())
        .containsExactly(
            "artefacts",
            "attached",
            "invariances",
            "background",
            "novel_genera",
            "errors",
            "lengths",
            "mixtures");
    assertThat(report.at("/panels/0/lines/0/reads").asInt()).isEqualTo(501);
    assertThat(report.path("panels"))
        .allSatisfy(panel -> assertThat(panel.path("lines")).isNotEmpty());
    assertThat(report.at("/panels/3/lines/0/row").asText()).isEqualTo("vector");
    assertThat(report.at("/panels/4/tradeoffs")).isNotEmpty();
    assertThat(Files.readString(html)).contains("Mock communities", "naive Bayes");

    // and the files hold every read once, under the name in the table
    List<String> names = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(out.resolve("panels.fa.gz"))) {
      while (reads.hasNext()) {
        names.add(reads.next().id());
      }
    }
    assertThat(names).doesNotHaveDuplicates().contains("attached.0.1", "attached.0.1.real");
    assertThat(Table.read(out.resolve("panels.tsv")))
        .extracting(row -> row.get("readId"))
        .isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | there is nothing to evaluate: give --input and --truth, or --panels",
        "--input=x | --input needs the other of --input and --truth",
        "--panels --panel-reads=0 | --panel-reads = 0: not below 1",
        "--input=x --truth=y --novel=z | --background, --novel and --panels-out are for --panels",
      })
  void shouldSayWhatMakesNoSense(String options, String says) {
    // Given
    StringWriter err = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("evaluate"));
    Stream.of(options.split(" ")).filter(each -> !each.isEmpty()).forEach(arguments::add);

    // When
    int exitCode =
        Main.commandLine().setErr(new PrintWriter(err)).execute(arguments.toArray(String[]::new));

    // Then
    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).startsWith(says);
  }
}
