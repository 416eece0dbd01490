package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.read.Views;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is hidden of a read tells the model nothing. Toy checkpoints with windows of 40 tokens. */
final class HiddenTokensTest {
  private static final int LEAST_BASES = 30;

  @TempDir private Path directory;

  static Stream<Arguments> drawn() {
    return LongStream.rangeClosed(1, 8)
        .boxed()
        .flatMap(
            seed ->
                Stream.of(Toy.CONFIG, Toy.OVERLAPPING, Toy.TRANSLATING, Toy.EVIDENCE)
                    .flatMap(
                        config -> Stream.of(1, 4).map(views -> Arguments.of(seed, config, views))));
  }

  static Stream<Arguments> drawnInOneView() {
    return drawn().filter(each -> each.get()[2].equals(1));
  }

  private ExplainedClassifier model(ModelConfig config, int views) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Checkpoint checkpoint =
          Checkpoint.save(
              directory.resolve("of-" + views),
              config,
              Decision.uncalibrated(0, 0, 0, 0.5f),
              Toy.taxonomy(config),
              new TaxonClassifier(manager, config, Toy.taxonomy(config), new Toy(1)).tensors(),
              new Explainer(manager, config, Toy.taxonomy().size(), new Toy(2)).tensors(),
              new ObjectMapper().createObjectNode());
      return ExplainedClassifier.load(
          checkpoint,
          "cpu",
          new ExplainedClassifier.Options(2, ReadSample.parse("all"), new Views(views)));
    }
  }

  private static String bases(int length, Random random) {
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  /** Stretches of a read, sorted or not, now and then over its ends or on each other. */
  private static List<Hidden> stretches(int length, Random random) {
    List<Hidden> stretches = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      int start = Math.max(0, random.nextInt(length + 20) - 20);
      int end = Math.min(length, start + 1 + random.nextInt(random.nextBoolean() ? 12 : 400));
      Hidden.Kind[] kinds = Hidden.Kind.values();
      stretches.add(new Hidden(Math.min(start, end - 1), end, kinds[1 + random.nextInt(3)]));
    }
    return stretches;
  }

  /** The same bases but for those of hidden tokens, which are others. */
  private static TokenizedRead changed(TokenizedRead read, String bases, Random random) {
    StringBuilder others = new StringBuilder(bases);
    List<Hidden> whole = read.hidden();
    for (Hidden each : whole) {
      others.replace(each.start(), each.end(), bases(each.length(), random));
    }
    return Tokenizer.tokenize(Read.of(read.id(), others)).hiding(whole, LEAST_BASES);
  }

  @ParameterizedTest(name = "seed {0}, views {2}")
  @MethodSource("drawn")
  void shouldSayTheSameWhateverTheHiddenBasesAre(long seed, ModelConfig config, int views) {
    // Given
    Random random = new Random(seed);
    String bases = bases(60 + random.nextInt(1_500), random);
    TokenizedRead read =
        Tokenizer.tokenize(Read.of("read", bases))
            .hiding(stretches(bases.length(), random), LEAST_BASES);
    // In other views tokens lie otherwise: there, too, only what was asked for is hidden.
    TokenizedRead same =
        Tokenizer.tokenize(Read.of("read", bases)).hiding(read.hidden(), LEAST_BASES);
    TokenizedRead other = changed(read, bases, random);

    // When
    List<ExplainedRead> answers;
    List<TaxonProbabilities> probabilities;
    try (ExplainedClassifier model = model(config, views)) {
      answers = model.explain(List.of(same, other));
      probabilities = model.probabilities(List.of(same, other));
    }

    // Then
    assertClose(probabilities.get(1), probabilities.get(0));
    assertThat(answers.get(0).classified()).isEqualTo(read.shownBases() >= LEAST_BASES);
    assertThat(answers.get(0).reason())
        .isEqualTo(read.shownBases() >= LEAST_BASES ? "" : "TOO_LITTLE_INFORMATION");
    assertThat(answers.get(1).calls()).hasSameSizeAs(answers.get(0).calls());
    for (int i = 0; i < answers.get(0).calls().size(); i++) {
      Call one = answers.get(0).calls().get(i);
      Call two = answers.get(1).calls().get(i);
      assertThat(two.taxon()).isEqualTo(one.taxon());
      assertThat(two.faithfulness().orElseThrow().sufficiency())
          .isCloseTo(one.faithfulness().orElseThrow().sufficiency(), within(1e-5));
      for (int token = 0; token < read.tokens(); token++) {
        assertThat(two.mask().score(token)).isCloseTo(one.mask().score(token), within(1e-5f));
        if (read.isHidden(token)) {
          assertThat(one.mask().score(token)).isZero();
        }
      }
      for (Span span : one.spans()) {
        assertThat(read.hidden())
            .noneMatch(each -> each.start() < span.end() && span.start() < each.end());
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("drawnInOneView")
  void shouldSayOfAReadWithHiddenEndsWhatItSaysOfTheRest(long seed, ModelConfig config, int views) {
    // Given
    Random random = new Random(seed);
    int before = 6 * random.nextInt(50);
    int length = 6 * (10 + random.nextInt(60));
    String rest = bases(length, random);
    String bases = bases(before, random) + rest + bases(6 * random.nextInt(50), random);
    List<Hidden> ends = new ArrayList<>();
    if (before > 0) {
      ends.add(new Hidden(0, before, Hidden.Kind.TAIL));
    }
    if (before + length < bases.length()) {
      ends.add(new Hidden(before + length, bases.length(), Hidden.Kind.ADAPTER));
    }
    TokenizedRead whole = Tokenizer.tokenize(Read.of("whole", bases)).hiding(ends, 0);
    TokenizedRead alone = Tokenizer.tokenize(Read.of("rest", rest));

    // When
    List<TaxonProbabilities> probabilities;
    try (ExplainedClassifier model = model(config, views)) {
      probabilities = model.probabilities(List.of(whole, alone));
    }

    // Then
    assertThat(whole.shownBases()).isEqualTo(length);
    assertClose(probabilities.get(0), probabilities.get(1));
  }

  @Test
  void shouldLetNoWordReachAcrossWhatIsHidden() {
    // Given
    Random random = new Random(3);
    String left = bases(60, random);
    String right = bases(60, random);
    TokenizedRead one = hiddenBetween(left, "ACGTAC", right);
    TokenizedRead long100 = hiddenBetween(left, bases(102, random), right);

    // When
    List<TaxonProbabilities> probabilities;
    try (ExplainedClassifier model = model(Toy.OVERLAPPING, 1)) {
      probabilities =
          model.probabilities(
              List.of(one, long100, Tokenizer.tokenize(Read.of("joined", left + right))));
    }

    // Then
    assertClose(probabilities.get(0), probabilities.get(1));
    Taxon taxon = Toy.taxonomy().taxon(Rank.GENUS, 0);
    assertThat(probabilities.get(0).of(taxon))
        .isNotCloseTo(probabilities.get(2).of(taxon), within(1e-4));
  }

  private static TokenizedRead hiddenBetween(String left, String hidden, String right) {
    Hidden stretch =
        new Hidden(left.length(), left.length() + hidden.length(), Hidden.Kind.LOW_COMPLEXITY);
    return Tokenizer.tokenize(Read.of("read", left + hidden + right)).hiding(List.of(stretch), 0);
  }

  @Test
  void shouldCallNothingWithoutAnythingShown() {
    // Given
    TokenizedRead read =
        Tokenizer.tokenize(Read.of("read", "ACGTTG".repeat(200)))
            .hiding(List.of(new Hidden(0, 1_200, Hidden.Kind.LOW_COMPLEXITY)), LEAST_BASES);

    // When
    ExplainedRead answer;
    int windows;
    try (ExplainedClassifier model = model(Toy.OVERLAPPING, 1)) {
      windows = model.windows(read).size();
      answer = model.explain(List.of(read)).get(0);
    }

    // Then
    assertThat(windows).isEqualTo(1);
    assertThat(answer.calls()).isEmpty();
    assertThat(answer.reason()).isEqualTo("TOO_LITTLE_INFORMATION");
  }

  private static void assertClose(TaxonProbabilities actual, TaxonProbabilities expected) {
    for (Rank rank : Rank.values()) {
      for (Taxon taxon : Toy.taxonomy().taxa(rank)) {
        assertThat(actual.of(taxon)).isCloseTo(expected.of(taxon), within(1e-5));
      }
    }
  }
}
