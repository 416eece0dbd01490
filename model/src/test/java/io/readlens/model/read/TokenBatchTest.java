package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
  private static final TokenizedRead LONG =
      Tokenizer.tokenize(Read.of("long", "AAAAAATTTTTTGGGGGGN"));
  private static final TokenizedRead SHORT = Tokenizer.tokenize(Read.of("short", "ACGTGT"));
  private static final TokenizedRead EMPTY = Tokenizer.tokenize(Read.of("empty", ""));

  @Test
  void shouldPrependClsAndPadToTheLongestRow() {
    // Given
    List<TokenizedRead.Window> windows =
        List.of(
            new TokenizedRead.Window(SHORT, 0, 1),
            new TokenizedRead.Window(LONG, 1, 4),
            new TokenizedRead.Window(EMPTY, 0, 0));

    // When
    TokenBatch batch = TokenBatch.of(windows);

    // Then
    assertThat(batch.rows()).isEqualTo(3);
    assertThat(batch.width()).isEqualTo(4);
    assertThat(batch.lengths()).containsExactly(2, 4, 1);
    assertThat(batch.ids())
        .containsExactly(
            3, 739, 1, 1, //
            3, 1371, 4101, 4106, //
            3, 1, 1, 1);
    assertThat(batch.windows()).isEqualTo(windows);
  }

  @Test
  void shouldRefuseToBeEmpty() {
    // When
    // Then
    assertThatThrownBy(() -> TokenBatch.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row");
  }
}
