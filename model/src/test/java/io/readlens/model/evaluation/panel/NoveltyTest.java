package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.panel.PanelReport.Tradeoff;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoveltyTest {
  private final Novelty novelty =
      new Novelty(
          new double[] {0.9, 0.8, 0.5, 0.2},
          new boolean[] {true, true, false, true},
          new double[] {0.85, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1});

  @Test
  void shouldTradeKnownReadsForNovelOnes() {
    // When
    List<Tradeoff> tradeoffs = novelty.tradeoffs();

    // Then
    assertThat(tradeoffs)
        .contains(
            new Tradeoff(0.9, 0.25, 1, 0),
            new Tradeoff(0.85, 0.25, 1, 0.1),
            new Tradeoff(0.5, 0.75, 2 / 3.0, 0.2),
            new Tradeoff(0.1, 1, 0.75, 1));
    assertThat(tradeoffs).extracting(Tradeoff::threshold).doesNotHaveDuplicates();
  }

  @Test
  void shouldCountKnownReadsAtAShareOfNovelOnes() {
    // Of ten novel reads one may be called: the next has .5, which must not be reached
    assertThat(novelty.knownCalled(0.1).value()).isEqualTo(0.5);
    assertThat(novelty.knownCalled(0).value()).isEqualTo(0.25);
    assertThat(novelty.knownCalled(1).value()).isEqualTo(1);
  }

  @Test
  void shouldMeasureTheAreaUnderTheCurve() {
    // Then of 40 pairs: .9 above 10, .8 above 9, .5 above 8 and level with 1, .2 above 8
    assertThat(novelty.area().value()).isCloseTo((10 + 9 + 8.5 + 8) / 40, within(1e-9));
  }
}
