package io.readlens.model.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewFileTest {
  @TempDir private Path directory;

  /** Where no file can be made, and what is said; a name that was never asked for is not. */
  @ParameterizedTest
  @CsvSource({
    "none/page.html, no such file or directory: %s/none",
    "none/deeper/page.html, no such file or directory: %s/none/deeper",
    "file/page.html, %s/file/page.html: Not a directory",
    "'', %s: Is a directory",
  })
  void shouldNameWhatWasAskedFor(String name, String said) throws IOException {
    // Given
    Files.createFile(directory.resolve("file"));
    Path file = directory.resolve(name);

    // When
    IOException written =
        catchThrowableOfType(IOException.class, () -> NewFile.write(file, new byte[1]));
    IOException tried =
        catchThrowableOfType(IOException.class, () -> NewFile.requirePossible(file));

    // Then
    assertThat(Why.of(written)).isEqualTo(said.formatted(directory));
    assertThat(Why.of(tried)).isEqualTo(said.formatted(directory));
  }

  @Test
  void shouldLeaveNothingBehindWhereAFileIsPossible() throws IOException {
    // Given
    Path old = Files.writeString(directory.resolve("old"), "as it was");

    // When
    NewFile.requirePossible(old, null, directory.resolve("new"));

    // Then
    assertThat(old).content().isEqualTo("as it was");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(old);
    }
  }
}
