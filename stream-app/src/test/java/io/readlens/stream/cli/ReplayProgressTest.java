package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.replay.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now = 17;

  @Test
  void shouldRedrawOneLineOnATerminal() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, true, () -> now);
    progress.accept(new Progress(1, 10, 1000));
    pass(Duration.ofMillis(500));
    progress.accept(new Progress(1000, 500, 1000));
    pass(Duration.ofMillis(500));

    // When
    progress.close();

    // Then
    assertThat(printed())
        .isEqualTo(
            "\r[###############...............]  50 %  1,000 reads, 2,000/s\u001B[K"
                + "\r[###############...............]  50 %  1,000 reads, 1,000/s\u001B[K"
                + System.lineSeparator());
  }

  @Test
  void shouldPrintALineEveryFewSecondsIntoAFile() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, false, () -> now);

    // When
    for (int i = 1; i <= 11; i++) {
      pass(Duration.ofSeconds(1));
      progress.accept(new Progress(i, i, 100));
    }
    progress.close();

    // Then
    assertThat(printed().lines()).containsExactly("  5 %  5 reads, 1/s", " 10 %  10 reads, 1/s");
  }

  @Test
  void shouldClaimNoShareOfAPipe() {
    // Given
    ReplayProgress progress = new ReplayProgress(out, true, () -> now);
    pass(Duration.ofSeconds(1));

    // When
    progress.accept(new Progress(7, 4096, 0));

    // Then
    assertThat(printed()).isEqualTo("\r7 reads, 7/s\u001B[K");
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
