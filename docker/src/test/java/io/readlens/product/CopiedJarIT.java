package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jars where somebody has copied them to, without all that belongs to them. */
@Timeout(300)
class CopiedJarIT {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"stream-app, readlens", "trainer, readlens-trainer"})
  void shouldSayThatTheLibrariesWereNotCopied(String module, String name) throws Exception {
    // Given
    copyJar(module, name);

    // When
    String said = fail(name);

    // Then
    assertThat(said)
        .isEqualTo(
            "%s: there is no lib/ beside %s.jar: copy the two together%n".formatted(name, name));
  }

  @ParameterizedTest
  @CsvSource({"stream-app, readlens", "trainer, readlens-trainer"})
  void shouldSayThatALibraryIsMissing(String module, String name) throws Exception {
    // Given
    copyJar(module, name);
    Path lib = Files.createDirectory(directory.resolve("lib"));
    for (Path library : libraries(module)) {
      if (!library.getFileName().toString().startsWith("picocli")) {
        Files.createSymbolicLink(lib.resolve(library.getFileName()), library);
      }
    }

    // When
    String said = fail(name);

    // Then
    assertThat(said)
        .startsWith(name + ": cannot load classes (picocli/")
        .contains("is a file missing in lib/ beside the jar")
        .hasLineCount(1);
  }

  private void copyJar(String module, String name) throws IOException {
    Files.copy(target(module).resolve(name + ".jar"), directory.resolve(name + ".jar"));
  }

  /** What the program says on standard error; it must end with exit code 1. */
  private String fail(String name) throws Exception {
    try (Shell shell = new Shell(directory)) {
      shell.run("java -jar %s.jar --version 2> said || test $? = 1".formatted(name));
    }
    return Files.readString(directory.resolve("said"));
  }

  private static List<Path> libraries(String module) throws IOException {
    try (Stream<Path> files = Files.list(target(module).resolve("lib"))) {
      return files.toList();
    }
  }

  private static Path target(String module) {
    return Path.of("..", module, "target").toAbsolutePath().normalize();
  }
}
