package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trainer in a process of its own, where the system gives it less than it needs. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class ProgramIT {
  private static final ToyPack PACK = new ToyPack();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {20, 25, 30})
  void shouldSayInOneLineThatTooFewFilesMayBeOpen(int most) throws Exception {
    // When
    Process program = program("ulimit -n " + most + "; exec \"$@\"", "--version");

    // Then
    assertThat(said(program))
        .matches(
            "(?s)(\\S+: JNA cannot .+\n)?readlens-trainer: cannot load classes .+ too low\\?\n")
        .doesNotContain("\tat ");
    assertThat(program.waitFor()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "evaluate --help", "cut"})
  void shouldSayThatStandardOutputIsFull(String command) throws Exception {
    // Given
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    if (command.equals("cut")) {
      words.addAll(List.of("--genomes=" + PACK.directory(), "--use=test_region"));
      words.addAll(List.of("--length=400", "--out=" + directory.resolve("reads.fq.gz")));
    }

    // When
    Process program = program("exec \"$@\" > /dev/full", words.toArray(String[]::new));

    // Then
    assertThat(said(program))
        .endsWith(
            "readlens-trainer: cannot write to standard output: No space left on device;"
                + " the disk is full: free some of it\n")
        .containsOnlyOnce("readlens-trainer: ");
    assertThat(program.waitFor()).isEqualTo(1);
  }

  @Test
  void shouldTakeForUsageWhatTheLocaleHasLost() throws Exception {
    // When
    Process program =
        program(
            "export LC_ALL=C; exec \"$@\" --input=r$(printf '\\303\\251')ads.fq",
            "evaluate",
            "--truth=truth.tsv");

    // Then
    assertThat(said(program)).startsWith("readlens-trainer: ").contains("LC_ALL").hasLineCount(1);
    assertThat(program.waitFor()).isEqualTo(2);
  }

  private static String said(Process program) throws IOException {
    return new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Process program(String shell, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", shell, "sh"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words).start();
  }
}
