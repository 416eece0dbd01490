package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.read.Mask;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExposureTest {
  private static final Read READ = Read.of("r", "AAAAAACCCCCCGGGGGGTTTTTTAC");
  private static final LabelledRead LABELLED =
      new LabelledRead(READ, Tokenizer.tokenize(READ), "g", 0, 0, 0);
  private static final float[] USUAL = {0.1f, 0.2f, 0.9f, 0.8f, 0.7f, 0.3f, 1};

  /** Six tokens: four 6-mers, A and C. */
  private static Exposure exposure(float... mask) {
    return new Exposure(LABELLED, Mask.of(mask), USUAL, SpanFinder.ROUNDED, new Random(1));
  }

  @Test
  void shouldOpenAndCloseGates() {
    // Given
    Exposure exposure = exposure(0.75f, 1, 0.25f, 0.5f, 0, 0.625f);

    // When / Then
    assertThat(exposure.gate(Condition.UNMASKED)).containsOnly(1);
    assertThat(exposure.gate(Condition.MASKED)).containsExactly(0.75f, 1, 0.25f, 0.5f, 0, 0.625f);
    assertThat(exposure.gate(Condition.INVERTED)).containsExactly(0.25f, 0, 0.75f, 0.5f, 1, 0.375f);
    assertThat(exposure.gate(Condition.SPANS)).containsExactly(1, 1, 0, 0, 0, 1);
    assertThat(exposure.gate(Condition.WITHOUT_SPANS)).containsExactly(0, 0, 1, 1, 1, 0);
    assertThat(exposure.gate(Condition.USUAL_PLACES)).containsExactly(0, 0, 1, 1, 1, 0);
    assertThat(exposure.gate(Condition.MEAN_MASK))
        .containsExactly(0.1f, 0.2f, 0.9f, 0.8f, 0.7f, 0.3f);
    assertThat(exposure.gate(Condition.RANDOM_SPANS)).containsOnly(0, 1).hasSize(6);
  }

  @Test
  void shouldCutChunksThatStandAlone() {
    // Given
    Exposure exposure = exposure(0.75f, 1, 0.25f, 0.5f, 0, 0.625f);

    // When
    List<TokenizedRead> relevant = exposure.chunks(Condition.RELEVANT_CHUNKS);
    List<TokenizedRead> irrelevant = exposure.chunks(Condition.IRRELEVANT_CHUNKS);

    // Then
    assertThat(relevant).extracting(TokenizedRead::tokens).containsExactly(2, 1);
    assertThat(relevant).extracting(TokenizedRead::length).containsExactly(12, 1);
    assertThat(relevant.get(1).tokenId(0)).isEqualTo(LABELLED.tokens().tokenId(5));
    assertThat(irrelevant).hasSize(1);
    assertThat(irrelevant.get(0).start(1)).isEqualTo(6);
    assertThat(exposure.spans(Condition.WITHOUT_SPANS)).containsExactly(new Span(12, 25, 1));
  }

  @Test
  void shouldShowNothingOfAMaskThatKeepsNothing() {
    // Given
    Exposure exposure = exposure(0, 0, 0, 0, 0, 0);

    // When
    List<TokenizedRead> relevant = exposure.chunks(Condition.RELEVANT_CHUNKS);

    // Then
    assertThat(relevant).isEmpty();
    assertThat(exposure.chunks(Condition.IRRELEVANT_CHUNKS)).hasSize(1);
    assertThat(exposure.spans(Condition.UNMASKED)).containsExactly(new Span(0, 26, 1));
  }
}
