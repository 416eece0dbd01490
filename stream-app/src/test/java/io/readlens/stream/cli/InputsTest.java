package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that cannot be read, given to every command that reads some. */
class InputsTest {
  @TempDir private Path directory;

  static Stream<List<String>> commands() {
    return Stream.of(
        List.of("explain"),
        List.of("diff", "--b=none"),
        List.of("demo"),
        List.of("replay", "--config=CONFIG"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldSayWhyAFileCannotBeRead(List<String> command) throws IOException {
    // Given
    Path reads = Files.writeString(directory.resolve("reads.fq"), "@r\nA\n+\nI\n");
    Path loop = Files.createSymbolicLink(directory.resolve("loop.fq"), Path.of("loop.fq"));
    Path dangling = Files.createSymbolicLink(directory.resolve("link.fq"), Path.of("gone.fq"));
    Path below = reads.resolve("inside.fq");

    // When
    // Then
    assertThat(complaint(command, reads, loop))
        .isEqualTo(
            "readlens: "
                + loop
                + ": Too many levels of symbolic links or unable to access"
                + " attributes of symbolic link");
    assertThat(complaint(command, dangling))
        .isEqualTo("readlens: no such file or directory: " + dangling);
    assertThat(complaint(command, below)).isEqualTo("readlens: " + below + ": Not a directory");
    assertThat(complaint(command, directory))
        .isEqualTo("readlens: " + directory + " is a directory: name the files in it");
  }

  @Test
  void shouldSayThatAFileMayNotBeRead() throws IOException {
    // Given
    Path reads = Files.writeString(directory.resolve("reads.fq"), "@r\nA\n+\nI\n");
    Files.setPosixFilePermissions(reads, Set.of());
    assumeThat(Files.isReadable(reads)).as("root may read everything").isFalse();

    // When
    String complaint = complaint(List.of("explain"), reads);

    // Then
    assertThat(complaint).isEqualTo("readlens: not allowed: " + reads);
  }

  private String complaint(List<String> command, Path... inputs) throws IOException {
    Path config = directory.resolve("readlens.properties");
    Files.writeString(
        config, "bootstrap.servers=127.0.0.1:1\nschema.registry.url=http://127.0.0.1:1\n");
    List<String> words = new ArrayList<>();
    command.forEach(word -> words.add(word.replace("CONFIG", config.toString())));
    words.add("--input");
    List.of(inputs).forEach(input -> words.add(input.toString()));
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(1);
    return run.complaint();
  }
}
