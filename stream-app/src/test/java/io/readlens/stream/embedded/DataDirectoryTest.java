package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {
  @TempDir Path parent;

  @Test
  void shouldMakeADirectoryOfItsOwnersAlone() throws IOException {
    // Given
    Path directory = parent.resolve("a/b");

    // When
    DataDirectory.prepare(directory);

    // Then
    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-xr-x", "rwxrwxrwx", "rwx--x--x", "rwxr-x---"})
  void shouldCloseWhatAnOlderVersionLeftOpen(String mode) throws IOException {
    // Given
    Path directory = directory(mode);
    Path log = Files.writeString(directory.resolve("broker.log"), "");
    Path storage = Files.createDirectory(directory.resolve("kafka"));
    Path segment = Files.writeString(storage.resolve("00.log"), "");
    set(segment, "rw-r--r--");

    // When
    DataDirectory.prepare(directory);

    // Then
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(mode(log)).isEqualTo("rw-------");
    assertThat(mode(storage)).isEqualTo("rwx------");
    assertThat(mode(segment)).isEqualTo("rw-------");
  }

  @Test
  void shouldLeaveADirectoryAloneThatIsOthersToo() throws IOException {
    // Given
    Path directory = directory("rwxr-xr-x");
    Path others = Files.writeString(directory.resolve("paper.tex"), "");
    set(others, "rw-r--r--");

    // When
    ThrowingCallable prepare = () -> DataDirectory.prepare(directory);

    // Then
    assertThatThrownBy(prepare)
        .isInstanceOf(StartupException.class)
        .hasMessage(
            directory
                + " is open to other users (rwxr-xr-x) and holds other files:"
                + " name a directory of its own, or chmod this one 700");
    assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
    assertThat(mode(others)).isEqualTo("rw-r--r--");
  }

  @Test
  void shouldUseAClosedDirectoryThatHoldsOtherFilesAndLeaveThemAlone() throws IOException {
    // Given
    Path directory = directory("rwx------");
    Path others = Files.writeString(directory.resolve("paper.tex"), "");
    set(others, "rw-r--r--");

    // When
    DataDirectory.prepare(directory);

    // Then
    assertThat(mode(others)).isEqualTo("rw-r--r--");
  }

  @Test
  void shouldNotFollowALinkOutOfTheDirectory() throws IOException {
    // Given
    Path outside = Files.writeString(parent.resolve("outside"), "");
    set(outside, "rw-r--r--");
    Path directory = directory("rwxr-xr-x");
    Files.createSymbolicLink(directory.resolve("broker.log"), outside);

    // When
    DataDirectory.prepare(directory);

    // Then
    assertThat(mode(outside)).isEqualTo("rw-r--r--");
  }

  @Test
  void shouldNameAFileThatIsInTheWay() throws IOException {
    // Given
    Path file = Files.writeString(parent.resolve("file"), "");

    // When
    ThrowingCallable prepare = () -> DataDirectory.prepare(file);

    // Then
    assertThatThrownBy(prepare)
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("cannot use " + file + " as a data directory");
  }

  private Path directory(String mode) throws IOException {
    Path directory = Files.createDirectory(parent.resolve("data"));
    set(directory, mode);
    return directory;
  }

  private static void set(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
