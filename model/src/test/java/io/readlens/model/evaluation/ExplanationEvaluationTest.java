package io.readlens.model.evaluation;

import static java.util.Comparator.comparingDouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the paper's protocol, step by step, on a model of random weights. */
class ExplanationEvaluationTest {
  private static final int READS = 40;

  private final List<LabelledRead> reads = new ArrayList<>();
  private ExplainedClassifier model;

  @BeforeEach
  void load() {
    model = ExplainedClassifier.load(Checkpoint.random(Toy.CONFIG, Toy.taxonomy(), 1), "cpu", 0);
    Random random = new Random(5);
    for (int i = 0; i < READS; i++) {
      StringBuilder bases = new StringBuilder();
      for (int base = 0; base < 60 + i; base++) {
        bases.append("ACGT".charAt(random.nextInt(4)));
      }
      Read read = Read.of("r" + i, bases);
      int genus = i % 5 == 4 ? -1 : i % 4;
      reads.add(new LabelledRead(read, Tokenizer.tokenize(read), "g" + i % 7, i % 2, i % 3, genus));
    }
  }

  @AfterEach
  void close() {
    model.close();
  }

  private ExplanationReport run(ExplanationEvaluation.Referee referee) {
    return new ExplanationEvaluation(model, reads, false, 1).run(referee, percent -> {});
  }

  /** The accuracy of one condition, asked of the model read by read. */
  private double byHand(Rank rank, MaskTarget target, Condition condition) {
    int right = 0;
    int counted = 0;
    for (LabelledRead read : reads) {
      if (read.label(rank) >= 0) {
        Taxon best = model.probabilities(List.of(read.tokens())).get(0).best(rank);
        Taxon truth = model.taxonomy().taxon(rank, read.label(rank));
        Taxon asked = target == MaskTarget.PREDICTED ? best : truth;
        Mask mask = model.masks(List.of(read.tokens()), List.of(List.of(asked))).get(0).get(0);
        List<TokenizedRead> chunks = chunks(read.tokens(), mask, condition);
        if (!chunks.isEmpty()) {
          double[] weights = new double[chunks.size()];
          Arrays.fill(weights, 1);
          TaxonProbabilities mean = TaxonProbabilities.mean(model.probabilities(chunks), weights);
          counted++;
          right += mean.best(rank).equals(truth) ? 1 : 0;
        }
      }
    }
    return (double) right / counted;
  }

  private static List<TokenizedRead> chunks(TokenizedRead read, Mask mask, Condition condition) {
    boolean wanted = condition == Condition.RELEVANT_CHUNKS;
    List<TokenizedRead> chunks = new ArrayList<>();
    int from = 0;
    while (from < read.tokens()) {
      int to = from;
      while (to < read.tokens() && mask.score(to) > 0.5f == wanted) {
        to++;
      }
      if (to > from) {
        chunks.add(read.part(from, to));
      }
      from = to + 1;
    }
    return chunks;
  }

  @Test
  void shouldScoreChunksOfEitherTarget() {
    // When
    ExplanationReport report = run(null);

    // Then
    for (MaskTarget target : MaskTarget.values()) {
      for (Condition condition : List.of(Condition.RELEVANT_CHUNKS, Condition.IRRELEVANT_CHUNKS)) {
        Hits hits = report.model().get(target).of(condition, Rank.PHYLUM);
        assertThat(hits.accuracy().value())
            .as("%s %s", target, condition)
            .isCloseTo(byHand(Rank.PHYLUM, target, condition), within(1e-9));
      }
    }
  }

  @Test
  void shouldCountCallsOfReadsThatHaveNoLabel() {
    // When
    ExplanationReport report = run(null);

    // Then
    List<TokenizedRead> strangers =
        reads.stream().filter(read -> read.genus() < 0).map(LabelledRead::tokens).toList();
    long called =
        model.explain(strangers).stream()
            .filter(read -> read.calls().stream().anyMatch(c -> c.taxon().rank() == Rank.GENUS))
            .count();
    Hits hits = report.strangers().get(Rank.GENUS);
    assertThat(hits.reads()).isEqualTo(strangers.size());
    assertThat(hits.accuracy().value()).isCloseTo((double) called / hits.reads(), within(1e-9));
    assertThat(report.strangers().get(Rank.PHYLUM).accuracy().value()).isNaN();
  }

  @Test
  void shouldShareOneMaskBetweenRanks() {
    // When
    ExplanationReport report =
        new ExplanationEvaluation(model, reads, true, 1).run(null, percent -> {});

    // Then what is kept is what any rank keeps
    int right = 0;
    for (LabelledRead read : reads) {
      TaxonProbabilities whole = model.probabilities(List.of(read.tokens())).get(0);
      List<Taxon> predicted = Arrays.stream(Rank.values()).map(whole::best).toList();
      float[] gate = new float[read.tokens().tokens()];
      for (Mask mask : model.masks(List.of(read.tokens()), List.of(predicted)).get(0)) {
        for (int i = 0; i < gate.length; i++) {
          gate[i] = mask.score(i) > 0.5f ? 1 : gate[i];
        }
      }
      Taxon shown = model.probabilities(List.of(read.tokens()), i -> gate).get(0).best(Rank.PHYLUM);
      right += shown.index() == read.phylum() ? 1 : 0;
    }
    Hits spans = report.model().get(MaskTarget.PREDICTED).of(Condition.SPANS, Rank.PHYLUM);
    assertThat(spans.accuracy().value()).isCloseTo((double) right / READS, within(1e-9));
    assertThat(report.masks().get(Rank.PHYLUM).summary().keptTokens())
        .isGreaterThan(run(null).masks().get(Rank.PHYLUM).summary().keptTokens());
  }

  @Test
  void shouldCountEveryKnownReadUnderEveryCondition() {
    // When
    ExplanationReport report = run((read, parts, rank) -> parts.isEmpty() ? -1 : 0);

    // Then
    assertThat(report.reads()).isEqualTo(READS);
    for (MaskTarget target : MaskTarget.values()) {
      Scores scores = report.model().get(target);
      assertThat(scores.conditions()).containsExactly(Condition.values());
      for (Condition condition : scores.conditions()) {
        for (Rank rank : Rank.values()) {
          Hits hits = scores.of(condition, rank);
          assertThat(hits.reads() + hits.leftOut()).isEqualTo(rank == Rank.GENUS ? 32 : READS);
        }
      }
      assertThat(report.referee().get(target).of(Condition.UNMASKED, Rank.GENUS).accuracy().value())
          .isEqualTo(8 / 32.0);
    }
  }

  @Test
  void shouldMeasureWholeReadsAndMasksToo() {
    // When
    ExplanationReport report = run(null);

    // Then the whole read knows no mask
    assertThat(report.model().get(MaskTarget.TRUE_LABEL).of(Condition.UNMASKED, Rank.PHYLUM))
        .usingRecursiveComparison()
        .isEqualTo(report.model().get(MaskTarget.PREDICTED).of(Condition.UNMASKED, Rank.PHYLUM));
    assertThat(report.masks().get(Rank.SUPERKINGDOM).summary().calls())
        .isEqualTo(report.classified());
    assertThat(report.labelForcing().get(Rank.PHYLUM).reads()).isPositive();
    List<Frontier> frontier = report.frontier().get(Rank.PHYLUM);
    assertThat(frontier).hasSize(5).isSortedAccordingTo(comparingDouble(at -> -at.kept()));
    assertThat(frontier.get(2).forced())
        .isEqualTo(report.labelForcing().get(Rank.PHYLUM).accuracy());
    Scores scores = report.model().get(MaskTarget.PREDICTED);
    assertThat(frontier.get(2).ratio())
        .isEqualTo(
            scores
                .of(Condition.SPANS, Rank.PHYLUM)
                .ratioTo(scores.of(Condition.UNMASKED, Rank.PHYLUM)));
    assertThat(report.curves().get(Rank.GENUS).points()).isNotEmpty();
    assertThat(report.reliability().get(Rank.GENUS).bins()).isNotEmpty();
  }

  @Test
  void shouldGiveTheSameFiguresForTheSameSeed() {
    // When
    ExplanationReport one = run(null);
    ExplanationReport two = run(null);

    // Then
    for (Condition condition : Condition.values()) {
      assertThat(one.model().get(MaskTarget.PREDICTED).of(condition, Rank.PHYLUM).accuracy())
          .isEqualTo(two.model().get(MaskTarget.PREDICTED).of(condition, Rank.PHYLUM).accuracy());
    }
  }
}
