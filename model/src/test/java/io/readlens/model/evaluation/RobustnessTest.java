package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RobustnessTest {
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
      robustness = Robustness.of(model, InputFilter.NONE, reads, 1);
    }

    // Then
    assertThat(robustness.randomCalled()).isEqualTo(1);
    assertThat(robustness.shuffled().get(Rank.PHYLUM).reads()).isEqualTo(1);
    assertThat(robustness.shuffled().get(Rank.GENUS).reads()).isZero();
    assertThat(robustness.strand().get(Rank.SUPERKINGDOM).calls()).isBetween(0.0, 1.0);
  }
}
