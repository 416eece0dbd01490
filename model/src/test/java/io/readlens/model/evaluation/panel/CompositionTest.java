package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositionTest {
  private final List<String> truths = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();

  private void reads(int count, String truth, String call) {
    truths.addAll(Collections.nCopies(count, truth));
    calls.addAll(Collections.nCopies(count, call));
  }

  @Test
  void shouldCompareSharesOfCallsWithSharesOfKnownReads() {
    // Given calls of A .5, B .3, X .2 where A is .6 and B .4
    reads(500, "A", "A");
    reads(100, "A", "none");
    reads(300, "B", "B");
    reads(100, "B", "X");
    reads(100, "none", "X");
    reads(900, "none", "none");

    // When
    Composition composition = new Composition(truths, calls);

    // Then
    assertThat(composition.distance().value()).isCloseTo(0.4, within(1e-9));
    assertThat(composition.falseGenera().value()).isEqualTo(1);
    assertThat(composition.missedGenera().value()).isZero();
    assertThat(composition.distance().low()).isBetween(0.3, 0.4);
    assertThat(composition.distance().high()).isBetween(0.4, 0.5);
  }

  @Test
  void shouldCountWhatIsReportedAndWhatIsMissed() {
    // Given a genus of .6 % and one of .4 % that nobody calls, and calls of one in a thousand
    reads(990, "A", "A");
    reads(6, "B", "none");
    reads(4, "C", "none");
    reads(1, "none", "X");
    reads(9, "none", "A");

    // When
    Composition composition = new Composition(truths, calls);

    // Then
    assertThat(composition.missedGenera().value()).isEqualTo(1);
    assertThat(composition.falseGenera().value()).isZero();
  }

  @Test
  void shouldBeFarFromTheTruthWhereNothingIsCalled() {
    // Given
    reads(10, "A", "none");

    // When
    Composition composition = new Composition(truths, calls);

    // Then
    assertThat(composition.distance().value()).isEqualTo(1);
    assertThat(composition.missedGenera().value()).isEqualTo(1);
  }
}
