package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands in processes of their own that the system allows no larger files than so, which fails
 * like a full disk: a file that cannot be written whole is not there afterwards.
 */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class FullDiskIT {
  private static final int READS = 100_000;
  private static final int LARGEST_FILE_BYTES = 1 << 16;

  @TempDir private Path directory;
  private Process process;

  @AfterEach
  void end() {
    process.destroyForcibly().onExit().join();
  }

  @Test
  void shouldLeaveNothingOfReadsThatCannotBeWritten() throws Exception {
    // Given
    Path out = directory.resolve("out");
    List<String> limited = List.of("prlimit", "--fsize=" + LARGEST_FILE_BYTES);

    // When
    start(limited, "demo-reads", "--output=" + out);

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // JNA's library is too large then, too: what has no need of it works all the same.
    assertThat(process.exitValue()).as(said()).isEqualTo(1);
    assertThat(said().replaceFirst("readlens: JNA cannot .+\n", ""))
        .containsOnlyOnce("readlens: ")
        .contains("File too large");
    assertThat(files(out)).isEmpty();

    // When
    CommandRun again = CommandRun.of("demo-reads", "--output=" + out);

    // Then
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(files(out)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo-reads --output=OUT", "explain --input=READS"})
  void shouldSayThatStandardOutputIsFull(String command) throws Exception {
    // Given
    Path reads = Files.writeString(directory.resolve("reads.fasta"), ">r\nACGT\n");
    Path err = directory.resolve("err");
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (String word : command.split(" ")) {
      words.add(
          word.replace("OUT", directory.resolve("out").toString())
              .replace("READS", reads.toString()));
    }

    // When
    process =
        new ProcessBuilder(words)
            .redirectOutput(Path.of("/dev/full").toFile())
            .redirectError(err.toFile())
            .start();

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(err))
        .endsWith(
            "readlens: cannot write to standard output: No space left on device;"
                + " the disk is full: free some of it\n")
        .containsOnlyOnce("readlens: ");
  }

  @Test
  void shouldLeaveAFileAsItWasThatCannotBeWrittenAnew() throws Exception {
    // Given
    Path reads = directory.resolve("reads.fasta");
    Files.writeString(reads, ">r\nACGT\n".repeat(READS));
    Path out = Files.writeString(directory.resolve("out.jsonl"), "of yesterday\n");
    start(List.of(), "explain", "--input=" + reads, "--output=" + out);
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !process.isAlive() || isBegun(out));

    // When
    List<String> limit =
        List.of("prlimit", "--pid=" + process.pid(), "--fsize=" + LARGEST_FILE_BYTES);
    assertThat(new ProcessBuilder(limit).inheritIO().start().waitFor()).as(said()).isZero();

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said()).isEqualTo(1);
    assertThat(said()).contains("readlens: cannot write to " + out + ": File too large");
    assertThat(out).hasContent("of yesterday");
    assertThat(files(directory)).containsExactlyInAnyOrder("reads.fasta", "out.jsonl", "said");
  }

  private void start(List<String> limited, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(limited);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx512m", "-XX:-UsePerfData"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of(arguments));
    process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
  }

  private String said() throws IOException {
    return Files.readString(directory.resolve("said"));
  }

  /** Something of it is there, under a name that is not yet its own. */
  private static boolean isBegun(Path file) throws IOException {
    for (String name : files(file.getParent())) {
      if (name.startsWith(file.getFileName() + ".") && name.endsWith(".part")) {
        return Files.size(file.resolveSibling(name)) > 0;
      }
    }
    return false;
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
