package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.evaluation.Condition.By;
import org.junit.jupiter.api.Test;

class ConditionTest {
  @Test
  void shouldKnowItsControls() {
    // When / Then
    assertThat(Condition.SPANS.control(By.RANDOM)).contains(Condition.RANDOM_SPANS);
    assertThat(Condition.WITHOUT_SPANS.control(By.USUAL)).contains(Condition.WITHOUT_USUAL_PLACES);
    assertThat(Condition.IRRELEVANT_CHUNKS.control(By.RANDOM))
        .contains(Condition.OTHER_RANDOM_CHUNKS);
    assertThat(Condition.INVERTED.control(By.USUAL)).contains(Condition.MEAN_MASK_INVERTED);
    assertThat(Condition.MASKED.control(By.RANDOM)).isEmpty();
    assertThat(Condition.UNMASKED.control(By.USUAL)).isEmpty();
  }
}
