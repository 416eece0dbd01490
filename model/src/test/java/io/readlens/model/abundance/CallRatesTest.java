package io.readlens.model.abundance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * On four genera: Escherichia and Salmonella of one phylum, Staphylococcus of another, Lambdavirus
 * of a third, the only one of viruses.
 */
class CallRatesTest {
  private static final Taxonomy LABELS = Toy.taxonomy();
  private static final Outcome NOTHING = Outcome.none("NOT_PROBABLE_ENOUGH");
  private static final Outcome VECTOR = Outcome.background("vector");
  private static final int BASES = 1_500;

  private final List<Counted> counted = new ArrayList<>();
  private final List<Outcome> outcomes = outcomes();

  private record Counted(Origin origin, Outcome outcome) {}

  private static List<Outcome> outcomes() {
    List<Outcome> all = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      LABELS.taxa(rank).forEach(taxon -> all.add(Outcome.called(taxon)));
    }
    all.add(NOTHING);
    all.add(VECTOR);
    return all;
  }

  private static Taxon genus(String name) {
    return LABELS.find(Rank.GENUS, name).orElseThrow();
  }

  private void count(Origin origin, Outcome outcome, int reads) {
    for (int i = 0; i < reads; i++) {
      counted.add(new Counted(origin, outcome));
    }
  }

  private double[] row(Origin origin) {
    CallConfusion.Builder builder = new CallConfusion.Builder();
    counted.forEach(each -> builder.add(each.origin, BASES, each.outcome));
    return new CallRates(LABELS, builder.build(), outcomes).posterior(origin, BASES, outcomes);
  }

  private double rate(Origin origin, Outcome outcome) {
    return CallRates.mean(row(origin))[outcomes.indexOf(outcome)];
  }

  @Test
  void shouldSayOfEveryOriginSomethingOfEachOutcome() {
    // Given
    count(Origin.of(genus("Escherichia")), Outcome.called(genus("Escherichia")), 5);
    List<Origin> origins = new ArrayList<>(List.of(Origin.unknown()));
    for (Rank rank : Rank.values()) {
      LABELS.taxa(rank).forEach(taxon -> origins.add(Origin.of(taxon)));
    }

    // When / Then
    for (Origin origin : origins) {
      double[] row = row(origin);
      assertThat(Arrays.stream(row).sum())
          .isCloseTo(
              CallRates.PRIOR_READS + (origin.equals(Origin.of(genus("Escherichia"))) ? 5 : 0),
              within(1e-9));
      assertThat(Arrays.stream(row).min().orElseThrow()).as(origin.toString()).isNotNegative();
      assertThat(Arrays.stream(CallRates.mean(row)).sum()).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void shouldBelieveManyReads() {
    // Given
    Origin escherichia = Origin.of(genus("Escherichia"));
    count(escherichia, Outcome.called(genus("Escherichia")), 700);
    count(escherichia, Outcome.called(genus("Salmonella")), 300);

    // When / Then
    assertThat(rate(escherichia, Outcome.called(genus("Escherichia"))))
        .isCloseTo(0.7, within(0.01));
    assertThat(rate(escherichia, Outcome.called(genus("Salmonella")))).isCloseTo(0.3, within(0.01));
  }

  @Test
  void shouldTakeAGenusWithoutReadsForOneOfItsPhylum() {
    // Given: of bacteria half the reads are called, of viruses hardly one
    Outcome own = Outcome.called(genus("Escherichia"));
    count(Origin.of(genus("Escherichia")), own, 50);
    count(Origin.of(genus("Escherichia")), Outcome.called(LABELS.taxon(Rank.PHYLUM, 0)), 50);
    count(Origin.of(genus("Lambdavirus")), NOTHING, 100);

    // When
    double salmonella = rate(Origin.of(genus("Salmonella")), Outcome.called(genus("Salmonella")));
    double staphylococcus =
        rate(Origin.of(genus("Staphylococcus")), Outcome.called(genus("Staphylococcus")));
    double lambdavirus =
        rate(Origin.of(genus("Lambdavirus")), Outcome.called(genus("Lambdavirus")));

    // Then
    assertThat(salmonella).isBetween(0.35, 0.5);
    assertThat(staphylococcus).isBetween(0.25, salmonella);
    assertThat(lambdavirus).isLessThan(0.05);
  }

  @Test
  void shouldTakeAnUnknownGenusForOneThatIsNotCalledItsOwn() {
    // Given
    Origin escherichia = Origin.of(genus("Escherichia"));
    Taxon phylum = LABELS.taxon(Rank.PHYLUM, 0);
    count(escherichia, Outcome.called(genus("Escherichia")), 80);
    count(escherichia, Outcome.called(phylum), 15);
    count(escherichia, NOTHING, 5);

    // When
    double ofPhylum = rate(Origin.of(phylum), Outcome.called(phylum));
    double ofNothing = rate(Origin.of(phylum), NOTHING);

    // Then: three to one, as among those that are not called Escherichia
    assertThat(ofPhylum / ofNothing).isBetween(2.0, 3.5);
    assertThat(ofPhylum + ofNothing).isGreaterThan(0.7);
    assertThat(rate(Origin.of(phylum), Outcome.called(genus("Escherichia")))).isLessThan(0.1);
  }

  @Test
  void shouldBelieveReadsOfUnknownGenera() {
    // Given
    Taxon phylum = LABELS.taxon(Rank.PHYLUM, 0);
    count(Origin.of(genus("Escherichia")), Outcome.called(genus("Escherichia")), 100);
    count(Origin.of(phylum), Outcome.called(genus("Salmonella")), 200);

    // When / Then
    assertThat(rate(Origin.of(phylum), Outcome.called(genus("Salmonella")))).isGreaterThan(0.9);
    assertThat(rate(Origin.of(LABELS.taxon(Rank.PHYLUM, 1)), Outcome.called(genus("Salmonella"))))
        .as("another phylum's unknown genera are called one of their own")
        .isLessThan(0.1);
  }

  @Test
  void shouldBelieveTenReadsOfUnknownGeneraHalf() {
    // Given: known genera are nearly always called, which tells little of unknown ones
    Taxon phylum = LABELS.taxon(Rank.PHYLUM, 0);
    count(Origin.of(genus("Escherichia")), Outcome.called(genus("Escherichia")), 190);
    count(Origin.of(genus("Escherichia")), Outcome.called(phylum), 10);
    count(Origin.of(LABELS.taxon(Rank.PHYLUM, 1)), NOTHING, 10);

    // When
    double nothing = rate(Origin.of(phylum), NOTHING);

    // Then
    assertThat(nothing).isBetween(0.45, 0.65);
  }

  @Test
  void shouldTakeBackgroundAsItIsCalledUnlessItWasMeasured() {
    // Given
    count(Origin.of(genus("Escherichia")), NOTHING, 10);
    double called = rate(Origin.background("vector"), VECTOR);
    count(Origin.background("vector"), VECTOR, 80);
    count(Origin.background("vector"), NOTHING, 20);

    // When
    double measured = rate(Origin.background("vector"), VECTOR);

    // Then
    assertThat(called).isEqualTo(1);
    assertThat(measured).isBetween(0.7, 0.85);
  }

  @Test
  void shouldDrawRowsAroundTheirMean() {
    // Given
    Origin escherichia = Origin.of(genus("Escherichia"));
    count(escherichia, Outcome.called(genus("Escherichia")), 30);
    count(escherichia, NOTHING, 10);
    double[] row = row(escherichia);
    SplittableRandom random = new SplittableRandom(1);

    // When
    int at = outcomes.indexOf(Outcome.called(genus("Escherichia")));
    double[] drawn = new double[5_000];
    Arrays.setAll(drawn, i -> CallRates.draw(row, random)[at]);

    // Then: the standard deviation is that of a Beta variable of 50 reads
    double mean = CallRates.mean(row)[at];
    double average = Arrays.stream(drawn).average().orElseThrow();
    double variance =
        Arrays.stream(drawn).map(x -> x * x).average().orElseThrow() - average * average;
    assertThat(average).isCloseTo(mean, within(0.01));
    assertThat(Math.sqrt(variance)).isCloseTo(Math.sqrt(mean * (1 - mean) / 51), within(0.005));
  }
}
