package io.readlens.model.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Hidden;
import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdaptersTest {
  @TempDir private Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("own.fa"), text);
  }

  @Test
  void shouldLookForTheAdaptersOfAFile() throws IOException {
    // Given
    Random random = new Random(1);
    String own = Sequences.random(150, 0.5, random);
    Adapters adapters = Adapters.load(file(">own\n" + own.toLowerCase(Locale.ROOT) + "\n"));
    String read = Sequences.random(600, 0.5, random) + own + Sequences.random(600, 0.5, random);

    // When
    List<Hidden> hidden =
        InputFilter.of(EnumSet.of(Kind.ADAPTER), adapters, 0)
            .tokenize(Read.of("read", read))
            .hidden();

    // Then
    assertThat(hidden).containsExactly(new Hidden(600, 750, Kind.ADAPTER));
  }

  @Test
  void shouldRefuseWhatIsNoAdapter() throws IOException {
    // Given
    Path file = file(">good\nACGTTGCAAGTCA\n>short\nACGTTGCAAGT\n");

    // Then
    assertThatThrownBy(() -> Adapters.load(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file + " line 3: adapter short is no sequence of at least 12 letters A, C, G and T");
  }

  @Test
  void shouldRefuseAFileOfNone() throws IOException {
    // Given
    Path file = file("");

    // Then
    assertThatThrownBy(() -> Adapters.load(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " holds no adapters");
  }
}
