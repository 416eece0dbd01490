package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.read.Views;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

/** On toy checkpoints with random weights, whose windows are 40 tokens long. */
@ParameterizedClass
@FieldSource("CONFIGS")
class ExplainedClassifierTest {
  static final List<ModelConfig> CONFIGS = List.of(Toy.CONFIG, Toy.EVIDENCE);

  @Parameter private ModelConfig config;
  @TempDir private Path directory;
  private ExplainedClassifier model;

  @BeforeEach
  void load() {
    model = ExplainedClassifier.load(toy(0), "cpu", 2);
  }

  private Taxonomy taxonomy() {
    return Toy.taxonomy(config);
  }

  private Checkpoint toy(double threshold) {
    return toy(threshold, 0.5f);
  }

  private Checkpoint toy(double threshold, float maskThreshold) {
    try (NDManager manager = NDManager.newBaseManager()) {
      return Checkpoint.save(
          directory,
          config,
          Decision.uncalibrated(threshold, threshold, threshold, maskThreshold),
          taxonomy(),
          new TaxonClassifier(manager, config, taxonomy(), new Toy(1)).tensors(),
          new Explainer(manager, config, taxonomy().size(), new Toy(2)).tensors(),
          new ObjectMapper().createObjectNode());
    }
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void shouldAnswerEachReadInItsPlaceWhateverItsCompany() {
    // Given
    List<TokenizedRead> reads =
        IntStream.of(120, 2_000, 0, 700, 239, 7).mapToObj(n -> read(n, n)).toList();

    // When
    List<ExplainedRead> together = model.explain(reads);

    // Then
    for (int i = 0; i < reads.size(); i++) {
      ExplainedRead alone = model.explain(List.of(reads.get(i))).get(0);
      assertSame(together.get(i), alone);
    }
  }

  private void assertSame(ExplainedRead actual, ExplainedRead expected) {
    assertThat(actual.checkpointId()).isEqualTo(model.checkpointId());
    assertThat(actual.calls()).hasSameSizeAs(expected.calls());
    for (int c = 0; c < expected.calls().size(); c++) {
      Call ofActual = actual.calls().get(c);
      Call ofExpected = expected.calls().get(c);
      assertThat(ofActual.taxon()).isEqualTo(ofExpected.taxon());
      assertThat(ofActual.probability()).isCloseTo(ofExpected.probability(), within(1e-5));
      assertThat(ofActual.mask().tokens()).isEqualTo(ofExpected.mask().tokens());
      for (int token = 0; token < ofExpected.mask().tokens(); token++) {
        assertThat(ofActual.mask().score(token))
            .isCloseTo(ofExpected.mask().score(token), within(1e-5f));
      }
    }
  }

  @Test
  void shouldMergeWhatWindowsWereAnsweredInAnyBatchesOnAnyThread() throws Exception {
    // Given
    List<TokenizedRead> reads =
        IntStream.of(2_000, 120, 0, 900, 700, 239).mapToObj(n -> read(n, n)).toList();
    List<ExplainedRead> expected = model.explain(reads);
    List<TokenizedRead.Window> windows =
        reads.stream().flatMap(read -> model.windows(read).stream()).toList();
    ExecutorService threads = Executors.newFixedThreadPool(2);

    // When
    List<Future<List<WindowAnswer>>> batches = new ArrayList<>();
    for (int from = 0; from < windows.size(); from += 3) {
      List<TokenizedRead.Window> part = windows.subList(from, Math.min(from + 3, windows.size()));
      batches.add(threads.submit(() -> model.ask(part)));
    }
    List<WindowAnswer> answers = new ArrayList<>();
    for (Future<List<WindowAnswer>> batch : batches) {
      answers.addAll(batch.get());
    }
    List<ExplainedRead> merged = new ArrayList<>();
    for (TokenizedRead read : reads) {
      int count = model.windows(read).size();
      int from = windows.indexOf(model.windows(read).get(0));
      merged.add(
          model.merge(windows.subList(from, from + count), answers.subList(from, from + count)));
    }

    // Then
    assertThat(windows).hasSizeGreaterThan(2 * reads.size());
    for (int i = 0; i < reads.size(); i++) {
      assertSame(merged.get(i), expected.get(i));
    }
    threads.shutdown();
  }

  @Test
  void shouldAskEveryWindowOfALongReadForTheTaxaOfTheWhole() {
    // Given
    TokenizedRead read = read(1_500, 8);

    // When
    ExplainedRead answer = model.explain(List.of(read)).get(0);

    // Then
    assertThat(answer.calls()).isNotEmpty();
    for (Call call : answer.calls()) {
      Mask asked = model.masks(List.of(read), List.of(List.of(call.taxon()))).get(0).get(0);
      for (int token = 0; token < read.tokens(); token++) {
        assertThat(call.mask().score(token)).isCloseTo(asked.score(token), within(1e-5f));
      }
    }
  }

  @Test
  void shouldRefuseToMergeAnythingButTheWindowsOfOneRead() {
    // Given
    List<TokenizedRead.Window> windows = model.windows(read(900, 1));
    List<WindowAnswer> answers = model.ask(windows);

    // When / Then
    assertThatThrownBy(() -> model.merge(windows, answers.subList(1, answers.size())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                model.merge(windows.subList(1, windows.size()), answers.subList(1, answers.size())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the windows of read");
  }

  @Test
  void shouldAnswerSeveralThreadsAsOne() throws Exception {
    // Given
    List<TokenizedRead> reads = IntStream.range(0, 30).mapToObj(n -> read(60 + 40 * n, n)).toList();
    List<ExplainedRead> expected = model.explain(reads);
    ExecutorService threads = Executors.newFixedThreadPool(2);

    // When
    List<Future<List<ExplainedRead>>> answers =
        threads.invokeAll(Collections.nCopies(8, () -> model.explain(reads)));

    // Then
    for (Future<List<ExplainedRead>> answer : answers) {
      assertThat(answer.get()).isEqualTo(expected);
    }
    threads.shutdown();
  }

  @Test
  void shouldCallALineage() {
    // When
    List<ExplainedRead> answers =
        model.explain(IntStream.range(0, 40).mapToObj(n -> read(200, n)).toList());

    // Then
    List<Rank> ranks = List.of(Rank.values());
    for (ExplainedRead answer : answers) {
      assertThat(answer.classified()).isTrue();
      for (int c = 0; c < answer.calls().size(); c++) {
        Call call = answer.calls().get(c);
        assertThat(call.rank()).isEqualTo(ranks.get(c));
        assertThat(call.alternatives()).hasSize(Math.min(2, Toy.taxonomy().size(call.rank()) - 1));
        if (c > 0) {
          assertThat(Toy.taxonomy().parent(call.taxon()))
              .isEqualTo(answer.calls().get(c - 1).taxon());
        }
      }
    }
  }

  @Test
  void shouldPublishTheSpansOfItsMasks() {
    // Given
    TokenizedRead read = read(900, 5);

    // When
    ExplainedRead answer = model.explain(List.of(read)).get(0);

    // Then
    for (Call call : answer.calls()) {
      boolean[] inSpan = new boolean[read.length()];
      for (Span span : call.spans()) {
        for (int base = span.start(); base < span.end(); base++) {
          inSpan[base] = true;
        }
      }
      for (int token = 0; token < read.tokens(); token++) {
        assertThat(inSpan[read.start(token)]).isEqualTo(call.mask().score(token) > 0.5f);
      }
    }
    Mask largest = answer.mask().orElseThrow();
    for (int token = 0; token < read.tokens(); token++) {
      int t = token;
      assertThat(answer.calls()).anyMatch(call -> call.mask().score(t) == largest.score(t));
    }
  }

  @Test
  void shouldLeaveAReadUnclassifiedBelowTheThreshold() {
    // Given
    model.close();
    model = ExplainedClassifier.load(toy(1), "cpu", 2);

    // When
    ExplainedRead answer = model.explain(List.of(read(300, 1))).get(0);

    // Then
    assertThat(answer.classified()).isFalse();
    assertThat(answer.mask()).isEmpty();
  }

  @Test
  void shouldMeanWindowsOfALongRead() {
    // Given
    assumeThat(config).as("whose masks do not depend on the whole read").isEqualTo(Toy.CONFIG);
    TokenizedRead longRead = read(40 * 6 * 4, 8);
    Taxon taxon = Toy.taxonomy().taxon(Rank.GENUS, 2);

    // When
    Mask mask = model.masks(List.of(longRead), List.of(List.of(taxon))).get(0).get(0);

    // Then
    List<TokenizedRead.Window> windows = longRead.windows(40);
    assertThat(windows).hasSizeGreaterThan(3);
    double[] sum = new double[longRead.tokens()];
    int[] covered = new int[longRead.tokens()];
    for (TokenizedRead.Window window : windows) {
      TokenizedRead part = part(8, window);
      Mask ofPart = model.masks(List.of(part), List.of(List.of(taxon))).get(0).get(0);
      for (int i = 0; i < part.tokens(); i++) {
        sum[window.from() + i] += ofPart.score(i);
        covered[window.from() + i]++;
      }
    }
    for (int i = 0; i < sum.length; i++) {
      assertThat((double) mask.score(i)).isCloseTo(sum[i] / covered[i], within(1e-5));
    }
  }

  @Test
  void shouldTellTheMasksOfWindowsWhatTheWholeReadIs() {
    // Given
    assumeThat(config).isEqualTo(Toy.EVIDENCE);
    TokenizedRead whole = read(40 * 6 * 2, 8);
    TokenizedRead.Window first = whole.windows(40).get(0);
    int alone = whole.windows(40).get(1).from(); // tokens of the first window alone
    Taxon taxon = Toy.taxonomy().taxon(Rank.GENUS, 2);
    float[] expected = scores(first, model.probabilities(List.of(whole)).get(0), taxon);

    // When
    Mask mask = model.masks(List.of(whole), List.of(List.of(taxon))).get(0).get(0);

    // Then
    TokenizedRead part = part(8, first);
    float[] ofPart = scores(first, model.probabilities(List.of(part)).get(0), taxon);
    double apart = 0;
    for (int i = 0; i < alone; i++) {
      assertThat(mask.score(i)).isCloseTo(expected[i], within(1e-5f));
      apart = Math.max(apart, Math.abs(expected[i] - ofPart[i]));
    }
    assertThat(apart).isGreaterThan(1e-3);
  }

  /** A taxon's mask of a window whose read is said to be something. */
  private float[] scores(TokenizedRead.Window window, TaxonProbabilities read, Taxon taxon) {
    Checkpoint checkpoint = toy(0);
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier classifier = checkpoint.classifier(manager);
      Explainer explainer = checkpoint.explainer(manager);
      DeviceBatch batch = DeviceBatch.of(manager, TokenBatch.of(List.of(window)));
      float[] states = explainer.states(classifier, batch).of(0);
      int width = states.length / batch.width();
      return explainer
          .head(classifier)
          .of(read, taxonomy().offset(taxon.rank()) + taxon.index())
          .scores(Arrays.copyOfRange(states, width, states.length), window);
    }
  }

  @Test
  void shouldShowTheClassifierAsMuchAsAsked() {
    // Given
    TokenizedRead read = read(240, 3);
    float[] nothing = new float[read.tokens()];
    float[] all = new float[read.tokens()];
    Arrays.fill(all, 1);

    // When
    double whole = probability(read, null);
    double shown = probability(read, all);
    double hidden = probability(read, nothing);

    // Then
    assertThat(shown).isEqualTo(whole);
    assertThat(hidden).isNotEqualTo(whole);
  }

  private double probability(TokenizedRead read, float[] gate) {
    return model
        .probabilities(List.of(read), i -> gate)
        .get(0)
        .of(Toy.taxonomy().taxon(Rank.PHYLUM, 0));
  }

  @Test
  void shouldSayTheSameOfAPairWhicheverMateIsFirst() {
    // Given mates of one window and of several
    TokenizedRead shorter = read(150, 1);
    TokenizedRead longer = read(700, 2);
    TokenizedRead pair = TokenizedRead.pair(shorter, longer, 0);
    TokenizedRead turned = TokenizedRead.pair(longer, shorter, 0);

    // When
    List<ExplainedRead> answers = model.explain(List.of(pair, turned));

    // Then
    assertThat(answers.get(0).calls()).hasSameSizeAs(answers.get(1).calls()).isNotEmpty();
    for (int c = 0; c < answers.get(0).calls().size(); c++) {
      Call ofPair = answers.get(0).calls().get(c);
      Call ofTurned = answers.get(1).calls().get(c);
      assertThat(ofPair.taxon()).isEqualTo(ofTurned.taxon());
      assertThat(ofPair.probability()).isCloseTo(ofTurned.probability(), within(1e-6));
      for (int token = 0; token < pair.tokens(); token++) {
        int there = (token + longer.tokens()) % pair.tokens();
        assertThat(ofPair.mask().score(token))
            .isCloseTo(ofTurned.mask().score(there), within(1e-5f));
      }
    }
  }

  @Test
  void shouldSayOfAPairWhatItsOnlyReadableMateSays() {
    // Given
    InputFilter filter = InputFilter.standard();
    Read bases = Read.of("r", sequence(900, 6));
    TokenizedRead alone = filter.tokenize(bases);
    TokenizedRead pair = filter.tokenize(bases, Read.of("r", "N".repeat(150)));
    TokenizedRead turned = filter.tokenize(Read.of("r", "N".repeat(150)), bases);

    // When
    ExplainedRead expected = model.explain(List.of(alone)).get(0);
    List<ExplainedRead> answers = model.explain(List.of(pair, turned));

    // Then
    for (int i = 0; i < 2; i++) {
      int offset = i * 150;
      assertThat(answers.get(i).calls()).hasSameSizeAs(expected.calls()).isNotEmpty();
      for (int c = 0; c < expected.calls().size(); c++) {
        Call call = answers.get(i).calls().get(c);
        Call ofAlone = expected.calls().get(c);
        assertThat(call.taxon()).isEqualTo(ofAlone.taxon());
        assertThat(call.probability()).isCloseTo(ofAlone.probability(), within(1e-6));
        assertThat(call.spans())
            .extracting(Span::start, Span::end)
            .isEqualTo(
                ofAlone.spans().stream()
                    .map(span -> tuple(span.start() + offset, span.end() + offset))
                    .toList());
      }
    }
  }

  @Test
  void shouldPutTheSpansOfAPairToTheTest() {
    // Given
    model.close();
    model = ExplainedClassifier.load(toy(0, 0.8f), "cpu", options(ReadSample.ALL, Views.ONE));
    TokenizedRead pair = TokenizedRead.pair(read(150, 3), read(180, 4), 0);

    // When
    List<Call> calls = model.explain(List.of(pair)).get(0).calls();

    // Then
    for (Call call : calls) {
      Faithfulness said = call.faithfulness().orElseThrow();
      assertThat(said.sufficiency()).isCloseTo(shown(pair, call, true), within(1e-5));
      assertThat(said.comprehensiveness())
          .isCloseTo(call.probability() - shown(pair, call, false), within(1e-5));
    }
  }

  @Test
  void shouldSayWhatTheSpansOfEveryReadOfTheSampleCarry() {
    // Given
    ReadSample sample = new ReadSample(0.5);
    model.close();
    model = ExplainedClassifier.load(toy(0, 0.8f), "cpu", options(sample, Views.ONE));
    List<TokenizedRead> reads =
        IntStream.range(0, 24).mapToObj(n -> read(100 + 60 * n, n)).toList();

    // When
    List<ExplainedRead> answers = model.explain(reads);

    // Then
    for (int i = 0; i < reads.size(); i++) {
      TokenizedRead read = reads.get(i);
      for (Call call : answers.get(i).calls()) {
        assertThat(call.faithfulness().isPresent()).isEqualTo(sample.holds(read.id()));
        if (sample.holds(read.id())) {
          Faithfulness said = call.faithfulness().get();
          double alone = shown(read, call, true);
          double without = shown(read, call, false);
          assertThat(said.sufficiency()).isCloseTo(alone, within(1e-5));
          assertThat(said.comprehensiveness())
              .isCloseTo(call.probability() - without, within(1e-5));
        }
      }
    }
    assertThat(reads.stream().filter(read -> sample.holds(read.id())))
        .anyMatch(read -> model.windows(read).size() == 1)
        .anyMatch(read -> model.windows(read).size() > 1);
  }

  @Test
  void shouldPublishNoMoreSpansThanWantedAndSayWhatThoseCarry() {
    // Given: a mask's middle score, so that it has many runs above
    int most = 2;
    List<TokenizedRead> reads =
        IntStream.of(150, 207, 700, 12_000).mapToObj(n -> read(n, n)).toList();
    Mask longest = model.explain(reads).get(3).calls().get(0).mask();
    float middle =
        (float)
            IntStream.range(0, longest.tokens())
                .mapToDouble(longest::score)
                .sorted()
                .toArray()[longest.tokens() / 2];
    model.close();
    model =
        ExplainedClassifier.load(
            toy(0, middle),
            "cpu",
            new ExplainedClassifier.Options(
                2, ReadSample.ALL, Views.ONE, ThresholdChoice.BALANCED, most));
    SpanFinder all = new SpanFinder(middle, Integer.MAX_VALUE);

    // When
    List<ExplainedRead> answers = model.explain(reads);

    // Then
    int leftOut = 0;
    for (int i = 0; i < reads.size(); i++) {
      for (Call call : answers.get(i).calls()) {
        assertThat(call.spans()).hasSizeLessThanOrEqualTo(most);
        assertThat(call.spans().size() + call.spansLeftOut())
            .isEqualTo(all.find(reads.get(i), call.mask()).size());
        leftOut += call.spansLeftOut();
        Faithfulness said = call.faithfulness().orElseThrow();
        assertThat(said.sufficiency()).isCloseTo(shown(reads.get(i), call, true), within(1e-5));
        assertThat(said.comprehensiveness())
            .isCloseTo(call.probability() - shown(reads.get(i), call, false), within(1e-5));
      }
    }
    assertThat(leftOut).isPositive();
  }

  @Test
  void shouldCallByTheThresholdsThatAreWanted() {
    // Given
    List<TokenizedRead> reads = IntStream.range(0, 30).mapToObj(n -> read(150, n)).toList();
    List<ExplainedRead> anything = model.explain(reads);
    double middle =
        anything.stream()
            .mapToDouble(answer -> answer.calls().get(0).probability())
            .sorted()
            .toArray()[15];
    model.close();
    ThresholdChoice choice =
        new ThresholdChoice(Profile.BALANCED, Map.of(Rank.SUPERKINGDOM, middle));

    // When
    model =
        ExplainedClassifier.load(
            toy(0),
            "cpu",
            new ExplainedClassifier.Options(2, ReadSample.NONE, Views.ONE, choice, 64));
    List<ExplainedRead> fewer = model.explain(reads);

    // Then
    for (int i = 0; i < reads.size(); i++) {
      boolean probable = anything.get(i).calls().get(0).probability() >= middle;
      assertThat(fewer.get(i).classified()).isEqualTo(probable);
      assertThat(fewer.get(i).rule())
          .contains(new CallRule(new Thresholds(middle, 0, 0), Optional.empty()));
      assertThat(anything.get(i).rule())
          .contains(new CallRule(new Thresholds(0, 0, 0), Optional.of(Profile.BALANCED)));
    }
    assertThat(fewer).extracting(ExplainedRead::classified).contains(true, false);
    assertThat(fewer.get(0).checkpointId()).isEqualTo(anything.get(0).checkpointId());
  }

  private static ExplainedClassifier.Options options(ReadSample sample, Views views) {
    return new ExplainedClassifier.Options(2, sample, views);
  }

  @Test
  void shouldMeanTheLogProbabilitiesThatHeadsGiveInAllViews() {
    // Given
    model.close();
    model = ExplainedClassifier.load(toy(0), "cpu", options(ReadSample.NONE, new Views(4)));
    TokenizedRead read = read(207, 5);
    Read bases = Read.of("r", sequence(207, 5));
    List<Read> views =
        Stream.of(bases, bases.reverseComplement())
            .flatMap(strand -> Stream.of(strand, later(strand)))
            .toList();

    // When
    TaxonProbabilities averaged = model.probabilities(List.of(read)).get(0);

    // Then
    float[] mean = new float[taxonomy().classes()];
    for (Read view : views) {
      float[] logits = logits(Tokenizer.tokenize(view));
      for (int c = 0; c < mean.length; c++) {
        mean[c] += logits[c] / views.size();
      }
    }
    TaxonProbabilities expected = TaxonProbabilities.ofLogits(taxonomy(), mean, 0);
    List<Call> calls = model.explain(List.of(read)).get(0).calls();
    for (Rank rank : Rank.values()) {
      for (Taxon taxon : Toy.taxonomy().taxa(rank)) {
        assertThat(averaged.of(taxon)).isCloseTo(expected.of(taxon), within(1e-5));
      }
    }
    assertThat(calls.get(0).probability())
        .isCloseTo(expected.of(calls.get(0).taxon()), within(1e-5));
  }

  private static Read later(Read read) {
    return Read.of(read.id(), read.sequence().substring(3));
  }

  private float[] logits(TokenizedRead read) {
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier classifier = new TaxonClassifier(manager, config, taxonomy(), new Toy(1));
      TokenBatch batch = TokenBatch.of(read.windows(read.tokens()));
      return classifier.logits(DeviceBatch.of(manager, batch)).toFloatArray();
    }
  }

  @Test
  void shouldExplainTheReadAsReceivedHoweverManyViews() {
    // Given
    List<TokenizedRead> reads = IntStream.of(150, 207, 700, 0).mapToObj(n -> read(n, n)).toList();
    model.close();
    model = ExplainedClassifier.load(toy(0, 0.8f), "cpu", options(ReadSample.ALL, new Views(12)));

    // When
    List<ExplainedRead> answers = model.explain(reads);

    // Then
    List<TaxonProbabilities> averaged = model.probabilities(reads);
    for (int i = 0; i < reads.size(); i++) {
      TokenizedRead read = reads.get(i);
      for (Call call : answers.get(i).calls()) {
        assertThat(call.probability()).isCloseTo(averaged.get(i).of(call.taxon()), within(1e-5));
        Mask mask = model.masks(List.of(read), List.of(List.of(call.taxon()))).get(0).get(0);
        for (int token = 0; token < read.tokens(); token++) {
          assertThat(call.mask().score(token)).isCloseTo(mask.score(token), within(1e-5f));
        }
        float[] all = new float[read.tokens()];
        Arrays.fill(all, 1);
        double asReceived = model.probabilities(List.of(read), r -> all).get(0).of(call.taxon());
        assertThat(call.faithfulness().orElseThrow().comprehensiveness())
            .isCloseTo(asReceived - shown(read, call, false), within(1e-5));
      }
    }
  }

  /** A call's probability with only the tokens that its published spans cover, or only the rest. */
  private double shown(TokenizedRead read, Call call, boolean spans) {
    float[] gate = new float[read.tokens()];
    for (int token = 0; token < gate.length; token++) {
      int base = read.start(token);
      boolean inSpan =
          call.spans().stream().anyMatch(span -> span.start() <= base && base < span.end());
      gate[token] = inSpan == spans ? 1 : 0;
    }
    return model.probabilities(List.of(read), i -> gate).get(0).of(call.taxon());
  }

  @Test
  void shouldRefuseADeviceThatIsNotThere() {
    // Given
    Checkpoint checkpoint = toy(0);

    // When / Then
    assertThatThrownBy(() -> ExplainedClassifier.load(checkpoint, "gpu:99", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no gpu:99");
    assertThatThrownBy(() -> ExplainedClassifier.load(checkpoint, "tpu", 0))
        .hasMessage("device is auto, cpu or gpu:N, not tpu");
  }

  private static String sequence(int bases, long seed) {
    Random random = new Random(seed);
    StringBuilder sequence = new StringBuilder();
    for (int i = 0; i < bases; i++) {
      sequence.append("ACGT".charAt(random.nextInt(4)));
    }
    return sequence.toString();
  }

  private static TokenizedRead read(int bases, long seed) {
    return Tokenizer.tokenize(Read.of("r" + seed, sequence(bases, seed)));
  }

  /** A window of a read as a read of its own. */
  private static TokenizedRead part(long seed, TokenizedRead.Window window) {
    TokenizedRead read = window.read();
    String bases = sequence(read.length(), seed);
    return Tokenizer.tokenize(
        Read.of("part", bases.substring(read.start(window.from()), read.end(window.to() - 1))));
  }
}
