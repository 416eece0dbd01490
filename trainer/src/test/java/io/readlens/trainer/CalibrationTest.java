package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import io.readlens.trainer.Calibration.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Read BASES = Read.of("read", "ACGTACGT");

  private final Taxonomy taxonomy = new ToyPack().taxonomy();
  private final Random random = new Random(3);

  @Test
  void shouldFindTheTemperatureThatTheLabelsWereDrawnWith() {
    // Given a model that is too sure, the more the shorter a read is: labels come as often as its
    // probabilities at twice the temperature say, or more
    List<Answer> answers = answers(probabilities(9_000, 3), 20, 50, 250);
    List<LabelledRead> reads =
        answers.stream()
            .map(a -> a.probabilities().tempered(rank -> 2 * (1 + 16.0 / a.tokens())))
            .map(this::drawn)
            .toList();

    // When
    Decision fitted = new Calibration(taxonomy, reads, answers).fit(answers, 0.98, 0.8, 0.5f);

    // Then
    assertThat(fitted.temperatureTokens()).isCloseTo(16, within(6.0));
    for (Rank rank : List.of(Rank.SUPERKINGDOM, Rank.PHYLUM)) {
      assertThat(fitted.temperature(rank, 250)).as("%s", rank).isCloseTo(2.13, within(0.2));
      assertThat(fitted.temperature(rank, 20)).as("%s", rank).isCloseTo(3.6, within(0.3));
    }
  }

  @Test
  void shouldFindHowMuchSurerLongReadsAre() {
    // Given labels of reads of several windows, drawn as if they were surer the longer a read is
    List<Answer> answers = answers(probabilities(12_000, 1), 250, 1_024, 4_096);
    List<LabelledRead> reads =
        answers.stream()
            .map(
                a ->
                    a.probabilities()
                        .tempered(rank -> Math.pow(Math.max(1, a.tokens() / 256.0), -0.4)))
            .map(this::drawn)
            .toList();

    // When
    Decision fitted = new Calibration(taxonomy, reads, answers).fit(answers, 0.98, 0.8, 0.5f);

    // Then one window's temperature is what it is without them
    assertThat(fitted.temperatureGrowth()).isCloseTo(0.4, within(0.06));
    assertThat(fitted.temperature(Rank.SUPERKINGDOM, 250)).isCloseTo(1, within(0.15));
    assertThat(fitted.temperature(Rank.SUPERKINGDOM, 4_096)).isCloseTo(0.33, within(0.06));
  }

  @Test
  void shouldRefuseRandomReadsButNotTooManyOthers() {
    // Given reads that the model is sure of, and random ones that it is not
    List<TaxonProbabilities> certain = probabilities(1_000, 8);
    List<Answer> sure = answers(certain, 250);
    List<Answer> unsure = answers(probabilities(1_000, 0.2), 250);
    Calibration calibration =
        new Calibration(taxonomy, certain.stream().map(this::drawn).toList(), sure);

    // When
    Decision refusing = calibration.fit(unsure, 0.98, 0.3, 0.5f);
    Decision calling = calibration.fit(sure, 0.98, 0.9, 0.5f);

    // Then 98 of 100 random ones are refused, unless fewer than asked for would be called
    assertThat(called(unsure, refusing)).isCloseTo(0.02, within(0.005));
    assertThat(called(sure, refusing)).isGreaterThan(0.3);
    assertThat(called(sure, calling)).isCloseTo(0.9, within(0.005));
  }

  private double called(List<Answer> all, Decision decision) {
    return all.stream()
        .map(answer -> answer.tempered(decision))
        .mapToDouble(p -> p.of(p.best(Rank.SUPERKINGDOM)) > decision.superkingdom() ? 1 : 0)
        .average()
        .orElseThrow();
  }

  /** Answers on reads of several lengths in turn. */
  private static List<Answer> answers(List<TaxonProbabilities> all, int... tokens) {
    return IntStream.range(0, all.size())
        .mapToObj(i -> new Answer(tokens[i % tokens.length], all.get(i)))
        .toList();
  }

  private List<TaxonProbabilities> probabilities(int count, double scale) {
    List<TaxonProbabilities> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] logits = new float[taxonomy.size()];
      for (int c = 0; c < logits.length; c++) {
        logits[c] = (float) (scale * random.nextGaussian());
      }
      all.add(TaxonProbabilities.ofLogits(taxonomy, logits, 0));
    }
    return all;
  }

  private LabelledRead drawn(TaxonProbabilities p) {
    return new LabelledRead(
        BASES,
        Tokenizer.tokenize(BASES),
        "genome",
        draw(p, Rank.SUPERKINGDOM),
        draw(p, Rank.PHYLUM),
        draw(p, Rank.GENUS));
  }

  private int draw(TaxonProbabilities p, Rank rank) {
    double left = random.nextDouble();
    for (Taxon taxon : taxonomy.taxa(rank)) {
      left -= p.of(taxon);
      if (left <= 0) {
        return taxon.index();
      }
    }
    return 0;
  }
}
