package io.readlens.model.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  @TempDir private Path directory;

  @Test
  void shouldNameTheFileThatCanBeOpenedAndNotRead() throws IOException {
    try (InputStream in = InputFile.open(directory)) {
      // When
      Throwable one = catchThrowable(in::read);
      Throwable many = catchThrowable(in::readAllBytes);
      Throwable whole = catchThrowable(() -> InputFile.read(directory, Files::readAllBytes));

      // Then
      assertThat(one).isInstanceOf(FileSystemException.class);
      for (Throwable each : new Throwable[] {one, many, whole}) {
        assertThat(Why.of(each)).isEqualTo(directory + ": Is a directory");
      }
    }
  }

  @Test
  void shouldLeaveTheFaultsOfOpeningAsTheyAre() {
    // Given
    Path none = directory.resolve("none");

    // When
    Throwable opened = catchThrowable(() -> InputFile.open(none));
    Throwable read = catchThrowable(() -> InputFile.read(none, Files::readAllBytes));

    // Then
    assertThat(opened).isInstanceOf(NoSuchFileException.class).hasMessage(none.toString());
    assertThat(read).isInstanceOf(NoSuchFileException.class).hasMessage(none.toString());
  }

  @Test
  void shouldNameTheFileThatIsNoText() throws IOException {
    // Given
    Path file = directory.resolve("text");
    Files.write(file, "g\u00FCn".getBytes(StandardCharsets.ISO_8859_1));

    // When
    Throwable failure = catchThrowable(() -> InputFile.read(file, Files::readAllLines));

    // Then
    assertThat(Why.of(failure)).isEqualTo(file + ": this is no UTF-8 text");
  }
}
