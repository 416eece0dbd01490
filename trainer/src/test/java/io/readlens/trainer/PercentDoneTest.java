package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.terminal.LiveView;
import io.readlens.model.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentDoneTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void shouldPrintALineForEveryTenthIntoAFile() {
    // Given
    PercentDone done = new PercentDone("evaluated", out, Optional.empty());

    // When
    IntStream.of(0, 3, 2, 9, 10, 11, 10, 34, 100, 99).forEach(done);
    done.close();

    // Then
    assertThat(printed().lines())
        .containsExactly(
            "evaluated   0 %", "evaluated  10 %", "evaluated  34 %", "evaluated 100 %");
    assertThat(printed()).doesNotContain("\u001b").doesNotContain("\r");
  }

  @Test
  void shouldRedrawOneLineOnATerminal() {
    // Given
    LiveView live = new LiveView(out, StandardCharsets.UTF_8, () -> new Terminal.Size(80, 24));

    // When
    try (PercentDone done = new PercentDone("evaluated", out, Optional.of(live))) {
      IntStream.of(1, 2, 2, 1, 3).forEach(done);
    }

    // Then
    assertThat(printed().split("\\u001b\\[1A", -1)).hasSize(3);
    assertThat(printed()).contains("evaluated   3 %");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
