package io.readlens.stream.chaos;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ImpasseTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Impasse impasse = new Impasse("peace", nanos::get);

  @Test
  void shouldTellThatNothingMovesAnyMore() {
    // Given
    impasse.look(done(1), 0);
    pass(Duration.ofMinutes(6));

    // When
    var thrown = assertThatThrownBy(() -> impasse.look(done(1), 0));

    // Then
    thrown
        .isInstanceOf(Impasse.Reached.class)
        .hasMessage("waited for peace in vain: nothing has moved for 300 s");
  }

  @Test
  void shouldBearAnySlownessWhileSomethingMoves() {
    // When
    var thrown =
        assertThatCode(
            () -> {
              for (int reads = 0; reads < 15; reads++) {
                impasse.look(done(reads), 0);
                pass(Duration.ofMinutes(4));
              }
            });

    // Then
    thrown.doesNotThrowAnyException();
  }

  @Test
  void shouldTellThatProcessesOnlyStartAndEnd() {
    // Given
    for (int endings = 7; endings <= 107; endings++) {
      impasse.look(done(1), endings);
    }

    // When
    var thrown = assertThatThrownBy(() -> impasse.look(done(1), 108));

    // Then
    thrown
        .isInstanceOf(Impasse.Reached.class)
        .hasMessage("waited for peace in vain: 100 processes have ended");
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Progress.Snapshot done(int reads) {
    return new Progress.Snapshot(reads, 1, Map.of(), Map.of());
  }
}
