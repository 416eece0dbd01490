package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On sizes small enough to count by hand: E 8, 2 layers, feed-forward 6, LSTM 5 to 2 x 3. */
class ModelConfigTest {
  /** What one window takes is bounded, though no weight grows with it. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 8, 19000, 8191, explainer_hidden_size cannot be 19000 with window_tokens 8191",
    "2, 1, 8, 513, 8191, explainer_hidden_size cannot be 513",
    "2, 1, 8, 65536, 1000, explainer_hidden_size cannot be 65536",
    "256, 64, 8, 8, 8191, num_attention_heads cannot be 64",
    "65536, 1, 8, 8, 2000, hidden_size cannot be 65536",
    "16, 2, 65536, 8, 4000, intermediate_size cannot be 65536",
  })
  void shouldRefuseWindowsThatTakeTooMuchMemory(
      int hidden, int heads, int intermediate, int explainer, int window, String words) {
    // When
    var thrown =
        assertThatThrownBy(
            () ->
                ModelConfig.ofPaper(
                    hidden, 1, heads, intermediate, 1e-5, 8192, false, window, 8, explainer));

    // Then
    thrown.isInstanceOf(IllegalArgumentException.class).hasMessageContaining(words);
    thrown.hasMessageContaining("one window would take");
  }

  @Test
  void shouldRefuseAnEmbeddingOfTheExplainerThatTakesTooMuchMemory() {
    // When
    var thrown =
        assertThatThrownBy(
            () -> ModelConfig.ofPaper(16, 1, 2, 16, 1e-5, 8192, false, 2_000, 65_536, 8));

    // Then
    thrown
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "explainer_embedding_size cannot be 65536 with window_tokens 2000: one window would"
                + " take 500 MiB, 256 at most");
  }

  /** Windows of one token have room for anything, and tensors do not. */
  @ParameterizedTest
  @CsvSource({
    "65538, 16, 8, 8, hidden_size cannot be 65538",
    "16, 65537, 8, 8, intermediate_size cannot be 65537",
    "16, 16, 65537, 8, explainer_embedding_size cannot be 65537",
    "16, 16, 8, 65537, explainer_hidden_size cannot be 65537",
  })
  void shouldRefuseSizesOfWhichTensorsWouldBeHuge(
      int hidden, int intermediate, int embedding, int explainer, String words) {
    // When
    var thrown =
        assertThatThrownBy(
            () ->
                ModelConfig.ofPaper(
                    hidden, 1, 1, intermediate, 1e-5, 64, false, 1, embedding, explainer));

    // Then
    thrown.isInstanceOf(IllegalArgumentException.class).hasMessage(words);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 8_193, Integer.MAX_VALUE})
  void shouldRefuseAReachThatIsNone(int reach) {
    // When
    var thrown =
        assertThatThrownBy(
            () -> Toy.OVERLAPPING.withExplainer(ModelConfig.Kind.SHARED, 0, 3, reach));

    // Then
    thrown
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("explainer_reach cannot be " + reach);
  }

  /** The published 50M and 500M, and larger than they are. */
  @ParameterizedTest
  @CsvSource({"512, 16, 2048, 40, 2047", "1024, 16, 4096, 512, 2047", "256, 2, 512, 511, 8191"})
  void shouldTakeModelsOfUse(int hidden, int heads, int intermediate, int explainer, int window) {
    // When
    ModelConfig config =
        ModelConfig.ofPaper(
            hidden, 12, heads, intermediate, 1e-5, 8192, false, window, 100, explainer);

    // Then
    assertThat(config.windowTokens()).isEqualTo(window);
  }

  @Test
  void shouldCountTheMatrixProductsOfAClassification() {
    // When
    double flops = Toy.CONFIG.classifyFlops(9, 7);

    // Then
    int projections = 10 * (4 * 8 * 8 + 8 * 12 + 6 * 8);
    int attention = 2 * 10 * 10 * 8;
    assertThat(flops).isEqualTo(2 * (2 * (projections + attention) + 8 * 7));
  }

  @Test
  void shouldCountTheMatrixProductsOfAnExplanation() {
    // When
    double flops = Toy.CONFIG.explainFlops(9, 2);

    // Then
    int first = 2 * 12 * (5 + 3);
    int second = 2 * 12 * (6 + 3);
    assertThat(flops).isEqualTo(2 * 10 * (first + second + 12 * 2));
  }

  @Test
  void shouldCountTheMatrixProductsOfASharedExplanation() {
    // When
    double flops = Toy.OVERLAPPING.explainFlops(9, 2);

    // Then
    int near = 2 * 3 * (8 + 10);
    assertThat(flops).isEqualTo(2 * 10 * (near + 12 * 2));
  }

  @Test
  void shouldCountTheMatrixProductsOfAnExplanationByEvidence() {
    // When
    double flops = Toy.EVIDENCE.explainFlops(9, 2);

    // Then
    assertThat(flops).isEqualTo(2 * 10 * 2 * (8 + 10));
  }

  @Test
  void shouldRefuseEvidenceAmongLabelsWithoutBackground() {
    // When
    var thrown = assertThatThrownBy(() -> Toy.EVIDENCE.requireFits(Toy.taxonomy()));

    // Then
    thrown
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an Explainer of EVIDENCE needs labels of background, and there are none");
  }
}
