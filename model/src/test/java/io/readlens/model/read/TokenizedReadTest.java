package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizedReadTest {
  @Test
  void shouldMapTokensToBases() {
    // When
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTGTNACGTGTA"));

    // Then
    assertThat(read.tokens()).isEqualTo(4);
    assertThat(read.start(2)).isEqualTo(7);
    assertThat(read.end(2)).isEqualTo(13);
    assertThat(read.length()).isEqualTo(14);
  }

  @Test
  void shouldBeOneWindowIfItFits() {
    // Given
    TokenizedRead read = ofTokens(10);

    // When
    List<TokenizedRead.Window> windows = read.windows(10);

    // Then
    assertThat(windows).containsExactly(new TokenizedRead.Window(read, 0, 10));
  }

  @Test
  void shouldBeOneEmptyWindowIfItIsEmpty() {
    // Given
    TokenizedRead read = ofTokens(0);

    // When
    List<TokenizedRead.Window> windows = read.windows(10);

    // Then
    assertThat(windows).containsExactly(new TokenizedRead.Window(read, 0, 0));
  }

  @Test
  void shouldOverlapWindowsByAFifth() {
    // Given
    TokenizedRead read = ofTokens(25);

    // When
    List<TokenizedRead.Window> windows = read.windows(10);

    // Then
    assertThat(windows)
        .containsExactly(
            new TokenizedRead.Window(read, 0, 10),
            new TokenizedRead.Window(read, 8, 18),
            new TokenizedRead.Window(read, 15, 25));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 7, 10, 100})
  void shouldCoverEveryTokenWithWindowsOfOneLength(int maxTokens) {
    for (int tokens = maxTokens + 1; tokens < 3 * maxTokens + 20; tokens++) {
      // Given
      TokenizedRead read = ofTokens(tokens);

      // When
      List<TokenizedRead.Window> windows = read.windows(maxTokens);

      // Then
      int covered = 0;
      for (TokenizedRead.Window window : windows) {
        assertThat(window.tokens()).isEqualTo(maxTokens);
        assertThat(window.from()).as("no gap").isLessThanOrEqualTo(covered);
        assertThat(window.to()).as("no window in vain").isGreaterThan(covered);
        covered = window.to();
      }
      assertThat(covered).isEqualTo(tokens);
    }
  }

  @Test
  void shouldRefuseWindowsWithoutTokens() {
    // Given
    TokenizedRead read = ofTokens(3);

    // When
    // Then
    assertThatThrownBy(() -> read.windows(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseAWindowOutsideTheRead() {
    // Given
    TokenizedRead read = ofTokens(3);

    // When
    // Then
    assertThatThrownBy(() -> new TokenizedRead.Window(read, 1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1,4)");
    assertThatThrownBy(() -> new TokenizedRead.Window(read, -1, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenizedRead.Window(read, 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static TokenizedRead ofTokens(int tokens) {
    return Tokenizer.tokenize(Read.of("r", "N".repeat(tokens)));
  }

  @Test
  void shouldMakeAReadOfARunOfTokens() {
    // Given the tokens ACGTTG, N, A and C
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTTGNAC"));

    // When
    TokenizedRead part = read.part(1, 3);

    // Then
    assertThat(part.tokens()).isEqualTo(2);
    assertThat(part.tokenId(0)).isEqualTo(Vocabulary.N);
    assertThat(part.start(1)).isEqualTo(1);
    assertThat(part.length()).isEqualTo(2);
    assertThat(part.unknownBases()).isEqualTo(1);
    assertThat(read.part(0, 4).length()).isEqualTo(read.length());
    assertThat(read.part(2, 2).tokens()).isZero();
  }
}
