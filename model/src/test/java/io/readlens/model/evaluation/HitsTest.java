package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HitsTest {
  @Test
  void shouldCountEveryTaxonAlike() {
    // Given
    Hits hits = new Hits();
    for (int i = 0; i < 8; i++) {
      hits.add("common", 0, i < 6 ? 0 : 1);
    }
    hits.add("rare", 1, 1);
    hits.add("rare", 1, -1);

    // When
    Hits.Interval accuracy = hits.balancedAccuracy();

    // Then
    assertThat(accuracy.value()).isCloseTo((6 / 8.0 + 1 / 2.0) / 2, within(1e-9));
    assertThat(accuracy.low()).isLessThanOrEqualTo(accuracy.value());
    assertThat(accuracy.high()).isGreaterThanOrEqualTo(accuracy.value());
  }

  @Test
  void shouldAgreeWithTheRunningCount() {
    // Given
    Hits hits = new Hits();
    BalancedAccuracy running = new BalancedAccuracy();
    for (int i = 0; i < 100; i++) {
      int truth = i % 7;
      int called = i % 3 == 0 ? truth : i % 5;
      hits.add("g" + i % 10, truth, called);
      running.add(truth, called);
    }

    // When / Then
    assertThat(hits.balancedAccuracy().value()).isCloseTo(running.value(), within(1e-12));
    assertThat(running.reads()).isEqualTo(hits.reads()).isEqualTo(100);
  }

  @Test
  void shouldBeSureOfAnAdvantageInEveryGenome() {
    // Given
    Hits better = new Hits();
    Hits worse = new Hits();
    for (int i = 0; i < 60; i++) {
      better.add("g" + i % 6, i % 3, i % 3);
      worse.add("g" + i % 6, i % 3, i < 30 ? i % 3 : -1);
    }

    // When
    Hits.Interval advantage = better.advantageOver(worse);

    // Then
    assertThat(advantage.value()).isCloseTo(0.5, within(1e-9));
    assertThat(advantage.low()).isPositive();
  }

  @Test
  void shouldRefuseToCompareOtherReads() {
    // Given
    Hits one = new Hits();
    one.add("g", 0, 0);
    Hits other = new Hits();
    other.add("g", 1, 0);

    // When / Then
    assertThatThrownBy(() -> one.advantageOver(other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldLeaveReadsOutOfBothSidesOfAComparison() {
    // Given two taxa; what one condition left out the other got wrong
    Hits chunks = new Hits();
    Hits whole = new Hits();
    chunks.add("g1", 0, 0);
    whole.add("g1", 0, 0);
    chunks.leaveOut("g1", 0);
    whole.add("g1", 0, 1);
    chunks.add("g2", 1, 0);
    whole.add("g2", 1, 1);

    // When
    Hits.Interval ratio = chunks.ratioTo(whole);

    // Then of the two reads left one is right, against both
    assertThat(chunks.reads()).isEqualTo(2);
    assertThat(chunks.leftOut()).isEqualTo(1);
    assertThat(ratio.value()).isCloseTo(0.5, within(1e-12));
    assertThat(chunks.advantageOver(whole).value()).isCloseTo(-0.5, within(1e-12));
    assertThat(chunks.balancedAccuracy().value()).isCloseTo(0.5, within(1e-12));
    assertThat(whole.accuracy().value()).isCloseTo(2 / 3.0, within(1e-12));
  }

  @Test
  void shouldKnowNothingWithoutReads() {
    // When
    Hits.Interval accuracy = new Hits().balancedAccuracy();

    // Then
    assertThat(accuracy.value()).isNaN();
    assertThat(new Hits().accuracy().high()).isNaN();
  }

  @Test
  void shouldGiveNoRatioToNothing() {
    // Given
    Hits some = new Hits();
    some.add("g", 0, 0);
    Hits none = new Hits();
    none.add("g", 0, 1);

    // When
    Hits.Interval ratio = some.ratioTo(none);

    // Then
    assertThat(ratio.value()).isNaN();
  }
}
