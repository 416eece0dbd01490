package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final Read READ = Read.of("r", "ACGTTG".repeat(10));

  private static ExplainedRead called(int phylum, Span... spans) {
    return new ExplainedRead(
        List.of(
            new Call(
                Toy.taxonomy().taxon(Rank.PHYLUM, phylum),
                0.9,
                List.of(),
                Mask.of(1f),
                List.of(spans))),
        "checkpoint");
  }

  private static Span span(int start, int end) {
    return new Span(start, end, 1);
  }

  @Test
  void shouldCompareSpansWhereTheyLieInTheReadItself() {
    // Given a read and its other strand: bases [0,12) of one are [48,60) of the other
    List<ExplainedRead> whole = List.of(called(0, span(0, 12)), called(1, span(0, 12)));
    List<ExplainedRead> other = List.of(called(0, span(42, 60)), called(0, span(48, 60)));
    Alteration strand = Alteration.otherStrand(READ);

    // When
    Map<Rank, Agreement> agreement =
        Agreement.of(whole, other, List.of(strand, strand), new Random(1));

    // Then one of two calls is the same, and its 12 bases are 12 of 18; at a rank that neither is
    // called at they agree, and there are no spans to compare
    assertThat(agreement.get(Rank.PHYLUM).calls()).isEqualTo(0.5);
    assertThat(agreement.get(Rank.PHYLUM).compared()).isEqualTo(1);
    assertThat(agreement.get(Rank.PHYLUM).spans()).isCloseTo(12 / 18.0, within(1e-12));
    assertThat(agreement.get(Rank.GENUS).calls()).isEqualTo(1);
    assertThat(agreement.get(Rank.GENUS).spans()).isNaN();
  }

  @Test
  void shouldLeaveOutBasesThatTheLaterReadLacks() {
    // Given a read that begins 4 bases later: its [0,8) is [4,12)
    Alteration later = Alteration.later(READ, 4);

    // When
    Agreement agreement =
        Agreement.of(
                List.of(called(0, span(0, 12))),
                List.of(called(0, span(0, 8))),
                List.of(later),
                new Random(1))
            .get(Rank.PHYLUM);

    // Then
    assertThat(agreement.spans()).isEqualTo(1);
  }

  @Test
  void shouldKnowWhatChanceWouldGive() {
    // Given a span of 6 of 60 bases, and the same
    int reads = 3_000;
    List<ExplainedRead> same = Collections.nCopies(reads, called(0, span(18, 24)));
    Alteration itself = Alteration.later(READ, 0);

    // When
    Agreement agreement =
        Agreement.of(same, same, Collections.nCopies(reads, itself), new Random(1))
            .get(Rank.PHYLUM);

    // Then of 55 places 11 overlap: sum over shifts of (6 - s) / (6 + s), over 55
    double expected = (1 + 2 * (5 / 7.0 + 4 / 8.0 + 3 / 9.0 + 2 / 10.0 + 1 / 11.0)) / 55;
    assertThat(agreement.spans()).isEqualTo(1);
    assertThat(agreement.chance()).isCloseTo(expected, within(0.02));
  }
}
