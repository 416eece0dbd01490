package io.readlens.model.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Hidden;
import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InputFilterTest {
  private static final InputFilter STANDARD = InputFilter.standard();

  private static TokenizedRead tokens(String bases) {
    return STANDARD.tokenize(Read.of("read", bases));
  }

  private static InputFilter only(Kind kind) {
    return InputFilter.of(EnumSet.of(kind), Adapters.bundled(), InputFilter.LEAST_BASES);
  }

  @ParameterizedTest
  @CsvSource({"150,0", "150,.05", "250,.02", "250,.05", "1500,.01", "1500,.05", "10000,.05"})
  void shouldLeaveNothingOfRepeats(int length, double noise) {
    // Given
    Random random = new Random(length);
    int units = 120;

    // When
    int informative = 0;
    for (int i = 0; i < units; i++) {
      String unit = Sequences.random(1 + i % 6, 0.5, random);
      String bases = Sequences.repeat(unit, length, noise, random);
      informative += tokens(bases).isInformative() ? 1 : 0;
    }

    // Then
    assertThat(informative).as("seed %d", length).isLessThanOrEqualTo(units / 100);
  }

  @Test
  void shouldFilterEachMateByItself() {
    // Given mates of which one ends in a tail and the other begins with one
    Random random = new Random(8);
    String first = Sequences.random(120, 0.5, random) + "A".repeat(30);
    String second = "T".repeat(40) + Sequences.random(110, 0.5, random);

    // When
    TokenizedRead pair = STANDARD.tokenize(Read.of("r", first), Read.of("r", second));

    // Then
    TokenizedRead one = tokens(first);
    TokenizedRead two = tokens(second);
    assertThat(one.hidden()).isNotEmpty();
    assertThat(two.hidden()).isNotEmpty();
    List<Hidden> expected = new ArrayList<>(one.hidden());
    two.hidden()
        .forEach(
            each -> expected.add(new Hidden(150 + each.start(), 150 + each.end(), each.kind())));
    assertThat(pair.hidden()).isEqualTo(expected);
    assertThat(pair.shownBases()).isEqualTo(one.shownBases() + two.shownBases());
  }

  @Test
  void shouldCallAPairInformativeIfBothMatesTogetherAre() {
    // Given mates that are shown 40 bases or so each
    Random random = new Random(9);
    Read mate = Read.of("r", Sequences.random(40, 0.5, random) + "A".repeat(60));

    // When
    TokenizedRead pair = STANDARD.tokenize(mate, mate);

    // Then
    assertThat(STANDARD.tokenize(mate).isInformative()).isFalse();
    assertThat(pair.isInformative()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AT", "CA", "CAG", "GATA", "CG", "G", "TTAGGG"})
  void shouldHideRepeatsWhole(String unit) {
    // When
    TokenizedRead read = tokens(unit.repeat(1_500 / unit.length()));

    // Then
    assertThat(read.shownBases()).isZero();
    assertThat(read.isInformative()).isFalse();
    assertThat(read.hidden())
        .containsExactly(
            new Hidden(0, 1_500, unit.length() == 1 ? Kind.TAIL : Kind.LOW_COMPLEXITY));
  }

  @ParameterizedTest
  @ValueSource(doubles = {.2, .35, .5, .65, .8})
  void shouldShowRandomBases(double gc) {
    // Given
    Random random = new Random(Math.round(100 * gc));
    int reads = 200;

    // When
    int hidden = 0;
    for (int i = 0; i < reads; i++) {
      hidden += 1_500 - tokens(Sequences.random(1_500, gc, random)).shownBases();
    }

    // Then
    assertThat(hidden / (reads * 1_500.0)).isLessThan(0.002);
  }

  @Test
  void shouldHideUnknownLettersAndTheBasesBetweenThem() {
    // When
    TokenizedRead read =
        only(Kind.UNKNOWN).tokenize(Read.of("read", "ACGTTGACNACGNCCATGAGATTACRYT"));

    // Then
    assertThat(read.hidden())
        .containsExactly(new Hidden(6, 13, Kind.UNKNOWN), new Hidden(25, 28, Kind.UNKNOWN));
    assertThat(read.shownBases()).isEqualTo(18);
    assertThat(read.shownTokens()).isEqualTo(3);
  }

  @Test
  void shouldKeepSingleBasesAtTheEndOfARead() {
    // When
    TokenizedRead read = only(Kind.UNKNOWN).tokenize(Read.of("read", "NACGTTGAC"));

    // Then
    assertThat(read.hidden()).containsExactly(new Hidden(0, 1, Kind.UNKNOWN));
  }

  @Test
  void shouldHideTailsWithErrors() {
    // Given
    String real = Sequences.random(600, 0.5, new Random(9));

    // When
    TokenizedRead after = tokens(real + "G".repeat(200) + "T" + "G".repeat(150) + "AG");
    TokenizedRead before = tokens("T".repeat(20) + "C" + "T".repeat(29) + real);

    // Then
    assertThat(after.hidden()).hasSize(1);
    assertThat(after.hidden().get(0).kind()).isEqualTo(Kind.TAIL);
    assertThat(after.shownBases()).isBetween(594, 600);
    assertThat(before.hidden()).hasSize(1);
    assertThat(before.shownBases()).isBetween(590, 600);
  }

  @ParameterizedTest
  @CsvSource({"0,1", ".05,.9"})
  void shouldHideAdaptersAtTheEndsAndInside(double noise, double share) {
    // Given
    Random random = new Random(4);
    InputFilter filter = only(Kind.ADAPTER);
    List<String> adapters = List.of(Adapters.bundled().toString().split(","));

    // When
    int sought = 0;
    int found = 0;
    for (String adapter : adapters) {
      if (adapter.length() < 20) {
        continue;
      }
      String piece = Sequences.noisy(adapter, noise, random);
      String left = Sequences.random(500, 0.5, random);
      String right = Sequences.random(500, 0.5, random);
      List<String> reads = List.of(piece + right, left + piece, left + piece + right);
      List<Integer> places = List.of(0, left.length(), left.length());
      for (int i = 0; i < reads.size(); i++) {
        Read read = Read.of("read", reads.get(i));
        boolean reverse = random.nextBoolean();
        int at = places.get(i);
        int start = reverse ? read.length() - at - piece.length() : at;
        List<Hidden> hidden = filter.tokenize(reverse ? read.reverseComplement() : read).hidden();
        sought++;
        found += overlap(hidden, start, start + piece.length()) >= 0.8 * piece.length() ? 1 : 0;
      }
    }

    // Then
    assertThat(sought).isGreaterThan(300);
    assertThat((double) found / sought).isGreaterThanOrEqualTo(share);
  }

  private static int overlap(List<Hidden> hidden, int start, int end) {
    return hidden.stream()
        .mapToInt(each -> Math.max(0, Math.min(end, each.end()) - Math.max(start, each.start())))
        .sum();
  }

  @Test
  void shouldHideThePartOfAnAdapterThatAReadEndsIn() {
    // Given
    String real = Sequences.random(300, 0.5, new Random(12));

    // When
    TokenizedRead read = tokens(real + "AGATCGGAAGAGCACAC");

    // Then
    assertThat(read.hidden()).singleElement().extracting(Hidden::kind).isEqualTo(Kind.ADAPTER);
    assertThat(read.hidden().get(0).end()).isEqualTo(read.length());
    assertThat(read.shownBases()).isBetween(288, 300);
  }

  @Test
  void shouldLeaveNothingOfAdaptersInARow() {
    // Given
    String adapters = Adapters.bundled().toString();

    // When
    List<TokenizedRead> reads =
        List.of(adapters.split(",")).stream()
            .filter(adapter -> adapter.length() >= 20)
            .map(adapter -> tokens(adapter.repeat(600 / adapter.length())))
            .toList();

    // Then
    assertThat(reads).noneMatch(TokenizedRead::isInformative);
  }

  @Test
  void shouldTokenizeAsEverWithoutFilters() {
    // When
    TokenizedRead read = InputFilter.NONE.tokenize(Read.of("read", "A".repeat(60) + "N"));

    // Then
    assertThat(read.hidden()).isEmpty();
    assertThat(read.isInformative()).isTrue();
    assertThat(read.shownTokens()).isEqualTo(11);
  }

  @Test
  void shouldCallAReadInformativeOfWhichNothingIsHidden() {
    // When
    TokenizedRead read = tokens("ACGTTGACCATG");

    // Then
    assertThat(read.isInformative()).isTrue();
  }

  @Test
  void shouldParseKinds() {
    // When
    Set<Kind> kinds = InputFilter.parse("tail, UNKNOWN");

    // Then
    assertThat(kinds).containsExactly(Kind.UNKNOWN, Kind.TAIL);
    assertThat(InputFilter.parse("none")).isEmpty();
    assertThat(InputFilter.of(kinds, Adapters.NONE, 1)).hasToString("UNKNOWN,TAIL");
    assertThatThrownBy(() -> InputFilter.parse("TAIL,DUST"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'DUST' is no filter");
  }
}
