package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.TokenizedRead.Window;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewsTest {
  private static final String BASES = "AACCGGTTACGTACGTTTGGCA";

  @Test
  void shouldReadBothStrandsInTwoFrames() {
    // Given
    Window whole = whole(BASES);

    // When
    List<Window> others = new Views(4).others(whole, 100);

    // Then
    assertThat(others)
        .extracting(ViewsTest::text)
        .containsExactly(
            "TGCCAAACGTACGTAACCGGTT", // the other strand
            "CGGTTACGTACGTTTGGCA", // without its first three bases
            "CAAACGTACGTAACCGGTT"); // the other strand without its first three
  }

  @Test
  void shouldDropUpToFiveLeadingBasesOfEitherStrand() {
    // Given
    String other = Read.of("r", BASES).reverseComplement().sequence();

    // When
    List<Window> others = new Views(12).others(whole(BASES), 100);

    // Then
    assertThat(others)
        .extracting(ViewsTest::text)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 12)
                .filter(i -> i != 0)
                .mapToObj(i -> i < 6 ? BASES.substring(i) : other.substring(i - 6))
                .toList());
    assertThat(others).allMatch(view -> view.read().id().equals("r"));
  }

  @Test
  void shouldLookAtTheBasesBesideAWindowOfALongRead() {
    // Given: the window is the fourth to the sixth of ten 6-mers
    String bases = random(60, "ACGT", 1);
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", bases));
    Window middle = new Window(read, 3, 6);

    // When
    List<Window> others = new Views(4).others(middle, 3);

    // Then
    assertThat(others)
        .extracting(ViewsTest::text)
        .containsExactly(
            reversed(bases.substring(18, 36)),
            bases.substring(21, 39),
            reversed(bases.substring(15, 33)));
    assertThat(others).allMatch(view -> view.tokens() == 3);
  }

  @Test
  void shouldStopAtTheEndsOfARead() {
    // Given
    String bases = random(60, "ACGT", 2);
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", bases));

    // When
    List<Window> ofFirst = new Views(4).others(new Window(read, 0, 4), 6);
    List<Window> ofLast = new Views(4).others(new Window(read, 6, 10), 6);

    // Then
    assertThat(text(ofFirst.get(2))).isEqualTo(reversed(bases.substring(0, 21)));
    assertThat(text(ofLast.get(1))).isEqualTo(bases.substring(39));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 12})
  void shouldKeepWithinWhatTheNetworkTakes(int count) {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", random(2_000, "ACGTACGTACGTNR", 3)));

    // When / Then
    for (Window window : read.windows(40)) {
      List<Window> others = new Views(count).others(window, 40);
      assertThat(others).hasSize(count - 1).allMatch(view -> view.tokens() <= 40);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "ACGTA", "N", "NNNNNNNACGTACRYRYAC"})
  void shouldBearAnyRead(String bases) {
    // When
    List<Window> others = new Views(12).others(whole(bases), 100);

    // Then
    assertThat(others).hasSize(11);
    assertThat(others.get(0).read().length()).isEqualTo(bases.length());
  }

  @Test
  void shouldSeeTheSameTokensWhateverTheUnknownLetters() {
    // Given
    String bases = "ACGTACNNACGTACGTAYKACGTACGTN";

    // When
    Window twice = new Views(2).others(new Views(2).others(whole(bases), 100).get(0), 100).get(0);

    // Then
    TokenizedRead once = whole(bases).read();
    assertThat(twice.tokens()).isEqualTo(once.tokens());
    for (int token = 0; token < once.tokens(); token++) {
      assertThat(twice.read().tokenId(token)).isEqualTo(once.tokenId(token));
    }
  }

  @Test
  void shouldAddNothingToOneView() {
    // When / Then
    assertThat(Views.ONE.others(whole(BASES), 100)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 6, 24})
  void shouldRefuseOtherNumbers(int count) {
    // When / Then
    assertThatThrownBy(() -> new Views(count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("views are 1, 2, 4 or 12, not " + count);
  }

  private static Window whole(String bases) {
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", bases));
    return new Window(read, 0, read.tokens());
  }

  private static String text(Window view) {
    return view.read().bases(view.from(), view.to()).sequence();
  }

  private static String reversed(String bases) {
    return Read.of("r", bases).reverseComplement().sequence();
  }

  private static String random(int length, String letters, long seed) {
    Random random = new Random(seed);
    StringBuilder bases = new StringBuilder();
    for (int i = 0; i < length; i++) {
      bases.append(letters.charAt(random.nextInt(letters.length())));
    }
    return bases.toString();
  }
}
