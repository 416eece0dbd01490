package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.evaluation.CallCurve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallCurveTest {
  @Test
  void shouldGoFromTheSurestCallToAll() {
    // Given
    CallCurve curve = new CallCurve();
    curve.add(0.5, false);
    curve.add(0.9, true);
    curve.add(0.7, true);
    curve.add(0.6, false);

    // When
    List<Point> points = curve.points();

    // Then
    assertThat(points)
        .containsExactly(
            new Point(0.9, 0.25, 1),
            new Point(0.7, 0.5, 1),
            new Point(0.6, 0.75, 2 / 3.0),
            new Point(0.5, 1, 0.5));
  }

  @Test
  void shouldCallReadsOfOneProbabilityTogether() {
    // Given
    CallCurve curve = new CallCurve();
    curve.add(0.8, true);
    curve.add(0.8, false);
    curve.add(0.4, true);

    // When
    List<Point> points = curve.points();

    // Then
    assertThat(points).containsExactly(new Point(0.8, 2 / 3.0, 0.5), new Point(0.4, 1, 2 / 3.0));
  }

  @Test
  void shouldHaveAboutAPointAHundredth() {
    // Given
    CallCurve curve = new CallCurve();
    for (int i = 0; i < 5_000; i++) {
      curve.add(i / 5_000.0, i % 2 == 0);
    }

    // When
    List<Point> points = curve.points();

    // Then
    assertThat(points).hasSize(100);
    assertThat(points.get(0).called()).isEqualTo(0.01);
    assertThat(points.get(99).called()).isEqualTo(1);
  }

  @Test
  void shouldFindTheThresholdThatCallsMostRightEnough() {
    // Given: right of the first 1, 2, 3 and so on: 1, 1/2, 2/3, 3/4, 3/5, 4/6
    CallCurve curve = new CallCurve();
    curve.add(0.9, true);
    curve.add(0.8, false);
    curve.add(0.7, true);
    curve.add(0.6, true);
    curve.add(0.5, false);
    curve.add(0.4, true);

    // When
    // Then
    assertThat(curve.threshold(0.75, 1)).hasValue(0.6);
    assertThat(curve.threshold(0.6, 1)).hasValue(0.4);
    assertThat(curve.threshold(0.9, 1)).hasValue(0.9);
    assertThat(curve.threshold(0.9, 2)).isEmpty();
  }

  @Test
  void shouldSayWhereAThresholdStands() {
    // Given
    CallCurve curve = new CallCurve();
    curve.add(0.9, true);
    curve.add(0.6, false);
    curve.add(0.3, true);

    // When
    Point at = curve.at(0.6);

    // Then
    assertThat(at).isEqualTo(new Point(0.6, 2 / 3.0, 0.5));
    assertThat(curve.at(0.95).right()).isNaN();
  }
}
