package io.readlens.stream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.avro.Call;
import io.readlens.avro.Explanation;
import io.readlens.avro.Rank;
import io.readlens.avro.ReadOutcome;
import io.readlens.model.terminal.LiveView;
import io.readlens.model.terminal.Terminal;
import io.readlens.model.text.Legible;
import io.readlens.stream.ledger.Counts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names that a terminal would obey, given to the commands: none comes out as it went in. */
class HostileNamesTest {
  /** Clears the screen, sets the title, turns the writing, forges what a C1 terminal obeys. */
  private static final List<String> NAMES =
      List.of(
          "r\u001b[2Jx",
          "r\u001b]0;owned\u0007",
          "r\u202egnp.x",
          "r\u009b31mx",
          "r\u0085x",
          "r\u2028x",
          "r\b\b\u007f",
          "\u200e\u2066r\u2069",
          "D\u00fcne\ud83e\udda0");

  private static final String HOSTILE = "x\u001b[2J\u009b\u202e\u0007\ty";
  private static final String SHOWN = "x\\u001b[2J\\u009b\\u202e\\u0007\\ty";
  private static final String BASES = "ACGTTGCA".repeat(40);

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"tsv, false", "tsv, true", "jsonl, false", "jsonl, true", "ansi, false"})
  void shouldNotPassOnTheNamesOfReads(String format, boolean perBase) throws IOException {
    // Given
    Path reads = reads();
    List<String> words = new ArrayList<>(List.of("explain", "--format", format));
    if (perBase) {
      words.add("--per-base");
    }
    words.addAll(List.of("--input", reads.toString()));

    // When
    CommandRun run = CommandRun.of(words.toArray(String[]::new));

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    String painted = run.out().replaceAll("\u001b\\[[0-9;]*m", "");
    assertShown(painted, format.equals("tsv"));
    assertShown(run.err(), false);
    assertThat(run.err()).contains("read bad\\u001b[2J is not explained");
    if (format.equals("jsonl")) {
      List<String> ids = new ArrayList<>();
      for (String line : run.out().lines().toList()) {
        ids.add(new ObjectMapper().readTree(line).get("readId").asText());
      }
      assertThat(ids).isEqualTo(NAMES);
    } else {
      assertThat(painted).contains(NAMES.stream().map(Legible::of).toList());
    }
  }

  private Path reads() throws IOException {
    StringBuilder fastq = new StringBuilder();
    NAMES.forEach(name -> fastq.append(record(name, BASES)));
    fastq.append(record("bad\u001b[2J", "ACGT!" + BASES));
    return Files.writeString(directory.resolve("reads.fastq"), fastq);
  }

  private static String record(String name, String bases) {
    return "@" + name + "\n" + bases + "\n+\n" + "I".repeat(bases.length()) + "\n";
  }

  @Test
  void shouldNotPassOnWhatIsWrongWithAFile() throws IOException {
    // Given
    Path cut = directory.resolve("cut.fastq");
    Files.writeString(cut, "@r\u001b[2J\u202e\nACGT\n+\nII\n");
    Path none = directory.resolve("none.fastq");
    Files.writeString(none, "@r\nACGT\n\u001b[2J\u009b\n");
    Path truth = directory.resolve("truth.tsv");
    Files.writeString(truth, "readId\ttaxid\nr\tx\u001b[2J\n");

    // When
    List<CommandRun> runs =
        List.of(
            CommandRun.of("explain", "--input", cut.toString()),
            CommandRun.of("explain", "--input", none.toString()),
            CommandRun.of(
                "diff", "--b", ".", "--input", cut.toString(), "--truth", truth.toString()));

    // Then
    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.exitCode()).isEqualTo(1);
              assertThat(run.complaint()).contains("\\u001b[2J");
              assertShown(run.err(), false);
            });
  }

  @Test
  void shouldNotPassOnArguments() throws IOException {
    // Given
    String reads = reads().toString();
    String config = Files.createFile(directory.resolve("readlens.properties")).toString();

    // When
    List<CommandRun> runs =
        List.of(
            CommandRun.of(HOSTILE),
            CommandRun.of("--" + HOSTILE),
            CommandRun.of("explain", "--input", reads, "--format", HOSTILE),
            CommandRun.of("explain", "--input", reads, "--device", HOSTILE),
            CommandRun.of("explain", "--input", reads, "--top-k", HOSTILE),
            CommandRun.of("explain", "--input", HOSTILE),
            CommandRun.of("diff", "--b", HOSTILE, "--input", reads),
            CommandRun.of("topics", "describe", "--config", config, "-D", HOSTILE + "=1"),
            CommandRun.of("topics", "describe", "--config", config, "-D", "device=" + HOSTILE),
            CommandRun.of("topics", "describe", "--config", HOSTILE));

    // Then
    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.exitCode()).isPositive();
              assertThat(run.err()).contains("\\u001b[2J");
              assertShown(run.out() + run.err(), false);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\\u001b[2J=1",
        "x\\u202e\\u001b[2J\\ud800=1",
        "device=\\u001b[2J",
        "topic.reads=a\\u001b[2J",
        "max.read.length=1\\u001b[2J"
      })
  void shouldNotPassOnSettings(String line) throws IOException {
    // Given
    Path config = directory.resolve("readlens.properties");
    Files.writeString(
        config,
        "bootstrap.servers=127.0.0.1:1\nschema.registry.url=http://127.0.0.1:1\n" + line + "\n");

    // When
    CommandRun run = CommandRun.of("topics", "describe", "--config", config.toString());

    // Then
    assertThat(run.exitCode()).isPositive();
    assertThat(run.complaint()).contains("\\u001b[2J");
    assertShown(run.err(), false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldNotPassOnTheNamesOfTaxaToTheDemo(boolean terminal) {
    // Given
    DemoTally tally =
        new DemoTally(Map.of("r", Map.of(Rank.PHYLUM, "P\u001b]0;x\u0007")), Counts.NONE);
    tally.count(explanation());
    ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(drawn, true, UTF_8);
    LiveView live = new LiveView(out, UTF_8, () -> new Terminal.Size(80, 24));
    DemoScreen screen =
        terminal
            ? new DemoScreen(live.above(), Optional.of(live), true)
            : new DemoScreen(out, Optional.empty(), false);

    // When
    screen.say("reading " + HOSTILE);
    screen.draw(tally, 1, 1, 0);
    screen.finish(tally, 1, 1);

    // Then
    String shown = drawn.toString(UTF_8);
    assertThat(shown).contains("reading " + SHOWN, "P\\u001b]0;x\\u0007", SHOWN);
    // Without what the view itself writes.
    assertShown(shown.replaceAll("\r|\u001b\\[([0-9]*A|[KJ]|[?]7[lh]|[0-9;]*m)", ""), false);
  }

  private static Explanation explanation() {
    return Explanation.newBuilder()
        .setReadId("r")
        .setLength(0)
        .setOutcome(ReadOutcome.CLASSIFIED)
        .setCalls(
            List.of(
                Call.newBuilder()
                    .setRank(Rank.SUPERKINGDOM)
                    .setName(HOSTILE)
                    .setProbability(1)
                    .setAlternatives(List.of())
                    .setSpans(List.of())
                    .build()))
        .setTokens(0)
        .setUnknownBases(0)
        .setCheckpointId("")
        .setEventTime(Instant.EPOCH)
        .setProcessedTime(Instant.EPOCH)
        .build();
  }

  /** A program that logs what others wrote, in the text, in an exception and in a thread's name. */
  static final class HostileLog {
    private HostileLog() {}

    public static void main(String[] args) {
      Logger log = LoggerFactory.getLogger("io.readlens.Test");
      Thread.currentThread().setName(HOSTILE);
      log.warn("begin {} end\n12:00:00.000 ERROR forged", HOSTILE, new IOException(HOSTILE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"logback.xml", "logback-verbose.xml", "logback-broker.xml"})
  void shouldNotPassOnWhatIsLogged(String configuration) throws Exception {
    // When
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=" + configuration,
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                HostileLog.class.getName())
            .redirectErrorStream(true)
            .start();
    String logged = new String(program.getInputStream().readAllBytes(), UTF_8);

    // Then
    assertThat(program.waitFor()).isZero();
    assertThat(logged)
        .contains("[" + SHOWN + "]", "begin x\\u001b[2J\\u009b\\u202e\\u0007")
        .contains("java.io.IOException: x\\u001b[2J\\u009b\\u202e\\u0007");
    assertThat(logged).doesNotContain("%");
    // One record: no line but the first looks like the first of one.
    assertThat(logged.lines().skip(1)).allMatch(line -> line.startsWith("  "));
    assertShown(logged, true);
  }

  private static void assertShown(String text, boolean tabs) {
    assertThat(text.codePoints().filter(c -> c != '\n' && !(tabs && c == '\t')))
        .allMatch(Legible::isShown);
  }
}
