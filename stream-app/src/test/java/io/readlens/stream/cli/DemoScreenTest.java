package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.terminal.LiveView;
import io.readlens.model.terminal.Terminal;
import io.readlens.stream.ledger.Counts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DemoScreenTest {
  private static final String ESCAPE = "\u001b";

  private final PrintStream err = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final DemoTally tally = new DemoTally(Map.of(), Counts.NONE);

  @AfterEach
  void restore() {
    System.setErr(err);
  }

  @Test
  void shouldWriteNoEscapesIntoAFile() {
    // Given
    DemoScreen screen = new DemoScreen(out, Optional.empty(), false);

    // When
    for (int second = 0; second < 10; second++) {
      screen.draw(tally, 100, 7, Duration.ofSeconds(second).toNanos());
    }
    screen.finish(tally, 100, 7);
    screen.close();

    // Then
    assertThat(printed()).doesNotContain(ESCAPE).doesNotContain("\r");
    assertThat(printed().lines().filter(line -> line.startsWith("explained ["))).hasSize(5);
  }

  @Test
  void shouldKeepTheLogAboveWhatIsDrawn() {
    // Given
    LiveView live = new LiveView(out, StandardCharsets.UTF_8, () -> new Terminal.Size(80, 24));
    System.setErr(live.above());
    DemoScreen screen = new DemoScreen(live.above(), Optional.of(live), true);
    screen.draw(tally, 100, 7, 0);
    String frame = printed();
    bytes.reset();

    // When
    LoggerFactory.getLogger(DemoScreen.class).warn("a line of the log");

    // Then
    int rows = (int) frame.chars().filter(c -> c == '\n').count();
    assertThat(printed())
        .startsWith("\r" + ESCAPE + "[" + rows + "A" + ESCAPE + "[J")
        .containsPattern(" WARN +DemoScreen \\[main\\] a line of the log *\n" + "\u001b\\[\\?7l")
        .endsWith(frame.substring(1));
    screen.close();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
