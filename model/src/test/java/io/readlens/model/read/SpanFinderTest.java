package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanFinderTest {
  @Test
  void shouldPublishMaximalRunsOfKeptTokensInBases() {
    // Given: tokens of 6, 6, 1 (N), 6, 1 and 1 bases
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", "ACGTGTACGTGTNACGTGTAC"));
    Mask mask = Mask.of(0.625f, 0.875f, 0.1f, 0.2f, 0.75f, 0.5625f);

    // When
    List<Span> spans = SpanFinder.ROUNDED.find(read, mask);

    // Then
    assertThat(spans).hasSize(2);
    assertThat(spans.get(0)).isEqualTo(new Span(0, 12, 0.75f));
    assertThat(spans.get(1)).isEqualTo(new Span(19, 21, 0.65625f));
  }

  @Test
  void shouldRoundOneHalfToZero() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", "NNN"));
    Mask mask = Mask.of(0.5f, Math.nextUp(0.5f), 0.5f);

    // When
    List<Span> spans = SpanFinder.ROUNDED.find(read, mask);

    // Then
    assertThat(spans).extracting(Span::start, Span::end).containsExactly(tuple(1, 2));
  }

  @Test
  void shouldInventNoSpanForAMaskThatKeepsNothing() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", "ACGTGTA"));
    Mask mask = Mask.of(0.5f, 0.4999f);

    // When
    List<Span> spans = SpanFinder.ROUNDED.find(read, mask);

    // Then
    assertThat(spans).isEmpty();
  }

  @Test
  void shouldFindNothingInAnEmptyRead() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", ""));

    // When
    List<Span> spans = SpanFinder.ROUNDED.find(read, Mask.of());

    // Then
    assertThat(spans).isEmpty();
  }

  @Test
  void shouldPublishThoseOfTheBestScoresWhereThereAreTooMany() {
    // Given: runs of the means 0.6, 0.9, 0.7 and 0.7
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", "N".repeat(9)));
    Mask mask = Mask.of(0.6f, 0, 0.8f, 1f, 0, 0.7f, 0, 0.7f, 0);
    SpanFinder finder = new SpanFinder(0.5f, 2);

    // When
    List<Span> spans = finder.find(read, mask);

    // Then: of equals the first, and in the order of the read
    assertThat(spans).extracting(Span::start, Span::end).containsExactly(tuple(2, 4), tuple(5, 6));
    assertThat(finder.leftOut(read, mask)).isEqualTo(2);
    assertThat(finder.kept(mask))
        .containsExactly(false, false, true, true, false, true, false, false, false);
    assertThat(finder.shown(mask)).containsExactly(0, 0, 1, 1, 0, 1, 0, 0, 0);
    assertThat(new SpanFinder(0.5f, 4).leftOut(read, mask)).isZero();
    assertThat(new SpanFinder(0.5f, 4).find(read, mask)).hasSize(4);
  }

  @Test
  void shouldKeepItsPromisesOnRandomMasks() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      // Given
      TokenizedRead read = randomRead(random);
      Mask mask = randomMask(random, read.tokens());
      SpanFinder finder = new SpanFinder(random.nextFloat(), 1 + random.nextInt(8));

      // When
      List<Span> spans = finder.find(read, mask);

      // Then
      assertThat(coveredTokens(read, spans)).as("seed %d", seed).isEqualTo(finder.kept(mask));
      int end = -1;
      for (Span span : spans) {
        assertThat(span.start()).as("sorted and apart, seed %d", seed).isGreaterThan(end);
        assertThat(span.score()).as("seed %d", seed).isGreaterThan(finder.threshold());
        assertThat((double) span.score())
            .as("seed %d", seed)
            .isCloseTo(meanScore(read, mask, span), within(1e-6));
        end = span.end();
      }
      assertThat(end).as("inside the read, seed %d", seed).isLessThanOrEqualTo(read.length());
      List<Span> all = new SpanFinder(finder.threshold(), Integer.MAX_VALUE).find(read, mask);
      List<Span> others = all.stream().filter(span -> !spans.contains(span)).toList();
      assertThat(all).as("seed %d", seed).containsAll(spans);
      assertThat(others).as("seed %d", seed).hasSize(finder.leftOut(read, mask));
      assertThat(spans.size()).as("seed %d", seed).isEqualTo(Math.min(finder.most(), all.size()));
      double least = spans.stream().mapToDouble(Span::score).min().orElse(1);
      assertThat(others).as("seed %d", seed).noneMatch(span -> span.score() > least);
    }
  }

  @Test
  void shouldRefuseAMaskOfAnotherRead() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("read", "ACGTGTA"));

    // When
    // Then
    assertThatThrownBy(() -> SpanFinder.ROUNDED.find(read, Mask.of(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 tokens")
        .hasMessageContaining("2 tokens");
  }

  @Test
  void shouldRefuseAThresholdThatIsNoScore() {
    // When
    // Then
    assertThatThrownBy(() -> new SpanFinder(Float.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SpanFinder(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SpanFinder(0.5f, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fewer spans than one: 0");
  }

  /** Which tokens lie wholly in a span; a span that cuts a token is a failure. */
  private static boolean[] coveredTokens(TokenizedRead read, List<Span> spans) {
    boolean[] covered = new boolean[read.tokens()];
    for (int token = 0; token < covered.length; token++) {
      int start = read.start(token);
      int end = read.end(token);
      for (Span span : spans) {
        boolean inside = span.start() <= start && end <= span.end();
        boolean outside = end <= span.start() || span.end() <= start;
        assertThat(inside || outside).as("%s cuts no token", span).isTrue();
        covered[token] |= inside;
      }
    }
    return covered;
  }

  private static double meanScore(TokenizedRead read, Mask mask, Span span) {
    double sum = 0;
    int count = 0;
    for (int token = 0; token < read.tokens(); token++) {
      if (read.start(token) >= span.start() && read.end(token) <= span.end()) {
        sum += mask.score(token);
        count++;
      }
    }
    return sum / count;
  }

  private static TokenizedRead randomRead(Random random) {
    StringBuilder bases = new StringBuilder();
    int length = random.nextInt(200);
    while (bases.length() < length) {
      bases.append("ACGTACGTACGTACGTNR".charAt(random.nextInt(18)));
    }
    return Tokenizer.tokenize(Read.of("random", bases));
  }

  private static Mask randomMask(Random random, int tokens) {
    float[] scores = new float[tokens];
    for (int i = 0; i < tokens; i++) {
      scores[i] = random.nextBoolean() ? random.nextFloat() : Math.round(random.nextFloat());
    }
    return Mask.of(scores);
  }
}
