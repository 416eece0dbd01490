package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.checkpoints.CheckpointFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On explanations as {@code explain} writes them, of checkpoints with and without a confusion. */
class AbundanceCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] BACTERIA = {"superkingdom", "Bacteria"};
  private static final String[] PHYLUM = {"phylum", "Pseudomonadota"};
  private static final String[] ESCHERICHIA = {"genus", "Escherichia"};
  private static final String[] VIBRIO = {"genus", "Vibrio"};
  private static final String HEADER = "originRank\torigin\tbases\tcalledRank\tcalled\treads\n";

  @TempDir private Path directory;
  private String bundled;

  /** The bundled checkpoint without its confusion. */
  private Path uncorrected;

  @BeforeEach
  void write() {
    uncorrected = directory.resolve("uncorrected");
    bundled = CheckpointFiles.write(uncorrected, 0).id();
  }

  private CommandRun abundance(String... arguments) {
    return CommandRun.of(
        Stream.concat(
                Stream.of("abundance", "--checkpoint=" + uncorrected), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  private static ObjectNode read(String checkpoint, String sample, int bases, String[]... calls) {
    ObjectNode json = JSON.createObjectNode();
    json.put("readId", "r").put("sampleId", sample).put("barcode", "").put("length", bases);
    json.put("outcome", calls.length == 0 ? "UNCLASSIFIED" : "CLASSIFIED");
    ArrayNode all = json.putArray("calls");
    for (String[] call : calls) {
      ObjectNode node = all.addObject();
      node.put("rank", call[0]).put("name", call[1]).put("probability", 0.99);
      node.putArray("spans").addObject().put("start", 0).put("end", 12).put("score", 0.5);
    }
    json.putArray("mask").add(3).add(255);
    json.put("informativeBases", bases);
    json.put("reason", calls.length == 0 ? "NOT_PROBABLE_ENOUGH" : "");
    json.put("sequence", "ACGT").put("checkpointId", checkpoint);
    return json;
  }

  private static String lines(ObjectNode record, int count) {
    return (record + "\n").repeat(count);
  }

  private Path file(String name, String... content) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("", content));
  }

  private String ofTwoSamples() {
    return lines(read(bundled, "gut", 1_000, BACTERIA, PHYLUM, ESCHERICHIA), 60)
        + lines(read(bundled, "gut", 3_000, BACTERIA, PHYLUM), 20)
        + lines(read(bundled, "gut", 1_000), 20)
        + lines(read(bundled, "soil", 1_000, BACTERIA, PHYLUM, VIBRIO), 10);
  }

  private static JsonNode share(JsonNode sample, String name) {
    for (JsonNode share : sample.get("shares")) {
      if (share.path("name").asText().equals(name)) {
        return share;
      }
    }
    throw new AssertionError("no share of " + name + " in " + sample);
  }

  @Test
  void shouldCountCallsAndSayThatNothingCorrectsThem() throws IOException {
    // Given
    Path file = file("explanations.jsonl", ofTwoSamples());

    // When
    CommandRun run = abundance("--input", file.toString());
    CommandRun table = abundance("--format=tsv", "--input", file.toString());
    CommandRun json = abundance("--format=json", "--input", file.toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).hasLineCount(1).contains("the checkpoint has no confusion");
    assertThat(run.out())
        .startsWith("checkpoint " + bundled + "\nthe checkpoint has no confusion")
        .containsPattern("gut: 100 reads, 140,000 bases\n")
        .containsPattern("Escherichia +60\\.0 \\(\\S+\\) +42\\.9 \\(\\S+\\) +60 #{24}\n")
        .containsPattern("unknown genus of Pseudomonadota +20\\.0 \\(\\S+\\) +42\\.9 .* +20 #{8}\n")
        .containsPattern("unknown altogether +20\\.0 .* +20 #{8}\n")
        .containsPattern("all unknown +40\\.0 ");
    assertThat(table.out().lines())
        .allMatch(line -> line.split("\t", -1).length == 13)
        .anyMatch(line -> line.startsWith("gut\tgenus\tgenus\t561\tEscherichia\t60\t0.600000\t"))
        .anyMatch(line -> line.startsWith("gut\tsum\tNA\tNA\tunknown\tNA\t0.400000\t"))
        .anyMatch(line -> line.startsWith("soil\tgenus\tgenus\t662\tVibrio\t10\t1.000000\t"))
        .filteredOn(line -> !line.startsWith("sample"))
        .allMatch(line -> line.endsWith("\tno"));
    JsonNode all = JSON.readTree(json.out());
    assertThat(all.get("corrected").asBoolean()).isFalse();
    assertThat(all.get("samples")).hasSize(2);
    JsonNode gut = all.get("samples").get(0);
    assertThat(gut.get("sample").asText()).isEqualTo("gut");
    JsonNode reads = share(gut, "Escherichia").get("reads");
    assertThat(reads.get("share").asDouble()).isCloseTo(0.6, within(1e-6));
    assertThat(reads.get("low").asDouble()).isBetween(0.4, 0.59);
    assertThat(reads.get("high").asDouble()).isBetween(0.61, 0.8);
    assertThat(share(gut, "Escherichia").get("phylum").asText()).isEqualTo("Pseudomonadota");
  }

  @Test
  void shouldCorrectCallsByTheConfusion() throws IOException {
    // Given: of Escherichia half the reads are called; a fifth of Vibrio's are called it
    Path models = directory.resolve("model");
    CheckpointFiles.write(models, 1);
    CheckpointFiles.add(
        models,
        "confusion.tsv",
        HEADER
            + "genus\tEscherichia\t1500\tgenus\tEscherichia\t500\n"
            + "genus\tEscherichia\t1500\tnone\tNOT_PROBABLE_ENOUGH\t500\n"
            + "genus\tVibrio\t1500\tgenus\tVibrio\t800\n"
            + "genus\tVibrio\t1500\tgenus\tEscherichia\t200\n");
    String id = Checkpoint.load(models).id();
    Path file =
        file(
            "explanations.jsonl",
            lines(read(id, "", 1_500, BACTERIA, PHYLUM, ESCHERICHIA), 1_200),
            lines(read(id, "", 1_500, BACTERIA, PHYLUM, VIBRIO), 800),
            lines(read(id, "", 1_500), 1_000));

    // When
    CommandRun run =
        CommandRun.of(
            "abundance", "--format=json", "--checkpoint=" + models, "--input", file.toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    JsonNode all = JSON.readTree(run.out());
    assertThat(all.get("corrected").asBoolean()).isTrue();
    JsonNode sample = all.get("samples").get(0);
    assertThat(share(sample, "Escherichia").get("reads").get("share").asDouble())
        .as("2,000 reads of 3,000")
        .isCloseTo(2 / 3.0, within(0.03));
    assertThat(share(sample, "Vibrio").get("reads").get("share").asDouble())
        .isCloseTo(1 / 3.0, within(0.03));
  }

  @Test
  void shouldReadPlainAndCompressedFilesTogether() throws IOException {
    // Given
    Path plain = file("a.jsonl", ofTwoSamples());
    Path gz = directory.resolve("b.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(ofTwoSamples().getBytes(StandardCharsets.UTF_8));
    }
    Path empty = file("c.jsonl");

    // When
    CommandRun run = abundance("--format=json", "--input", plain + "", gz + "", empty.toString());

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains(empty + " has no reads");
    assertThat(JSON.readTree(run.out()).get("samples").get(0).get("reads").asInt()).isEqualTo(200);
  }

  @Test
  void shouldCallASampleWithoutANameByItsBarcode() throws IOException {
    // Given
    ObjectNode barcoded = read(bundled, "", 1_000, BACTERIA);
    barcoded.put("barcode", "barcode\u001b07");
    Path file = file("a.jsonl", lines(barcoded, 2), lines(read(bundled, "", 1_000, BACTERIA), 1));

    // When
    CommandRun run = abundance("--input", file.toString());

    // Then
    assertThat(run.out())
        .contains("no sample named: 1 reads")
        .contains("barcode\\u001b07: 2 reads");
  }

  @Test
  void shouldLeaveOutWhatTheModelWasNotAsked() throws IOException {
    // Given
    ObjectNode tooShort = read(bundled, "gut", 50);
    tooShort.put("outcome", "TOO_SHORT").put("reason", "");
    ObjectNode repeat = read(bundled, "gut", 500);
    repeat.put("reason", "TOO_LITTLE_INFORMATION");
    ObjectNode letter = JSON.createObjectNode();
    letter.put("topic", "readlens.reads.v1").put("partition", 1).put("offset", 7L);
    letter.put("reason", "INVALID_BASES").put("detail", "base 3 is '!'");
    Path file =
        file(
            "a.jsonl",
            lines(tooShort, 3),
            lines(repeat, 2),
            lines(letter, 4),
            lines(read(bundled, "gut", 1_000, BACTERIA, PHYLUM, VIBRIO), 5));

    // When
    CommandRun run = abundance("--input", file.toString());
    CommandRun json = abundance("--format=json", "--input", file.toString());

    // Then
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("gut: 5 reads, 5,000 bases; left out: 2 TOO_LITTLE_INFORMATION, 3 TOO_SHORT")
        .containsPattern("Vibrio +100\\.0 ");
    assertThat(run.err()).contains("4 dead letters are left out");
    assertThat(JSON.readTree(json.out()).get("deadLetters").asInt()).isEqualTo(4);
  }

  @Test
  void shouldCountACallBelowTheCheckpointsOwnThresholdForNone() throws IOException {
    // Given: the genus is called by a threshold that is lower than the checkpoint's
    ObjectNode lax = read(bundled, "gut", 1_000, BACTERIA, PHYLUM, VIBRIO);
    ((ObjectNode) lax.get("calls").get(2)).put("probability", 0.2);
    Path file = file("a.jsonl", lines(lax, 5));

    // When
    CommandRun run = abundance("--format=tsv", "--input", file.toString());

    // Then
    assertThat(run.out())
        .contains("gut\tunknown\tphylum\t1224\tPseudomonadota\t5\t1.000000")
        .doesNotContain("Vibrio");
  }

  @Test
  void shouldSaySoWhereNothingWasRead() throws IOException {
    // Given
    Path empty = file("empty.jsonl", "\n\n");

    // When
    CommandRun table = abundance("--input", empty.toString());
    CommandRun tsv = abundance("--format=tsv", "--input", empty.toString());
    CommandRun json = abundance("--format=json", "--input", empty.toString());

    // Then
    assertThat(table.exitCode()).isZero();
    assertThat(table.err()).contains("empty.jsonl has no reads");
    assertThat(tsv.out().lines()).hasSize(1);
    assertThat(JSON.readTree(json.out()).get("samples")).isEmpty();
  }

  @Test
  void shouldRefuseExplanationsOfSeveralCheckpoints() throws IOException {
    // Given
    String other = "f".repeat(64);
    Path both =
        file(
            "both.jsonl",
            lines(read(bundled, "gut", 1_000, BACTERIA), 2),
            lines(read(other, "gut", 1_000, BACTERIA), 1));
    Path another = file("another.jsonl", lines(read(other, "gut", 1_000, BACTERIA), 1));

    // When
    CommandRun mixed = abundance("--input", both.toString(), another.toString());
    CommandRun foreign = abundance("--input", another.toString());

    // Then
    assertThat(mixed.exitCode()).isEqualTo(1);
    assertThat(mixed.out()).isEmpty();
    assertThat(mixed.err()).hasLineCount(1);
    assertThat(mixed.complaint())
        .contains("both.jsonl line 3: explained by checkpoint " + other)
        .contains("those before by " + bundled)
        .endsWith("; not read: " + another);
    assertThat(foreign.complaint())
        .contains("another.jsonl line 1: explained by checkpoint " + other)
        .contains(bundled.substring(0, 12))
        .contains("--checkpoint");
  }

  @Test
  void shouldRefuseReadsThatHadToPassHigherThresholds() throws IOException {
    // Given
    ObjectNode read = read(bundled, "gut", 1_000, BACTERIA);
    read.putArray("thresholds").addObject().put("rank", "genus").put("probability", 0.25);
    String lower = lines(read, 1);
    read.putArray("thresholds").addObject().put("rank", "genus").put("probability", 0.9999);
    Path sensitive = file("sensitive.jsonl", lower);
    Path strict = file("strict.jsonl", lower, lines(read, 1));

    // When
    CommandRun accepted = abundance("--input", sensitive.toString());
    CommandRun refused = abundance("--input", strict.toString());

    // Then
    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertThat(accepted.out()).contains("gut: 1 reads");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.complaint())
        .contains("strict.jsonl line 2: a genus had to be 0.9999 probable to be called")
        .endsWith(
            "explain the reads by --profile balanced, in run call.profile=balanced and"
                + " call.thresholds=none");
    assertThat(refused.err()).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"readId\": \"r\", \"outc|line 2: this is no JSON of an explanation: ",
        "[1, 2]|line 2: this is no JSON of an explanation: ",
        "null|line 2: this is no explanation: it has no outcome",
        "{\"readId\": \"r\"}|line 2: this is no explanation: it has no outcome",
        "{\"outcome\": \"CLASSIFIED\"}|line 2: the explanation has no length",
        "{\"outcome\": \"GUESSED\", \"length\": 9, \"checkpointId\": \"ID\"}|line 2: the outcome"
            + " 'GUESSED'",
        "{\"outcome\": \"CLASSIFIED\", \"length\": 9}|line 2: the explanation does not name its",
        "{\"outcome\": \"CLASSIFIED\", \"length\": 9, \"checkpointId\": \"ID\", \"calls\":"
            + " [{\"rank\": \"genus\", \"name\": \"Nobody\"}]}|line 2: the checkpoint has no genus"
            + " 'Nobody'",
        "{\"outcome\": \"CLASSIFIED\", \"length\": 9, \"checkpointId\": \"ID\", \"calls\":"
            + " [{\"rank\": \"genus\", \"name\": \"Vibrio\"}]}|line 2: genus Vibrio is called, and"
            + " not the taxon above",
        "{\"outcome\": \"CLASSIFIED\", \"length\": 9, \"checkpointId\": \"ID\", \"calls\":"
            + " [{\"rank\": \"kin\", \"name\": \"Vibrio\"}]}|line 2: the rank 'kin' is none",
        "{} {}|line 2: this is no JSON of an explanation: ",
        ">r1|line 2: this is no JSON of an explanation: ",
      })
  void shouldNameTheLineThatIsNoExplanation(String line, String fault) throws IOException {
    // Given
    Path file =
        file(
            "a.jsonl",
            lines(read(bundled, "gut", 1_000, BACTERIA), 1),
            line.replace("ID", bundled) + "\n");

    // When
    CommandRun run = abundance("--input", file.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.complaint()).contains("a.jsonl " + fault);
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void shouldRefuseAFileThatIsNamedTwice() throws IOException {
    // Given
    Path file = file("a.jsonl", ofTwoSamples());
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    // When
    CommandRun run = abundance("--input", file.toString(), link.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("--input names " + link + " twice");
  }

  @Test
  void shouldSayMoreOfTheLargestThanOfTheSmallest() throws IOException {
    // Given: a thousand reads of one genus, one read of another
    StringBuilder some = new StringBuilder();
    IntStream.range(0, 2_000)
        .forEach(i -> some.append(lines(read(bundled, "", 900, BACTERIA, PHYLUM, VIBRIO), 1)));
    some.append(lines(read(bundled, "", 900, BACTERIA, PHYLUM, ESCHERICHIA), 1));
    Path file = file("a.jsonl", some.toString());

    // When
    List<String> lines = abundance("--input", file.toString()).out().lines().toList();

    // Then
    assertThat(lines).anyMatch(line -> line.startsWith("Vibrio "));
    assertThat(lines).noneMatch(line -> line.startsWith("Escherichia"));
    assertThat(lines).contains("1 more below 0.10 %, together 0.05 %");
  }
}
