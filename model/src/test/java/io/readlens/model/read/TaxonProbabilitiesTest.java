package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.network.Toy;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TaxonProbabilitiesTest {
  private static final Comparator<Double> WITHIN =
      (a, b) -> Math.abs(a - b) < 1e-6 ? 0 : Double.compare(a, b);

  private static final Taxonomy TAXONOMY = Toy.taxonomy();

  /** Softmax: superkingdoms .5 .5, phyla .25 .25 .5, genera .1 .2 .3 .4. */
  private static final float[] LOGITS = {
    9,
    9,
    9,
    (float) Math.log(.5),
    (float) Math.log(.5),
    (float) Math.log(.25),
    (float) Math.log(.25),
    (float) Math.log(.5),
    (float) Math.log(.1),
    (float) Math.log(.2),
    (float) Math.log(.3),
    (float) Math.log(.4)
  };

  @Test
  void shouldSumTheHeadsUpTheTree() {
    // When
    TaxonProbabilities p = TaxonProbabilities.ofLogits(TAXONOMY, LOGITS, 3);

    // Then
    assertThat(of(p, Rank.GENUS)).usingElementComparator(WITHIN).containsExactly(.1, .2, .3, .4);
    assertThat(of(p, Rank.PHYLUM))
        .usingElementComparator(WITHIN)
        .containsExactly(.25 * .25 + .75 * (.1 + .2), .25 * .25 + .75 * .3, .25 * .5 + .75 * .4);
    assertThat(of(p, Rank.SUPERKINGDOM))
        .usingElementComparator(WITHIN)
        .containsExactly(.25 * .5 + .75 * .6, .25 * .5 + .75 * .4);
  }

  @Test
  void shouldHearATaxonsOwnHeadWhereItHasNoneBelow() {
    // Given
    Taxonomy taxonomy =
        Taxonomy.of(
            List.of(
                new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.empty(), "Bacteria", -1),
                new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.empty(), "Viruses", -1),
                new Taxon(Rank.PHYLUM, 0, OptionalInt.empty(), "Bacillota", 0),
                new Taxon(Rank.PHYLUM, 1, OptionalInt.empty(), "Chlamydiota", 0),
                new Taxon(Rank.GENUS, 0, OptionalInt.empty(), "Bacillus", 0)));
    float[] logits = {(float) Math.log(.8), (float) Math.log(.2), (float) Math.log(3), 0, 0};

    // When
    TaxonProbabilities p = TaxonProbabilities.ofLogits(taxonomy, logits, 0);

    // Then
    double bacillota = .25 * .75 + .75;
    double chlamydiota = .25;
    assertThat(p.of(taxonomy.taxon(Rank.PHYLUM, 1)))
        .isCloseTo(chlamydiota / (bacillota + chlamydiota), within(1e-6));
    assertThat(p.of(taxonomy.taxon(Rank.SUPERKINGDOM, 1))).isCloseTo(.2 / 1.2, within(1e-6));
  }

  @Test
  void shouldNameTheBestAndTheNextBest() {
    // Given
    TaxonProbabilities p = TaxonProbabilities.ofLogits(TAXONOMY, LOGITS, 3);

    // When
    Taxon best = p.best(Rank.GENUS);
    List<Taxon> next = p.alternatives(Rank.GENUS, 2);

    // Then
    assertThat(best.name()).isEqualTo("Lambdavirus");
    assertThat(next).extracting(Taxon::name).containsExactly("Staphylococcus", "Salmonella");
    assertThat(p.alternatives(Rank.SUPERKINGDOM, 5)).hasSize(1);
  }

  @Test
  void shouldTemperEachRankByItsOwn() {
    // Given
    TaxonProbabilities p = TaxonProbabilities.ofLogits(TAXONOMY, LOGITS, 3);

    // When
    TaxonProbabilities tempered = p.tempered(rank -> rank == Rank.GENUS ? 2 : 1);

    // Then
    double sum = Math.sqrt(.1) + Math.sqrt(.2) + Math.sqrt(.3) + Math.sqrt(.4);
    assertThat(of(tempered, Rank.GENUS))
        .usingElementComparator(WITHIN)
        .containsExactly(
            Math.sqrt(.1) / sum, Math.sqrt(.2) / sum, Math.sqrt(.3) / sum, Math.sqrt(.4) / sum);
    assertThat(of(tempered, Rank.PHYLUM)).isEqualTo(of(p, Rank.PHYLUM));
  }

  @Test
  void shouldTemperWhatIsKnownAlone() {
    // Given
    TaxonProbabilities nothing = TaxonProbabilities.ofLogits(TAXONOMY, new float[9], 0);
    TaxonProbabilities p = TaxonProbabilities.ofLogits(TAXONOMY, LOGITS, 3);

    // When
    TaxonProbabilities temperedNothing = nothing.tempered(rank -> 0.5);
    TaxonProbabilities tempered = p.tempered(rank -> 0.5);

    // Then
    assertThat(of(temperedNothing, Rank.PHYLUM))
        .usingElementComparator(WITHIN)
        .containsExactlyElementsOf(of(nothing, Rank.PHYLUM));
    List<Double> q = of(nothing, Rank.SUPERKINGDOM);
    double one = .575 * .575 / q.get(0);
    double other = .425 * .425 / q.get(1);
    assertThat(of(tempered, Rank.SUPERKINGDOM))
        .usingElementComparator(WITHIN)
        .containsExactly(one / (one + other), other / (one + other));
  }

  @Test
  void shouldWeighWindows() {
    // Given
    float[] other = LOGITS.clone();
    other[11] = 50;
    TaxonProbabilities one = TaxonProbabilities.ofLogits(TAXONOMY, LOGITS, 3);
    TaxonProbabilities two = TaxonProbabilities.ofLogits(TAXONOMY, other, 3);

    // When
    TaxonProbabilities mean = TaxonProbabilities.mean(List.of(one, two), 3, 1);

    // Then
    Taxon last = TAXONOMY.taxon(Rank.GENUS, 3);
    assertThat(mean.of(last)).isCloseTo((3 * .4 + 1) / 4, within(1e-6));
  }

  @Test
  void shouldCallNothingFromLogitsThatAreNotFinite() {
    // Given
    float[] broken = LOGITS.clone();
    broken[7] = Float.NaN;

    // When / Then
    assertThatThrownBy(() -> TaxonProbabilities.ofLogits(TAXONOMY, broken, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not finite");
  }

  @Test
  void shouldHaveTheGreatestEntropyWhereNothingIsKnown() {
    // When
    TaxonProbabilities p = TaxonProbabilities.ofLogits(TAXONOMY, new float[9], 0);

    // Then
    assertThat(p.entropy(Rank.GENUS)).isCloseTo(Math.log(4), within(1e-9));
  }

  private static List<Double> of(TaxonProbabilities p, Rank rank) {
    return TAXONOMY.taxa(rank).stream().map(p::of).toList();
  }

  private static final Taxonomy LEAVES = Toy.taxonomyWithBackground();

  private static TaxonProbabilities leaf(int leaf, float logit) {
    float[] logits = new float[LEAVES.classes()];
    logits[leaf] = logit;
    return TaxonProbabilities.ofLogits(LEAVES, logits, 0);
  }

  @Test
  void shouldCallAGenusWithoutALabelAtItsPhylum() {
    // Given: the head of phylum 1 stands for its other genera
    int other = LEAVES.offset(Rank.PHYLUM) + 1;

    // When
    TaxonProbabilities p = leaf(other, 12);

    // Then
    assertThat(p.of(LEAVES.taxon(Rank.PHYLUM, 1))).isGreaterThan(0.99);
    assertThat(p.of(LEAVES.taxon(Rank.SUPERKINGDOM, 0))).isGreaterThan(0.99);
    assertThat(of(p, Rank.GENUS)).allMatch(genus -> genus < 0.01);
  }

  @Test
  void shouldCallBackgroundAtNoRank() {
    // When
    TaxonProbabilities p = leaf(LEAVES.size(), 12);

    // Then
    assertThat(p.ofBackground()).isGreaterThan(0.99);
    assertThat(p.bestBackground()).contains("vector");
    assertThat(of(p, Rank.SUPERKINGDOM)).allMatch(superkingdom -> superkingdom < 0.01);
  }

  @Test
  void shouldTemperLeavesTowardsTheirPrior() {
    // Given
    int genus = LEAVES.offset(Rank.GENUS) + 2;
    TaxonProbabilities p = leaf(genus, 4);

    // When
    TaxonProbabilities tempered = p.tempered(rank -> 2);

    // Then
    TaxonProbabilities expected = leaf(genus, 2);
    for (Rank rank : Rank.values()) {
      assertThat(of(tempered, rank))
          .usingElementComparator(WITHIN)
          .containsExactlyElementsOf(of(expected, rank));
    }
    assertThat(p.tempered(LEAVES.taxon(Rank.GENUS, 2), 2))
        .isCloseTo(expected.of(LEAVES.taxon(Rank.GENUS, 2)), within(1e-9));
  }
}
