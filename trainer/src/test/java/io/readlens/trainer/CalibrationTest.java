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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Read BASES = Read.of("read", "ACGTACGT");

  private final Taxonomy taxonomy = new ToyPack().taxonomy();
  private final Random random = new Random(3);

  @Test
  void shouldFindTheTemperatureThatTheLabelsWereDrawnWith() {
    // Given a model that is too sure: labels come as often as its probabilities at twice the
    // temperature say
    List<TaxonProbabilities> probabilities = probabilities(20_000, 3);
    List<LabelledRead> reads =
        probabilities.stream().map(p -> p.tempered(rank -> 2)).map(this::drawn).toList();

    // When
    Calibration calibration = new Calibration(taxonomy, reads, probabilities);

    // Then
    assertThat(calibration.temperature(Rank.SUPERKINGDOM)).isCloseTo(2, within(0.15));
    assertThat(calibration.temperature(Rank.PHYLUM)).isCloseTo(2, within(0.15));
  }

  @Test
  void shouldRefuseRandomReadsButNotTooManyOthers() {
    // Given reads that the model is sure of, and random ones that it is not
    List<TaxonProbabilities> sure = probabilities(1_000, 8);
    List<TaxonProbabilities> unsure = probabilities(1_000, 0.2);
    Calibration calibration =
        new Calibration(taxonomy, sure.stream().map(this::drawn).toList(), sure);

    // When
    Decision refusing = calibration.fit(unsure, 0.98, 0.3, 0.5f);
    Decision calling = calibration.fit(sure, 0.98, 0.9, 0.5f);

    // Then 98 of 100 random ones are refused, unless fewer than asked for would be called
    assertThat(called(unsure, refusing)).isCloseTo(0.02, within(0.005));
    assertThat(called(sure, refusing)).isGreaterThan(0.3);
    assertThat(called(sure, calling)).isCloseTo(0.9, within(0.005));
  }

  private double called(List<TaxonProbabilities> all, Decision decision) {
    return all.stream()
        .map(p -> p.tempered(decision::temperature))
        .mapToDouble(p -> p.of(p.best(Rank.SUPERKINGDOM)) > decision.superkingdom() ? 1 : 0)
        .average()
        .orElseThrow();
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
