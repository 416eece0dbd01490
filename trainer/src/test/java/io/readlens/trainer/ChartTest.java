package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.trainer.Chart.Axis;
import io.readlens.trainer.Chart.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartTest {
  @Test
  void shouldPutTicksAtRoundValues() {
    // When / Then
    assertThat(new Axis("", 0, 1).ticks(5))
        .containsExactly(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0);
    assertThat(new Axis("", 0, 731_000).ticks(5)).containsExactly(0.0, 2e5, 4e5, 6e5);
    assertThat(new Axis("", -0.3, 0.9).ticks(5)).hasSizeBetween(4, 7).contains(0.0);
    assertThat(new Axis("", 2, 2).ticks(5)).isNotEmpty();
  }

  @Test
  void shouldPutPointsWhereTheAxesSay() {
    // Given a plot of 100 by 100 pixels, of which the frame takes 62 across and 52 up
    Chart chart = new Chart("a plot", 100, 100, new Axis("x", 0, 2), new Axis("y", 0, 4));
    Markup page = new Markup();

    // When
    chart.line("one", List.of(new Point(0, 0), new Point(1, 2), new Point(2, Double.NaN)));
    chart.line("two", List.of(new Point(2, 4)));
    chart.writeTo(page);

    // Then
    assertThat(page.toString())
        .contains("<polyline class=\"line s0\" points=\"50,58 69,34\"/>")
        .contains("<polyline class=\"line s1\" points=\"88,10\"/>")
        .contains("class=\"key s1\"></i>two");
  }

  @Test
  void shouldDrawBarsFromZero() {
    // Given
    Chart chart = new Chart("bars", 100, 100, new Axis("x", 0, 1), new Axis("y", 0, 1));
    Markup page = new Markup();

    // When
    chart.bars(List.of("one"), List.of("all"), List.of(List.of(0.5))).writeTo(page);

    // Then
    assertThat(page.toString())
        .contains("y=\"34\" width=\"31.5\" height=\"24\"")
        .contains("<title>one, all: 0.500</title>");
  }
}
