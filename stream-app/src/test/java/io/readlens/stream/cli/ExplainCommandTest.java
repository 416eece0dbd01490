package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.avro.Rank;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.ReadSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the bundled checkpoint: the whole way from a file to what a person reads. */
class ExplainCommandTest {
  @TempDir private Path directory;

  @Test
  void shouldWriteTheRecordAsJson() throws IOException {
    // Given
    Path reads = fastq("reads.fastq", bases(900, 1), bases(1_500, 2));

    // When
    CommandRun run = CommandRun.of("explain", "--input", reads.toString(), "--top-k", "2");

    // Then
    assertThat(run.exitCode()).isZero();
    List<JsonNode> records = json(run.out());
    assertThat(records).extracting(r -> r.get("readId").asText()).containsExactly("r0", "r1");
    JsonNode first = records.get(0);
    assertThat(first.get("length").asInt()).isEqualTo(900);
    assertThat(first.get("tokens").asInt()).isEqualTo(150);
    assertThat(first.get("checkpointId").asText()).hasSize(64);
    assertThat(first.get("sequence").asText()).hasSize(900);
    assertThat(first.get("outcome").asText()).isIn("CLASSIFIED", "UNCLASSIFIED");
    for (JsonNode record : records) {
      for (JsonNode call : record.get("calls")) {
        assertThat(call.get("rank").asText()).isIn("superkingdom", "phylum", "genus");
        assertThat(call.get("alternatives")).hasSize(2);
        int end = 0;
        for (JsonNode span : call.get("spans")) {
          assertThat(span.get("start").asInt()).isGreaterThanOrEqualTo(end);
          end = span.get("end").asInt();
          assertThat(end).isLessThanOrEqualTo(record.get("length").asInt());
        }
        assertThat(record.get("mask")).hasSize(record.get("tokens").asInt());
      }
    }
  }

  @Test
  void shouldExplainPairs() throws IOException {
    // Given the ends of real reads as mates
    StringBuilder ones = new StringBuilder();
    StringBuilder twos = new StringBuilder();
    StringBuilder both = new StringBuilder();
    try (ReadFile file = ReadFile.open(bundled())) {
      while (file.hasNext()) {
        SequenceRecord read = file.next();
        String bases = read.sequence();
        String one = record(read.id() + "/1", bases.substring(0, 240));
        String two = record(read.id() + "/2", bases.substring(bases.length() - 150));
        ones.append(one);
        twos.append(two);
        both.append(one).append(two);
      }
    }
    Path first = Files.writeString(directory.resolve("r1.fastq"), ones);
    Path second = Files.writeString(directory.resolve("r2.fastq"), twos);
    Path all = Files.writeString(directory.resolve("all.fastq"), both);
    String[] asking = {
      "explain", "--input", first.toString(), "--mates", second.toString(), "--format"
    };

    // When
    CommandRun asJson = CommandRun.of(with(asking, "jsonl"));
    CommandRun interleaved = CommandRun.of("explain", "--input", all.toString(), "--interleaved");
    CommandRun asTable = CommandRun.of(with(asking, "tsv"));
    CommandRun painted = CommandRun.of(with(asking, "ansi"));
    CommandRun perBase = CommandRun.of(with(asking, "tsv", "--per-base"));

    // Then
    List<JsonNode> records = json(asJson.out());
    assertThat(records).hasSize(24);
    List<Integer> mates = new ArrayList<>();
    for (JsonNode record : records) {
      assertThat(record.get("readId").asText()).doesNotContain("/");
      assertThat(record.get("length").asInt()).isEqualTo(390);
      assertThat(record.get("mateLength").asInt()).isEqualTo(150);
      assertThat(record.get("sequence").asText()).hasSize(240);
      assertThat(record.get("mateSequence").asText()).hasSize(150);
      for (JsonNode call : record.get("calls")) {
        for (JsonNode span : call.get("spans")) {
          int mate = span.get("mate").asInt();
          mates.add(mate);
          assertThat(span.get("end").asInt()).isLessThanOrEqualTo(mate == 0 ? 240 : 150);
        }
      }
    }
    assertThat(mates).contains(0, 1);
    List<JsonNode> again = json(interleaved.out());
    for (int i = 0; i < 24; i++) {
      assertThat(again.get(i).get("readId")).isEqualTo(records.get(i).get("readId"));
      assertThat(names(again.get(i))).isEqualTo(names(records.get(i)));
    }
    assertThat(asTable.out()).contains(";mate:");
    assertThat(painted.out()).contains(" mate [", "\n  mate\n");
    String name = records.get(0).get("readId").asText();
    assertThat(perBase.out().lines().filter(line -> line.startsWith(name + "/1\t"))).hasSize(240);
    assertThat(perBase.out().lines().filter(line -> line.startsWith(name + "/2\t")))
        .hasSize(150)
        .element(149)
        .asString()
        .startsWith(name + "/2\t149\t");
  }

  @Test
  void shouldRefuseMatesThatAreNone() throws IOException {
    // Given
    Path first = Files.writeString(directory.resolve("r1.fastq"), record("a/1", bases(200, 1)));
    Path second = Files.writeString(directory.resolve("r2.fastq"), record("b/2", bases(200, 2)));
    String one = first.toString();
    String two = second.toString();

    // When
    CommandRun others = CommandRun.of("explain", "--input", one, "--mates", two);
    CommandRun fewer = CommandRun.of("explain", "--input", one, two, "--mates", two);
    CommandRun twice = CommandRun.of("explain", "--input", one, "--mates", two, "--interleaved");

    // Then
    assertThat(others.exitCode()).isEqualTo(1);
    assertThat(others.complaint())
        .startsWith(
            "readlens: " + two + " line 1: read b/2: it is not the mate of read a/1 (" + one);
    assertThat(fewer.exitCode()).isEqualTo(2);
    assertThat(fewer.err()).contains("--mates names 1 files and --input 2");
    assertThat(twice.exitCode()).isEqualTo(2);
    assertThat(twice.err()).contains("--mates and --interleaved");
  }

  @Test
  void shouldSayHowFarSpansCarryTheCallsOfTheReadsAskedFor() throws IOException {
    // Given
    Path reads = bundled();
    String[] asking = {"explain", "--input", reads.toString(), "--faithfulness", "0.5"};

    // When
    CommandRun asJson = CommandRun.of(asking);
    CommandRun asTable = CommandRun.of(with(asking, "--format", "tsv"));
    CommandRun painted = CommandRun.of(with(asking, "--format", "ansi"));

    // Then
    ReadSample sample = new ReadSample(0.5);
    int tested = 0;
    for (JsonNode record : json(asJson.out())) {
      for (JsonNode call : record.get("calls")) {
        assertThat(call.has("sufficiency")).isEqualTo(sample.holds(record.get("readId").asText()));
        assertThat(call.has("comprehensiveness")).isEqualTo(call.has("sufficiency"));
        tested += call.has("sufficiency") ? 1 : 0;
      }
    }
    assertThat(tested).isPositive();
    assertThat(asTable.out().lines().findFirst().orElseThrow())
        .endsWith(
            "\tspans\tsufficiency\tcomprehensiveness\tinformativeBases\thidden\treason\tbackground"
                + "\tspansLeftOut\tprofile\tthresholds");
    assertThat(asTable.out().lines()).allMatch(line -> line.split("\t", -1).length == 17);
    assertThat(painted.out().split("suffices [01]\\.", -1)).hasSize(tested + 1);
  }

  /** The first of the demo's reads: of real genomes, so that some are called. */
  private Path bundled() throws IOException {
    DemoReads demo = DemoReads.bundled(directory);
    StringBuilder some = new StringBuilder();
    try (ReadFile file = ReadFile.open(demo.files().get(0))) {
      for (int i = 0; i < 24; i++) {
        SequenceRecord read = file.next();
        some.append(record(read.id(), read.sequence()));
      }
    }
    return Files.writeString(directory.resolve("some.fastq"), some);
  }

  @Test
  void shouldCallAReadWhatItsInformativePartIsCalled() throws IOException {
    // Given
    StringBuilder some = new StringBuilder();
    int reads = 0;
    try (ReadFile file = ReadFile.open(DemoReads.bundled(directory).files().get(0))) {
      while (reads < 12) {
        String bases = file.next().sequence();
        String whole = bases.substring(0, bases.length() / 6 * 6);
        if (whole.length() > 600) {
          some.append(record("part" + reads, whole));
          some.append(record("dark" + reads, whole + "G".repeat(600)));
          some.append(record("rna" + reads, whole.replace('T', 'u')));
          some.append(record("small" + reads, whole.toLowerCase(Locale.ROOT)));
          reads++;
        }
      }
    }
    some.append(record("repeat", "CAG".repeat(400)));
    String input = Files.writeString(directory.resolve("parts.fastq"), some).toString();

    // When
    CommandRun run = CommandRun.of("explain", "--input", input);
    CommandRun unfiltered = CommandRun.of("explain", "--input", input, "--input-filters", "none");
    CommandRun table = CommandRun.of("explain", "--input", input, "--format", "tsv");
    CommandRun painted = CommandRun.of("explain", "--input", input, "--format", "ansi");

    // Then
    Map<String, JsonNode> records = new HashMap<>();
    json(run.out()).forEach(record -> records.put(record.get("readId").asText(), record));
    int called = 0;
    for (int i = 0; i < reads; i++) {
      JsonNode part = records.get("part" + i);
      JsonNode dark = records.get("dark" + i);
      int length = part.get("length").asInt();
      // The tail may begin in the last bases of the part.
      JsonNode tail = dark.get("hidden").get(dark.get("hidden").size() - 1);
      assertThat(tail.get("kind").asText()).isEqualTo("TAIL");
      assertThat(tail.get("end").asInt()).isEqualTo(length + 600);
      assertThat(dark.get("informativeBases").asInt())
          .isCloseTo(part.get("informativeBases").asInt(), within(24));
      assertThat(names(dark)).isEqualTo(names(part));
      called += names(part).size();
      for (JsonNode call : dark.get("calls")) {
        for (JsonNode span : call.get("spans")) {
          for (JsonNode hidden : dark.get("hidden")) {
            assertThat(
                    span.get("start").asInt() < hidden.get("end").asInt()
                        && hidden.get("start").asInt() < span.get("end").asInt())
                .isFalse();
          }
        }
      }
      for (String other : List.of("rna", "small")) {
        JsonNode same = records.get(other + i);
        assertThat(same.get("hidden")).isEqualTo(part.get("hidden"));
        assertThat(names(same)).isEqualTo(names(part));
        for (int c = 0; c < part.get("calls").size(); c++) {
          // In a batch of other widths the last digits are others.
          assertThat(same.get("calls").get(c).get("probability").asDouble())
              .isCloseTo(part.get("calls").get(c).get("probability").asDouble(), within(1e-5));
        }
      }
    }
    assertThat(called).isPositive();
    JsonNode repeat = records.get("repeat");
    assertThat(repeat.get("outcome").asText()).isEqualTo("UNCLASSIFIED");
    assertThat(repeat.get("reason").asText()).isEqualTo("TOO_LITTLE_INFORMATION");
    assertThat(repeat.get("informativeBases").asInt()).isZero();
    assertThat(json(unfiltered.out()))
        .allMatch(
            record ->
                record.get("hidden").isEmpty()
                    && record.get("informativeBases").equals(record.get("length")));
    assertThat(table.out())
        .contains("\t0\t0-1200:LOW_COMPLEXITY\tTOO_LITTLE_INFORMATION\tNA\t0\tNA\tNA\n")
        .contains("\tNA\t0\tBALANCED\tsuperkingdom:0.8076,phylum:0.6079,genus:0.8000\n");
    assertThat(painted.out())
        .contains("repeat  1200 bases  UNCLASSIFIED: TOO_LITTLE_INFORMATION")
        .contains("hidden from the model, 1200 bases: [0,1200) LOW_COMPLEXITY");
  }

  private static List<String> names(JsonNode record) {
    List<String> names = new ArrayList<>();
    record.get("calls").forEach(call -> names.add(call.get("name").asText()));
    return names;
  }

  @Test
  void shouldRefuseFiltersThatAreNone() throws IOException {
    // Given
    String input = fastq("reads.fastq", bases(300, 1)).toString();
    Path adapters = Files.writeString(directory.resolve("adapters.fa"), ">a\nACGT\n");

    // When
    CommandRun kind = CommandRun.of("explain", "--input", input, "--input-filters", "DUST");
    CommandRun least = CommandRun.of("explain", "--input", input, "--informative-min-bases", "-1");
    CommandRun bad =
        CommandRun.of("explain", "--input", input, "--input-adapters", adapters.toString());
    CommandRun gone =
        CommandRun.of("explain", "--input", input, "--input-adapters", adapters + ".gz");

    // Then
    assertThat(kind.exitCode()).isEqualTo(2);
    assertThat(kind.complaint() + kind.err())
        .contains(
            "--input-filters = DUST: NONE or some of UNKNOWN, ADAPTER, VECTOR, TAIL and LOW_COMPLEXITY:"
                + " 'DUST' is no filter");
    assertThat(least.exitCode()).isEqualTo(2);
    assertThat(least.complaint() + least.err())
        .contains("--informative-min-bases = -1: not below 0");
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(bad.complaint())
        .contains(
            "--input-adapters: " + adapters + " line 1: adapter a is no sequence of at least 12");
    assertThat(gone.exitCode()).isEqualTo(1);
    assertThat(gone.complaint()).contains("--input-adapters: ").contains("no such file");
  }

  @Test
  void shouldCallByTheThresholdsAskedFor() throws IOException {
    // Given
    String input = bundled().toString();

    // When
    CommandRun sensitive = CommandRun.of("explain", "--input", input, "--profile", "sensitive");
    CommandRun balanced = CommandRun.of("explain", "--input", input);
    CommandRun strict =
        CommandRun.of(
            "explain", "--input", input, "--profile=strict", "--thresholds=genus:.999,phylum:.97");

    // Then
    List<JsonNode> most = json(sensitive.out());
    List<JsonNode> some = json(balanced.out());
    List<JsonNode> few = json(strict.out());
    assertThat(most).allMatch(record -> record.get("profile").asText().equals("SENSITIVE"));
    assertThat(some).allMatch(record -> record.get("profile").asText().equals("BALANCED"));
    assertThat(few).allMatch(record -> record.get("profile").asText().equals("CUSTOM"));
    assertThat(few.get(0).get("thresholds").toString())
        .isEqualTo(
            "[{\"rank\":\"superkingdom\",\"probability\":"
                + Checkpoint.bundled().decision().strict().superkingdom()
                + "},"
                + "{\"rank\":\"phylum\",\"probability\":0.97},"
                + "{\"rank\":\"genus\",\"probability\":0.999}]");
    int differ = 0;
    for (int i = 0; i < few.size(); i++) {
      assertThat(names(some.get(i))).containsAll(names(few.get(i)));
      assertThat(names(most.get(i))).containsAll(names(some.get(i)));
      differ += names(most.get(i)).size() - names(few.get(i)).size();
      assertThat(few.get(i).get("checkpointId")).isEqualTo(most.get(i).get("checkpointId"));
    }
    assertThat(differ).isPositive();
  }

  @Test
  void shouldRefuseThresholdsThatAreNone() throws IOException {
    // Given
    String input = fastq("reads.fastq", bases(300, 1)).toString();

    // When
    CommandRun profile = CommandRun.of("explain", "--input", input, "--profile", "lax");
    CommandRun number = CommandRun.of("explain", "--input", input, "--thresholds", "genus:1.1");
    CommandRun spans = CommandRun.of("explain", "--input", input, "--spans-max-per-call", "0");

    // Then
    assertThat(List.of(profile, number, spans)).allMatch(run -> run.exitCode() == 2);
    assertThat(profile.complaint() + profile.err())
        .contains("--profile = lax: one of sensitive, balanced, strict");
    assertThat(number.complaint() + number.err())
        .contains(
            "--thresholds = genus:1.1: none, or numbers from 0 to 1 such as"
                + " superkingdom:0.9,phylum:0.9,genus:0.95: 'genus:1.1' has no number from 0 to 1");
    assertThat(spans.complaint() + spans.err()).contains("--spans-max-per-call = 0: not below 1");
  }

  /** Reads of 25,000 and 100,000 bases, put together of shorter ones of one phylum. */
  @Test
  void shouldKeepTheRecordOfALongReadReadable() throws IOException {
    // Given
    DemoReads demo = DemoReads.bundled(directory);
    StringBuilder bases = new StringBuilder();
    try (ReadFile file = ReadFile.open(demo.files().get(0))) {
      while (bases.length() < 100_000) {
        SequenceRecord read = file.next();
        if ("Pseudomonadota".equals(demo.truth().get(read.id()).get(Rank.PHYLUM))) {
          bases.append(read.sequence());
        }
      }
    }
    Path reads = fastq("long.fastq", bases.substring(0, 25_000), bases.substring(0, 100_000));
    String[] asking = {"explain", "--input", reads.toString(), "--faithfulness", "all"};

    // When
    CommandRun all = CommandRun.of(with(asking, "--spans-max-per-call", "100000"));
    CommandRun usual = CommandRun.of(asking);
    CommandRun table = CommandRun.of(with(asking, "--format", "tsv"));
    CommandRun painted = CommandRun.of(with(asking, "--format", "ansi"));

    // Then
    List<JsonNode> whole = json(all.out());
    List<JsonNode> readable = json(usual.out());
    assertThat(readable).hasSize(2);
    int leftOut = 0;
    for (int i = 0; i < readable.size(); i++) {
      assertThat(names(readable.get(i))).isNotEmpty().isEqualTo(names(whole.get(i)));
      assertThat(readable.get(i).get("mask")).hasSameSizeAs(whole.get(i).get("mask"));
      for (int c = 0; c < names(readable.get(i)).size(); c++) {
        JsonNode call = readable.get(i).get("calls").get(c);
        JsonNode ofAll = whole.get(i).get("calls").get(c);
        assertThat(ofAll.get("spansLeftOut").asInt()).isZero();
        assertThat(call.get("spans").size()).isEqualTo(Math.min(64, ofAll.get("spans").size()));
        assertThat(call.get("spans").size() + call.get("spansLeftOut").asInt())
            .isEqualTo(ofAll.get("spans").size());
        assertThat(places(ofAll)).containsAll(places(call));
        if (call.get("spansLeftOut").asInt() == 0) {
          // In a batch of other widths the last digits are others.
          assertThat(call.get("sufficiency").asDouble())
              .isCloseTo(ofAll.get("sufficiency").asDouble(), within(1e-3));
        }
        leftOut += call.get("spansLeftOut").asInt();
        assertThat(table.out())
            .contains("\tNA\t" + call.get("spansLeftOut").asInt() + "\tBALANCED\t");
        if (call.get("spansLeftOut").asInt() > 0) {
          assertThat(painted.out())
              .contains(") and " + call.get("spansLeftOut").asInt() + " more\n");
        }
      }
    }
    assertThat(leftOut).isPositive();
  }

  private static List<String> places(JsonNode call) {
    List<String> places = new ArrayList<>();
    call.get("spans").forEach(span -> places.add(span.get("start") + "-" + span.get("end")));
    return places;
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void shouldLetNoReadDisturbAnother() throws IOException {
    // Given
    String good = bases(600, 3);
    Path reads =
        fastq("mixed.fastq", good, "", bases(99, 4), "ACGT1234" + good, bases(100_000, 5), good);

    // When
    CommandRun run = CommandRun.of("explain", "--input", reads.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("readlens: read r3 is not explained: INVALID_BASES")
        .contains("'1' at base 4")
        .doesNotContain("\tat ");
    List<JsonNode> records = json(run.out());
    assertThat(records)
        .extracting(r -> r.get("readId").asText())
        .containsExactly("r0", "r1", "r2", "r4", "r5");
    assertThat(records.get(1).get("outcome").asText()).isEqualTo("TOO_SHORT");
    assertThat(records.get(2).get("outcome").asText()).isEqualTo("TOO_SHORT");
    assertThat(records.get(3).get("length").asInt()).isEqualTo(100_000);
    assertThat(records.get(4).get("calls")).isEqualTo(records.get(0).get("calls"));
  }

  @Test
  void shouldStopAtAMalformedRecordAndKeepWhatCameBefore() throws IOException {
    // Given
    Path reads = directory.resolve("broken.fastq");
    Files.writeString(
        reads, record("r0", bases(300, 6)) + "@r1\nACGTACGT\n+\nIIII\n" + record("r2", "ACGT"));

    // When
    CommandRun run = CommandRun.of("explain", "--input", reads.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("broken.fastq").contains("line");
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(json(run.out())).hasSize(1);
  }

  @Test
  void shouldGoOnBehindFilesWithoutReads() throws IOException {
    // Given
    Path empty = Files.createFile(directory.resolve("empty.fastq"));
    Path blank = Files.writeString(directory.resolve("blank.fastq"), "\n\r\n\n");
    Path packed = directory.resolve("empty.fastq.gz");
    new GZIPOutputStream(Files.newOutputStream(packed)).close();
    Path reads = Files.writeString(directory.resolve("reads.fastq"), record("r0", bases(300, 6)));

    // When
    CommandRun alone = CommandRun.of("explain", "--input", empty.toString());
    CommandRun among =
        CommandRun.of(
            "explain",
            "--input",
            empty.toString(),
            blank.toString(),
            reads.toString(),
            packed.toString());

    // Then
    assertThat(alone.exitCode()).isZero();
    assertThat(alone.out()).isEmpty();
    assertThat(alone.complaint()).isEqualTo("readlens: " + empty + " has no reads");
    assertThat(among.exitCode()).isZero();
    assertThat(json(among.out())).hasSize(1);
    assertThat(among.err().lines().filter(line -> line.startsWith("readlens: ")))
        .containsExactly(
            "readlens: " + empty + " has no reads",
            "readlens: " + blank + " has no reads",
            "readlens: " + packed + " has no reads");
  }

  @Test
  void shouldNameTheFilesThatAFaultLeavesUnread() throws IOException {
    // Given
    Path a = Files.writeString(directory.resolve("a.fastq"), record("r0", bases(300, 6)));
    Path b = Files.writeString(directory.resolve("b.fastq"), "@r1\nACGTACGT\n+\nIIII\n");

    // When
    CommandRun run =
        CommandRun.of("explain", "--input", a.toString(), b.toString(), a.toString(), a.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .startsWith("readlens: " + b + " line 4: ")
        .endsWith("; not read: " + a + ", " + a);
    assertThat(json(run.out())).hasSize(1);
  }

  @Test
  void shouldKeepInItsFileWhatItExplainedBeforeAFault() throws IOException {
    // Given
    Path a = Files.writeString(directory.resolve("a.fastq"), record("r0", bases(300, 6)));
    Path b = Files.writeString(directory.resolve("b.fastq"), "@r1\nACGTACGT\n+\nIIII\n");
    Path out = Files.writeString(directory.resolve("out.jsonl"), "of yesterday\n");

    // When
    CommandRun run =
        CommandRun.of(
            "explain", "--output=" + out, "--input", a.toString(), b.toString(), a.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint())
        .startsWith("readlens: " + b + " line 4: ")
        .endsWith("; not read: " + a + "; what was explained before is in " + out);
    assertThat(json(Files.readString(out))).hasSize(1);
  }

  @Test
  void shouldLeaveItsFileAsItWasWhenNothingIsExplained() throws IOException {
    // Given
    Path good = Files.writeString(directory.resolve("good.fastq"), record("r0", bases(300, 6)));
    Path bad = Files.writeString(directory.resolve("bad.fastq"), "@r1\nACGTACGT\n+\nIIII\n");
    Path out = Files.writeString(directory.resolve("out.tsv"), "of yesterday\n");
    String[] words = {"explain", "--format=tsv", "--output=" + out, "--input"};

    // When
    CommandRun ofBad = CommandRun.of(with(words, bad.toString(), good.toString()));
    CommandRun ofNone = CommandRun.of(with(words, good.toString(), directory + "/none.fastq"));
    CommandRun withoutModel =
        CommandRun.of(with(words, good.toString(), "--checkpoint=" + directory + "/none"));

    // Then
    for (CommandRun run : List.of(ofBad, ofNone, withoutModel)) {
      assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
      assertThat(run.complaint()).doesNotContain("explained before");
    }
    assertThat(out).hasContent("of yesterday");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(good, bad, out);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "tsv", "tsv --per-base", "ansi"})
  void shouldWriteNothingBeforeItKnowsARead(String format) throws IOException {
    // Given
    Path empty = Files.createFile(directory.resolve("empty.fastq"));
    Path bad = Files.writeString(directory.resolve("bad.fastq"), "@r1\nACGTACGT\n+\nIIII\n");
    String[] words = ("explain --format " + format + " --input").split(" ");

    // When
    CommandRun ofBad = CommandRun.of(with(words, bad.toString()));
    CommandRun behindNone = CommandRun.of(with(words, empty.toString(), bad.toString()));

    // Then
    for (CommandRun run : List.of(ofBad, behindNone)) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.complaint()).startsWith("readlens: " + bad + " line 4: ");
    }
  }

  @Test
  void shouldWriteATableOfNoReads() throws IOException {
    // Given
    Path empty = Files.createFile(directory.resolve("empty.fastq"));
    Path refused = fastq("refused.fastq", "ACGT1234");

    // When
    CommandRun ofNone = CommandRun.of("explain", "--format=tsv", "--input=" + empty);
    CommandRun ofRefused = CommandRun.of("explain", "--format=tsv", "--input=" + refused);

    // Then
    assertThat(ofNone.exitCode()).isZero();
    assertThat(ofRefused.exitCode()).isEqualTo(1);
    for (CommandRun run : List.of(ofNone, ofRefused)) {
      assertThat(run.out().lines())
          .containsExactly(
              "readId\tlength\toutcome\trank\ttaxId\tname\tprobability\tspans\tinformativeBases"
                  + "\thidden\treason\tbackground\tspansLeftOut\tprofile\tthresholds");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldNameAFileThatIsThereAndCannotBeRead() {
    // When
    CommandRun run = CommandRun.of("explain", "--format=tsv", "--input=/proc/self/mem");

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.complaint()).isEqualTo("readlens: /proc/self/mem: Input/output error");
  }

  @Test
  void shouldNameATruncatedFile() throws IOException {
    // Given
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(whole)) {
      gzip.write(record("r0", bases(30_000, 7)).getBytes(StandardCharsets.US_ASCII));
    }
    Path cut = directory.resolve("cut.fastq.gz");
    Files.write(cut, Arrays.copyOf(whole.toByteArray(), whole.size() / 2));

    // When
    CommandRun ofCut = CommandRun.of("explain", "--input", cut.toString());
    CommandRun ofNone = CommandRun.of("explain", "--input", directory + "/none.fastq");

    // Then
    for (CommandRun run : List.of(ofCut, ofNone)) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).doesNotContain("\tat ");
      assertThat(run.out()).isEmpty();
    }
    assertThat(ofCut.complaint()).contains("cut.fastq.gz");
    assertThat(ofNone.complaint()).contains("none.fastq");
  }

  @Test
  void shouldWriteTablesAndPaint() throws IOException {
    // Given
    String sequence = bases(240, 8);
    Path reads = fastq("one.fastq", sequence);
    Path table = directory.resolve("bases.tsv");

    // When
    CommandRun calls = CommandRun.of("explain", "--input", reads.toString(), "--format", "tsv");
    CommandRun perBase =
        CommandRun.of(
            "explain",
            "--input",
            reads.toString(),
            "--format",
            "tsv",
            "--per-base",
            "--output",
            table.toString());
    CommandRun painted = CommandRun.of("explain", "--input", reads.toString(), "--format", "ansi");

    // Then
    assertThat(calls.out().lines().findFirst())
        .hasValue(
            "readId\tlength\toutcome\trank\ttaxId\tname\tprobability\tspans\tinformativeBases"
                + "\thidden\treason\tbackground\tspansLeftOut\tprofile\tthresholds");
    assertThat(calls.out().lines()).allMatch(line -> line.split("\t", -1).length == 15);
    assertThat(perBase.out()).isEmpty();
    List<String> rows = Files.readAllLines(table);
    assertThat(rows).hasSize(241);
    assertThat(rows.get(1)).startsWith("r0\t0\t" + sequence.charAt(0) + "\t");
    assertThat(painted.out().replaceAll("\u001b\\[[0-9;]*m", ""))
        .contains(sequence.substring(0, 100));
  }

  @Test
  void shouldRefuseACheckpointThatIsNone() throws IOException {
    // Given
    Path reads = fastq("one.fastq", bases(240, 9));

    // When
    CommandRun run =
        CommandRun.of("explain", "--input", reads.toString(), "--checkpoint", directory.toString());

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.complaint()).contains("is no checkpoint");
  }

  @Test
  void shouldRefuseOptionsThatCannotBe() throws IOException {
    // Given
    String reads = fastq("one.fastq", bases(240, 10)).toString();

    // When
    CommandRun topK = CommandRun.of("explain", "--input", reads, "--top-k", "-1");
    CommandRun device = CommandRun.of("explain", "--input", reads, "--device", "tpu");
    CommandRun tested = CommandRun.of("explain", "--input", reads, "--faithfulness", "some");
    CommandRun views = CommandRun.of("explain", "--input", reads, "--views", "3");
    CommandRun onto = CommandRun.of("explain", "--input", reads, "--output", reads);
    CommandRun folder = CommandRun.of("explain", "--input", directory.toString());
    CommandRun nowhere =
        CommandRun.of("explain", "--input", reads, "--output", directory + "/no/such");

    // Then
    assertThat(topK.exitCode()).isEqualTo(2);
    assertThat(device.exitCode()).isEqualTo(2);
    assertThat(tested.exitCode()).isEqualTo(2);
    assertThat(views.exitCode()).isEqualTo(2);
    assertThat(views.complaint() + views.err()).contains("--views are 1, 2, 4 or 12, not 3");
    assertThat(onto.exitCode()).isEqualTo(2);
    assertThat(Files.readString(Path.of(reads))).startsWith("@r0");
    assertThat(folder.exitCode()).isEqualTo(1);
    assertThat(folder.complaint()).contains("is a directory");
    assertThat(nowhere.exitCode()).isEqualTo(1);
    assertThat(nowhere.complaint()).contains("no such file or directory");
  }

  private Path fastq(String name, String... sequences) throws IOException {
    Path file = directory.resolve(name);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sequences.length; i++) {
      text.append(record("r" + i, sequences[i]));
    }
    return Files.writeString(file, text);
  }

  private static String record(String id, String sequence) {
    return "@" + id + "\n" + sequence + "\n+\n" + "I".repeat(sequence.length()) + "\n";
  }

  private static String bases(int count, long seed) {
    Random random = new Random(seed);
    StringBuilder bases = new StringBuilder();
    for (int i = 0; i < count; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  private static List<JsonNode> json(String lines) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      records.add(new ObjectMapper().readTree(line));
    }
    return records;
  }
}
