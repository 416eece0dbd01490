package io.readlens.model.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.ExplainedRead;
import io.readlens.model.io.ReadFile;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.Hidden.Kind;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VectorsTest {
  private static final InputFilter FILTER =
      InputFilter.of(EnumSet.of(Kind.VECTOR), Adapters.NONE, InputFilter.LEAST_BASES);

  /** Backbones of at least 700 bases, all of whose words only vectors have. */
  private static List<String> backbones() throws IOException {
    List<String> backbones = new ArrayList<>();
    try (InputStream in = Vectors.class.getResourceAsStream("vectors.fa.gz");
        ReadFile file = ReadFile.of(Path.of("vectors.fa.gz"), in)) {
      while (file.hasNext()) {
        Matcher own = Pattern.compile("[ACGT]{700,}").matcher(file.next().sequence());
        if (own.find()) {
          backbones.add(own.group());
        }
      }
    }
    return backbones;
  }

  private static List<int[]> found(VectorWords words, String read) {
    List<int[]> found = new ArrayList<>();
    Vectors.find(words, Sequences.digits(read), (start, end) -> found.add(new int[] {start, end}));
    return found;
  }

  private static List<Hidden> hidden(String read) {
    return FILTER.tokenize(Read.of("read", read)).hidden();
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "0.02, 60", "0.05, 150"})
  void shouldFindABackboneInARead(double errors, int within) throws IOException {
    // Given
    Random random = new Random(1);
    for (String backbone : backbones()) {
      String inserted = Sequences.noisy(backbone.substring(0, 700), errors, random);
      String strand = random.nextBoolean() ? inserted : otherStrand(inserted);
      String read =
          Sequences.random(500, 0.5, random) + strand + Sequences.random(500, 0.5, random);

      // When
      List<Hidden> hidden = hidden(read);

      // Then
      assertThat(hidden).extracting(Hidden::kind).containsOnly(Kind.VECTOR);
      assertThat(hidden.get(0).start()).isBetween(484, 500 + within);
      int end = read.length() - 500;
      assertThat(hidden.get(hidden.size() - 1).end()).isBetween(end - within, end + 16);
      assertThat(hidden.stream().mapToInt(Hidden::length).sum()).isGreaterThan(700 - 2 * within);
    }
  }

  private static String otherStrand(String bases) {
    StringBuilder other = new StringBuilder();
    for (int i = bases.length() - 1; i >= 0; i--) {
      other.append("TGCA".charAt("ACGT".indexOf(bases.charAt(i))));
    }
    return other.toString();
  }

  /** Random bases, at their ends a letter that no word goes on with. */
  private static String other(int length, Random random) {
    return "N" + Sequences.random(length - 2, 0.5, random) + "N";
  }

  @Test
  void shouldFindFortyOneWordsAndNotForty() {
    // Given
    Random random = new Random(3);
    String vector = Sequences.random(1_000, 0.5, random);
    VectorWords words = VectorWords.of(List.of(vector));
    String before = other(300, random);
    String after = other(300, random);

    // When
    List<int[]> enough = found(words, before + vector.substring(100, 160) + after);
    List<int[]> tooFew = found(words, before + vector.substring(100, 159) + after);

    // Then
    assertThat(enough).containsExactly(new int[] {300, 360});
    assertThat(tooFew).isEmpty();
  }

  @Test
  void shouldTakeWhatIsShortBetweenTwoPartsAndAtAnEnd() {
    // Given
    Random random = new Random(4);
    String vector = Sequences.random(1_000, 0.5, random);
    VectorWords words = VectorWords.of(List.of(vector));
    String first = vector.substring(0, 200);
    String second = vector.substring(500, 700);

    // When
    List<int[]> near =
        found(words, other(49, random) + first + other(149, random) + second + other(49, random));
    List<int[]> far =
        found(words, other(50, random) + first + other(150, random) + second + other(50, random));

    // Then
    assertThat(near).containsExactly(new int[] {0, 647});
    assertThat(far).containsExactly(new int[] {50, 250}, new int[] {400, 600});
  }

  @Test
  void shouldLengthenAStretchOverNaturalWordsByItsLength() {
    // Given
    Random random = new Random(5);
    String genome = Sequences.random(2_000, 0.5, random);
    String own = Sequences.random(300, 0.5, random);
    VectorWords words = VectorWords.of(List.of(genome.substring(0, 1_000) + own));
    words.markNatural(genome);
    String after = Sequences.random(400, 0.5, random);

    // When
    List<int[]> ofVector = found(words, genome.substring(0, 1_000) + own + after);
    List<int[]> ofGenome = found(words, genome);

    // Then
    assertThat(ofGenome).isEmpty();
    assertThat(ofVector).hasSize(1);
    // The first words of its own begin with the genome's last 19 bases.
    assertThat(ofVector.get(0)[0]).isEqualTo(981 - 319);
    assertThat(ofVector.get(0)[1]).isEqualTo(1_300);
  }

  @Test
  void shouldKeepInTheCaseOfLettersWhatIsNatural() {
    // Given
    Random random = new Random(6);
    String vector = Sequences.random(500, 0.5, random);
    VectorWords words = VectorWords.of(List.of(vector));
    words.markNatural(otherStrand(vector.substring(200, 300)));

    // When
    String marked = words.marked(vector);

    // Then
    assertThat(marked).isEqualToIgnoringCase(vector);
    assertThat(marked.substring(0, 200)).isUpperCase();
    assertThat(marked.substring(200, 281)).isLowerCase();
    assertThat(marked.substring(281, 481)).isUpperCase();
    assertThat(VectorWords.of(List.of(marked)).marked(vector)).isEqualTo(marked);
  }

  @Test
  void shouldHideNothingOfRandomBases() {
    // Given
    Random random = new Random(2);

    // When
    List<Hidden> hidden =
        IntStream.range(0, 500)
            .mapToObj(i -> hidden(Sequences.random(1_500, 0.5, random)))
            .flatMap(List::stream)
            .toList();

    // Then
    assertThat(hidden).isEmpty();
  }

  @Test
  void shouldMakeAReadOfABackboneAloneBackground() throws IOException {
    // Given
    String backbone = backbones().get(3);

    // When
    TokenizedRead read = FILTER.tokenize(Read.of("read", backbone));
    ExplainedRead answer = ExplainedRead.ofTooLittle("c", read);

    // Then
    assertThat(read.isInformative()).isFalse();
    assertThat(answer.reason()).isEqualTo("BACKGROUND");
    assertThat(answer.background()).isEqualTo("vector");
  }

  @Test
  void shouldNotTakeOtherHiddenBasesForBackground() {
    // Given
    TokenizedRead read =
        InputFilter.of(EnumSet.allOf(Kind.class), Adapters.NONE, 60)
            .tokenize(Read.of("read", "CAG".repeat(100)));

    // When
    ExplainedRead answer = ExplainedRead.ofTooLittle("c", read);

    // Then
    assertThat(answer.reason()).isEqualTo("TOO_LITTLE_INFORMATION");
    assertThat(answer.background()).isEmpty();
  }
}
