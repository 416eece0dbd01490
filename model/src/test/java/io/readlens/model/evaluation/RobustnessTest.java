package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.Call;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.Robustness.Agreement;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.Tokenizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RobustnessTest {
  private static final int LENGTH = 60;

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

    // When
    Map<Rank, Agreement> agreement =
        Robustness.agreement(whole, other, (read, base) -> LENGTH - 1 - base);

    // Then one of two calls is the same, and its 12 bases are 12 of 18; at a rank that neither is
    // called at they agree, and there are no spans to compare
    assertThat(agreement.get(Rank.PHYLUM).calls()).isEqualTo(0.5);
    assertThat(agreement.get(Rank.PHYLUM).spans()).isCloseTo(12 / 18.0, within(1e-12));
    assertThat(agreement.get(Rank.GENUS).calls()).isEqualTo(1);
    assertThat(agreement.get(Rank.GENUS).spans()).isNaN();
  }

  @Test
  void shouldMeasureAModel() {
    // Given a model of random weights that calls every read something, and a read
    Checkpoint checkpoint = Checkpoint.random(Toy.CONFIG, Toy.taxonomy(), 1);
    Read read = Read.of("read", "ACGTTGCATTGACCA");
    List<LabelledRead> reads =
        List.of(new LabelledRead(read, Tokenizer.tokenize(read), "genome", 0, 1, -1));

    // When
    Robustness robustness;
    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      robustness = Robustness.of(model, reads, 1);
    }

    // Then
    assertThat(robustness.randomCalled()).isEqualTo(1);
    assertThat(robustness.shuffled().get(Rank.PHYLUM).reads()).isEqualTo(1);
    assertThat(robustness.shuffled().get(Rank.GENUS).reads()).isZero();
    assertThat(robustness.reliability().get(Rank.SUPERKINGDOM).bins()).hasSize(1);
    assertThat(robustness.strand().get(Rank.SUPERKINGDOM).calls()).isBetween(0.0, 1.0);
  }
}
