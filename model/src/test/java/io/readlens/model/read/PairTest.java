package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairTest {
  private static TokenizedRead tokens(String bases) {
    return Tokenizer.tokenize(Read.of("r", bases));
  }

  @Test
  void shouldHaveTheTokensOfOneMateBehindThoseOfTheOther() {
    // Given
    TokenizedRead first = tokens("ACGTGTA");
    TokenizedRead second = tokens("TTGCAACCNG");

    // When
    TokenizedRead pair = TokenizedRead.pair(first, second, 0);

    // Then
    assertThat(first.mateStart()).isEmpty();
    assertThat(pair.mateStart()).hasValue(7);
    assertThat(pair.length()).isEqualTo(17);
    assertThat(pair.unknownBases()).isEqualTo(1);
    assertThat(pair.tokens()).isEqualTo(first.tokens() + second.tokens());
    for (int token = 0; token < pair.tokens(); token++) {
      boolean ofFirst = token < first.tokens();
      int own = ofFirst ? token : token - first.tokens();
      TokenizedRead mate = ofFirst ? first : second;
      assertThat(pair.tokenId(token)).isEqualTo(mate.tokenId(own));
      assertThat(pair.start(token)).isEqualTo(mate.start(own) + (ofFirst ? 0 : 7));
      assertThat(pair.end(token)).isEqualTo(mate.end(own) + (ofFirst ? 0 : 7));
    }
  }

  @Test
  void shouldCutEachMateIntoItsOwnWindows() {
    // Given mates of 12 and of 3 tokens
    TokenizedRead pair =
        TokenizedRead.pair(tokens("ACGTGT".repeat(12)), tokens("ACGTGT".repeat(3)), 0);

    // When
    List<Window> windows = pair.windows(10);

    // Then
    assertThat(windows)
        .containsExactly(
            new Window(pair, 0, 10), new Window(pair, 2, 12), new Window(pair, 12, 15));
    assertThat(windows).noneMatch(Window::isWholeRead);
  }

  @Test
  void shouldHaveNoWindowOfAMateThatIsShownNothing() {
    // Given
    TokenizedRead first = tokens("ACGTGT".repeat(4));
    TokenizedRead second =
        tokens("N".repeat(30)).hiding(List.of(new Hidden(0, 30, Kind.UNKNOWN)), 0);

    // When
    TokenizedRead pair = TokenizedRead.pair(first, second, 20);
    TokenizedRead turned = TokenizedRead.pair(second, first, 20);

    // Then
    assertThat(pair.windows(10)).containsExactly(new Window(pair, 0, 4));
    assertThat(pair.windows(10).get(0).isWholeRead()).isTrue();
    assertThat(turned.windows(10)).containsExactly(new Window(turned, 30, 34));
    assertThat(turned.windows(10).get(0).places()).isEqualTo(4);
    assertThat(pair.isInformative()).isTrue();
    assertThat(TokenizedRead.pair(first, second, 25).isInformative()).isFalse();
    assertThat(TokenizedRead.pair(second, second, 0).windows(10)).hasSize(1);
  }

  @Test
  void shouldKeepWhatIsHiddenOfEachMateApart() {
    // Given a tail that ends the first mate and one that begins the second
    TokenizedRead first =
        tokens("ACGTGT".repeat(2) + "AAAAAA").hiding(List.of(new Hidden(12, 18, Kind.TAIL)), 0);
    TokenizedRead second =
        tokens("AAAAAA" + "ACGTGT".repeat(2)).hiding(List.of(new Hidden(0, 6, Kind.TAIL)), 0);

    // When
    TokenizedRead pair = TokenizedRead.pair(first, second, 0);

    // Then
    assertThat(pair.hidden())
        .containsExactly(new Hidden(12, 18, Kind.TAIL), new Hidden(18, 24, Kind.TAIL));
    assertThat(pair.shownBases()).isEqualTo(24);
    assertThat(pair.places()).isEqualTo(6);
  }

  @Test
  void shouldHideNoBasesThatALetterOfTheOtherMateLeaves() {
    // Given a first mate that ends in single bases, and a second that begins with an unknown letter
    TokenizedRead pair = TokenizedRead.pair(tokens("ACGTGTAC"), tokens("NACGTGT"), 0);

    // When
    TokenizedRead hidden = pair.hiding(List.of(new Hidden(8, 9, Kind.UNKNOWN)), 0);

    // Then
    assertThat(hidden.hidden()).containsExactly(new Hidden(8, 9, Kind.UNKNOWN));
    assertThat(hidden.mateStart()).hasValue(8);
  }

  @Test
  void shouldEndASpanWhereAMateEnds() {
    // Given
    TokenizedRead pair = TokenizedRead.pair(tokens("ACGTGT".repeat(2)), tokens("TTGCAA"), 0);

    // When
    List<Span> spans = SpanFinder.ROUNDED.find(pair, Mask.of(new float[] {0, 1, 0.75f}));

    // Then
    assertThat(spans).containsExactly(new Span(6, 12, 1), new Span(12, 18, 0.75f));
  }

  @Test
  void shouldShowNoBasesOfTheOtherMateInAView() {
    // Given
    TokenizedRead first = tokens("ACGTGTTTGCAA");
    TokenizedRead second = tokens("GGCATTCCAGAT");
    TokenizedRead pair = TokenizedRead.pair(first, second, 0);
    Views views = new Views(12);

    // When
    List<Window> ofFirst = views.others(pair.windows(10).get(0), 10);
    List<Window> ofSecond = views.others(pair.windows(10).get(1), 10);

    // Then
    assertThat(bases(ofFirst)).isEqualTo(bases(views.others(first.windows(10).get(0), 10)));
    assertThat(bases(ofSecond)).isEqualTo(bases(views.others(second.windows(10).get(0), 10)));
  }

  private static List<String> bases(List<Window> views) {
    return views.stream()
        .map(view -> view.read().bases(view.from(), view.to()).sequence())
        .toList();
  }

  @Test
  void shouldRefuseAPairOfPairs() {
    // Given
    TokenizedRead mate = tokens("ACGTGT");
    TokenizedRead pair = TokenizedRead.pair(mate, tokens(""), 0);

    // When / Then
    assertThat(pair.mateStart()).hasValue(6);
    assertThatThrownBy(() -> TokenizedRead.pair(mate, pair, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
