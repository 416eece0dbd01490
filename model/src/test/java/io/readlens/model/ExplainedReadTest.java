package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplainedReadTest {
  private static final Taxonomy LABELS = Toy.taxonomyWithBackground();

  private static ExplainedRead unclassified(int leaf, float logit) {
    float[] logits = new float[LABELS.classes()];
    logits[leaf] = logit;
    return ExplainedRead.ofUnclassified("c", TaxonProbabilities.ofLogits(LABELS, logits, 0));
  }

  @Test
  void shouldNameTheBackgroundThatIsMoreProbableThanAllElse() {
    // When
    ExplainedRead vector = unclassified(LABELS.size(), 8);

    // Then
    assertThat(vector.reason()).isEqualTo("BACKGROUND");
    assertThat(vector.background()).isEqualTo("vector");
  }

  @Test
  void shouldSayThatAReadIsLikeNothingLearnt() {
    // When
    ExplainedRead nothing = unclassified(LABELS.size() + 1, 8);

    // Then
    assertThat(nothing.reason()).isEqualTo("UNLIKE_TRAINING_DATA");
    assertThat(nothing.background()).isEmpty();
  }

  @Test
  void shouldSayNoMoreThanThatNothingIsProbableEnough() {
    // When
    ExplainedRead weak = unclassified(LABELS.size(), 1);
    ExplainedRead genus = unclassified(LABELS.offset(Rank.GENUS), 8);
    float[] logits = new float[Toy.taxonomy().size()];
    ExplainedRead withoutBackground =
        ExplainedRead.ofUnclassified("c", TaxonProbabilities.ofLogits(Toy.taxonomy(), logits, 0));

    // Then
    assertThat(List.of(weak, genus, withoutBackground))
        .allSatisfy(read -> assertThat(read.reason()).isEqualTo("NOT_PROBABLE_ENOUGH"))
        .allSatisfy(read -> assertThat(read.background()).isEmpty());
  }

  @Test
  void shouldNameABackgroundWhereThatIsTheReasonAlone() {
    // Given
    List<Call> none = List.of();

    // When, Then
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExplainedRead(none, "c", ExplainedRead.BACKGROUND));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ExplainedRead(none, "c", ExplainedRead.NOT_PROBABLE_ENOUGH, "vector"));
  }
}
