package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.MaskStatistics.Bin;
import io.readlens.model.evaluation.MaskStatistics.Place;
import io.readlens.model.evaluation.MaskStatistics.Summary;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Read;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskStatisticsTest {
  private final MaskStatistics masks = new MaskStatistics(SpanFinder.ROUNDED);

  /** A call of a read of 6-mers, one a score. */
  private void add(float... scores) {
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTTG".repeat(scores.length)));
    masks.add(read, Mask.of(scores));
  }

  @Test
  void shouldSummarize() {
    // Given spans of 12 and 6 bases, one of 18, five of 6, and none
    add(0.9f, 0.9f, 0.1f, 0.6f);
    add(1, 1, 1);
    add(1, 0, 1, 0, 1, 0, 1, 0, 1);
    add(0.5f, 0.5f);

    // When
    Summary summary = masks.summary();

    // Then
    assertThat(summary.calls()).isEqualTo(4);
    assertThat(summary.meanScore()).isCloseTo((2.5 + 3 + 5 + 1) / 18, within(1e-6));
    assertThat(summary.keptTokens()).isCloseTo(11 / 18.0, within(1e-12));
    assertThat(summary.keptBases()).isCloseTo((3 / 4.0 + 1 + 5 / 9.0 + 0) / 4, within(1e-12));
    assertThat(summary.spans()).isEqualTo(8 / 4.0);
    assertThat(summary.fewSpans()).isEqualTo(3 / 4.0);
    assertThat(summary.spanBases()).isEqualTo(66 / 8.0);
    assertThat(summary.spanBasesOfRead()).isEqualTo((9 + 18 + 6) / 3.0);
    assertThat(summary.withoutSpans()).isEqualTo(1);
    assertThat(summary.wholeReads()).isEqualTo(1);
  }

  @Test
  void shouldHaveHistograms() {
    // Given
    add(0, 0.04f, 0.99f, 1);
    add(1, 0, 1, 1);

    // When
    List<Bin> scores = masks.scores();

    // Then
    assertThat(scores).hasSize(20);
    assertThat(scores.get(0)).isEqualTo(new Bin(0, 0.05, 3));
    assertThat(scores.get(19)).isEqualTo(new Bin(0.95, 1, 5));
    assertThat(masks.spanLengths()).containsExactly(new Bin(0, 12, 1), new Bin(12, 24, 2));
    assertThat(masks.spanCounts()).hasSize(21).contains(new Bin(1, 2, 1), new Bin(2, 3, 1));
  }

  @Test
  void shouldFollowTheRead() {
    // Given ten reads of which the first half is masked and one token of the other half is not
    for (int i = 0; i < 10; i++) {
      add(0, i == 9 ? 0.2f : 1);
    }

    // When
    List<Place> profile = masks.profile();

    // Then a token stands at its middle
    assertThat(profile).hasSize(2);
    assertThat(profile.get(0)).isEqualTo(new Place(0.25, 0, 0, 0, 0, 0));
    assertThat(profile.get(1).place()).isEqualTo(0.75);
    assertThat(profile.get(1).mean()).isCloseTo(0.92, within(1e-6));
    assertThat(profile.get(1).least()).isEqualTo(0.2);
    assertThat(profile.get(1).ninetieth()).isEqualTo(1);
  }

  @Test
  void shouldHaveNoMeansWithoutCalls() {
    // When
    Summary summary = masks.summary();

    // Then
    assertThat(summary.calls()).isZero();
    assertThat(summary.spanBases()).isNaN();
    assertThat(masks.spanLengths()).containsExactly(new Bin(0, 12, 0));
    assertThat(masks.profile()).isEmpty();
  }
}
