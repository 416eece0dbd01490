package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void shouldCoverWhatIsShownWithWindowsThatFit(long seed) {
    // Given
    Random random = new Random(seed);
    StringBuilder bases = new StringBuilder();
    int length = 1 + random.nextInt(2_000);
    for (int i = 0; i < length; i++) {
      bases.append(random.nextInt(12) == 0 ? 'N' : "ACGT".charAt(random.nextInt(4)));
    }
    Hidden.Kind[] kinds = Hidden.Kind.values();
    List<Hidden> stretches = new ArrayList<>();
    for (int i = random.nextInt(30); i >= 0; i--) {
      int start = random.nextInt(length);
      int end = Math.min(length, start + 1 + random.nextInt(60));
      stretches.add(new Hidden(start, end, kinds[random.nextInt(kinds.length)]));
    }
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", bases)).hiding(stretches, 0);
    int most = 1 + random.nextInt(60);

    // When
    List<TokenizedRead.Window> windows = read.windows(most);

    // Then
    BitSet covered = new BitSet();
    for (TokenizedRead.Window window : windows) {
      TokenBatch row = TokenBatch.of(List.of(window));
      assertThat(window.places()).as("seed %d", seed).isLessThanOrEqualTo(most);
      assertThat(row.width()).isEqualTo(1 + window.places());
      long[] expected = new long[row.width()];
      Arrays.fill(expected, Vocabulary.PAD);
      expected[0] = Vocabulary.CLS;
      int shown = 0;
      for (int token = window.from(); token < window.to(); token++) {
        if (!read.isHidden(token)) {
          expected[1 + window.place(token)] = read.tokenId(token);
          covered.set(token);
          shown++;
        }
      }
      assertThat(row.ids()).isEqualTo(expected);
      assertThat(window.shownTokens()).isEqualTo(shown);
      if (read.shownTokens() > 0) {
        assertThat(read.isHidden(window.from())).isFalse();
        assertThat(read.isHidden(window.to() - 1)).isFalse();
      }
    }
    assertThat(covered.cardinality()).isEqualTo(read.shownTokens());
    assertThat(windows.size() == 1).isEqualTo(windows.get(0).isWholeRead());
  }

  @Test
  void shouldHideEveryTokenThatAStretchTouches() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTGTACGTGTACGTGTACGTGTAC"));

    // When
    TokenizedRead hidden =
        read.hiding(
            List.of(
                new Hidden(11, 13, Hidden.Kind.TAIL),
                new Hidden(5, 6, Hidden.Kind.LOW_COMPLEXITY),
                new Hidden(12, 20, Hidden.Kind.LOW_COMPLEXITY)),
            10);

    // Then
    assertThat(hidden.hidden())
        .containsExactly(
            new Hidden(0, 6, Hidden.Kind.LOW_COMPLEXITY),
            new Hidden(6, 18, Hidden.Kind.TAIL),
            new Hidden(18, 24, Hidden.Kind.LOW_COMPLEXITY));
    assertThat(hidden.shownBases()).isEqualTo(2);
    assertThat(hidden.isInformative()).isFalse();
    assertThat(read.isInformative()).isTrue();
    assertThat(read.hidden()).isEmpty();
  }

  @Test
  void shouldGivePlacesToRunsOfHiddenTokens() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTGT".repeat(7)));

    // When
    TokenizedRead hidden =
        read.hiding(
            List.of(new Hidden(12, 24, Hidden.Kind.TAIL), new Hidden(36, 42, Hidden.Kind.ADAPTER)),
            0);

    // Then
    TokenizedRead.Window window = hidden.windows(10).get(0);
    assertThat(window).isEqualTo(new TokenizedRead.Window(hidden, 0, 6));
    assertThat(window.places()).isEqualTo(5);
    assertThat(window.place(4)).isEqualTo(3);
    assertThat(hidden.places()).isEqualTo(6);
    assertThat(hidden.part(1, 5).hidden()).containsExactly(new Hidden(6, 18, Hidden.Kind.TAIL));
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
