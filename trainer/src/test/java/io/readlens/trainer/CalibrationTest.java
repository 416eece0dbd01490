package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
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
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Read BASES = Read.of("read", "ACGTACGT");
  private static final Read LONGER = Read.of("read", "ACGTACGT".repeat(30));
  private static final Map<Profile, Double> NO_PRECISION = precision(0, 0, 0);

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
    Decision fitted =
        new Calibration(taxonomy, reads, answers).fit(answers, 0.98, 0.8, NO_PRECISION, 0.5f);

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
    Decision fitted =
        new Calibration(taxonomy, reads, answers).fit(answers, 0.98, 0.8, NO_PRECISION, 0.5f);

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
    Decision refusing = calibration.fit(unsure, 0.98, 0.3, NO_PRECISION, 0.5f);
    Decision calling = calibration.fit(sure, 0.98, 0.9, NO_PRECISION, 0.5f);

    // Then 98 of 100 random ones are refused, unless fewer than asked for would be called
    assertThat(called(unsure, refusing)).isCloseTo(0.02, within(0.005));
    assertThat(called(sure, refusing)).isGreaterThan(0.3);
    assertThat(called(sure, calling)).isCloseTo(0.9, within(0.005));
  }

  @Test
  void shouldGiveEachProfileThePrecisionAskedForAtEveryLength() {
    // Given reads that probabilities are right about, and longer ones that are wrong more often
    List<TaxonProbabilities> all = probabilities(12_000, 2);
    List<Answer> answers = answers(all, 250);
    List<LabelledRead> reads = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      LabelledRead read = drawn(all.get(i));
      reads.add(i % 2 == 0 ? read : lessRight(read, all.get(i)));
    }
    Calibration calibration = new Calibration(taxonomy, reads, answers);
    Map<Profile, Double> wanted = precision(0.8, 0.85, 0.9);

    // When
    Decision fitted = calibration.fit(answers, 0, 1, wanted, 0.5f);

    // Then no length falls short, and a lower threshold would let one
    for (Rank rank : List.of(Rank.SUPERKINGDOM, Rank.PHYLUM)) {
      for (Profile profile : Profile.values()) {
        double threshold = fitted.thresholds(profile).of(rank);
        double least =
            Math.min(
                right(reads, answers, fitted, rank, threshold, BASES),
                right(reads, answers, fitted, rank, threshold, LONGER));
        assertThat(least)
            .as("%s %s", profile, rank)
            .isBetween(wanted.get(profile), wanted.get(profile) + 0.01);
      }
      assertThat(fitted.sensitive().of(rank))
          .isLessThan(fitted.thresholds(Profile.BALANCED).of(rank));
      assertThat(fitted.thresholds(Profile.BALANCED).of(rank)).isLessThan(fitted.strict().of(rank));
    }
    assertThat(calibration.unreached(0.8, fitted)).isEmpty();
    assertThat(calibration.unreached(1.01, fitted)).contains("genus of 0 to 99 bases");
  }

  @Test
  void shouldCountCallsOfStrangersAsWrongInATenthOfTheReads() {
    // Given reads that probabilities are right about, and as many of phyla without a label, of
    // which the model is as sure
    List<TaxonProbabilities> all = probabilities(9_000, 2);
    List<Answer> answers = answers(all, 250);
    List<LabelledRead> reads = all.stream().map(this::drawn).toList();
    List<LabelledRead> strangers =
        all.stream()
            .map(p -> new LabelledRead(BASES, Tokenizer.tokenize(BASES), "s", -1, -1, -1))
            .toList();
    Map<Profile, Double> wanted = precision(0.6, 0.7, 0.8);

    // When
    Decision amid =
        new Calibration(taxonomy, reads, answers)
            .amid(strangers, answers)
            .fit(answers, 0, 1, wanted, 0.5f);
    Decision alone = new Calibration(taxonomy, reads, answers).fit(answers, 0, 1, wanted, 0.5f);

    // Then nine of ten calls are of known reads, and with those of strangers as many are right
    for (Profile profile : Profile.values()) {
      double threshold = amid.thresholds(profile).phylum();
      double right = right(reads, answers, amid, Rank.PHYLUM, threshold, BASES);
      assertThat(0.9 * right).as("%s", profile).isCloseTo(wanted.get(profile), within(0.02));
      assertThat(threshold).isGreaterThan(alone.thresholds(profile).phylum());
    }
    assertThat(amid.phylumTemperature()).isEqualTo(alone.phylumTemperature());
  }

  private static double right(
      List<LabelledRead> reads,
      List<Answer> answers,
      Decision decision,
      Rank rank,
      double threshold,
      Read bases) {
    int called = 0;
    int right = 0;
    for (int i = 0; i < reads.size(); i++) {
      TaxonProbabilities p = answers.get(i).tempered(decision);
      Taxon best = p.best(rank);
      if (reads.get(i).bases().equals(bases) && p.of(best) >= threshold) {
        called++;
        right += best.index() == reads.get(i).label(rank) ? 1 : 0;
      }
    }
    return (double) right / called;
  }

  /** Of every twenty reads one is of another taxon than it would be. */
  private LabelledRead lessRight(LabelledRead read, TaxonProbabilities all) {
    boolean wrong = random.nextInt(20) == 0;
    ToIntFunction<Rank> label =
        rank -> wrong ? (all.best(rank).index() + 1) % taxonomy.size(rank) : read.label(rank);
    return new LabelledRead(
        LONGER,
        Tokenizer.tokenize(LONGER),
        "genome",
        label.applyAsInt(Rank.SUPERKINGDOM),
        label.applyAsInt(Rank.PHYLUM),
        label.applyAsInt(Rank.GENUS));
  }

  private static Map<Profile, Double> precision(double sensitive, double balanced, double strict) {
    return Map.of(Profile.SENSITIVE, sensitive, Profile.BALANCED, balanced, Profile.STRICT, strict);
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
