package io.readlens.stream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program on machines whose users write numbers in other ways. */
@Timeout(300)
class LocaleTest {
  /** Arabic, Devanagari and Thai digits, commas for points, apostrophes, an i without a dot. */
  private static final List<List<String>> LOCALES =
      List.of(
          List.of("-Duser.language=ar", "-Duser.country=EG", "-Duser.extensions=u-nu-arab"),
          List.of("-Duser.language=hi", "-Duser.country=IN", "-Duser.extensions=u-nu-deva"),
          List.of("-Duser.language=th", "-Duser.country=TH", "-Duser.extensions=u-nu-thai"),
          List.of("-Duser.language=de", "-Duser.country=CH"),
          List.of("-Duser.language=tr", "-Duser.country=TR"));

  @TempDir private Path directory;
  private Path input;

  private record Run(int exitCode, String out, String err) {}

  /** Two reads of real genomes, and one that has more bases than qualities. */
  @BeforeEach
  void writeReads() throws IOException {
    DemoReads demo = DemoReads.bundled(directory);
    StringBuilder reads = new StringBuilder();
    try (ReadFile file = ReadFile.open(demo.files().get(0))) {
      for (int i = 0; i < 2; i++) {
        SequenceRecord read = file.next();
        String bases = read.sequence();
        reads.append("@" + read.id() + "\n" + bases + "\n+\n" + "I".repeat(bases.length()) + "\n");
      }
    }
    reads.append("@cut\n" + "ACGT".repeat(400) + "\n+\n" + "I".repeat(1234) + "\n");
    input = Files.writeString(directory.resolve("some.fastq"), reads);
  }

  @Test
  void shouldWriteTheSameNumbersEverywhere() throws Exception {
    // Given
    Run expected = explain(List.of("-Duser.language=", "-Duser.country="));

    // When
    List<Run> runs = new ArrayList<>();
    for (List<String> locale : LOCALES) {
      runs.add(explain(locale));
    }

    // Then
    assertThat(expected.exitCode()).isEqualTo(1);
    assertThat(expected.err()).contains("record cut has 1600 bases and 1234 qualities");
    assertThat(expected.out().lines().count()).isGreaterThanOrEqualTo(3);
    assertThat(expected.out()).containsPattern("\t0\\.\\d{4}\t");
    assertThat(runs).containsOnly(expected);
  }

  private Run explain(List<String> locale) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(locale);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("explain", "--format=TSV", "--faithfulness=all", "--input=" + input));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
