package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.terminal.LiveView;
import io.readlens.model.terminal.Terminal;
import io.readlens.stream.replay.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final LiveView live =
      new LiveView(out, StandardCharsets.UTF_8, () -> new Terminal.Size(80, 24));
  private long now = 17;

  @Test
  void shouldRedrawOneLineOnATerminal() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, Optional.of(live), () -> now);
    progress.accept(new Progress(1, 10, 1000));
    pass(Duration.ofMillis(500));
    progress.accept(new Progress(1000, 500, 1000));
    pass(Duration.ofMillis(500));

    // When
    progress.close();

    // Then
    assertThat(printed().split("\r")).hasSize(3);
    assertThat(printed().split("\r")[1])
        .isEqualTo(drawn("[###############...............]  50 %  1,000 reads, 2,000/s"));
    assertThat(printed().split("\r")[2])
        .isEqualTo(
            "\u001b[1A" + drawn("[###############...............]  50 %  1,000 reads, 1,000/s"));
  }

  /** A line as the view draws it: not wrapped, and cleared behind and below. */
  private static String drawn(String line) {
    return "\u001b[?7l" + line + "\u001b[K\n\u001b[J\u001b[?7h";
  }

  @Test
  void shouldPrintALineEveryFewSecondsIntoAFile() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, Optional.empty(), () -> now);

    // When
    for (int i = 1; i <= 11; i++) {
      pass(Duration.ofSeconds(1));
      progress.accept(new Progress(i, i, 100));
    }
    progress.close();

    // Then
    assertThat(printed().lines()).containsExactly("  5 %  5 reads, 1/s", " 10 %  10 reads, 1/s");
    assertThat(printed()).doesNotContain("\u001b");
  }

  @Test
  void shouldClaimNoShareOfAPipe() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, Optional.of(live), () -> now);
    pass(Duration.ofSeconds(1));

    // When
    progress.accept(new Progress(7, 4096, 0));

    // Then
    assertThat(printed()).isEqualTo("\r" + drawn("7 reads, 7/s"));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
