package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxon;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final Comparison comparison = new Comparison();

  @Test
  void shouldCountWhatBecomesOfCalls() {
    // When
    comparison.add("1", called("Bacteria"), called("Bacteria"), Map.of());
    comparison.add("2", called("Bacteria"), called("Archaea"), Map.of());
    comparison.add("3", called("Bacteria"), nothing(), Map.of());
    comparison.add("4", nothing(), called("Archaea"), Map.of());
    comparison.add("5", nothing(), called("Archaea"), Map.of());
    comparison.add("6", nothing(), nothing(), Map.of());

    // Then
    Comparison.OfRank superkingdom = comparison.of(Rank.SUPERKINGDOM);
    assertThat(comparison.reads()).isEqualTo(6);
    assertThat(superkingdom.same()).isEqualTo(1);
    assertThat(superkingdom.other()).isEqualTo(1);
    assertThat(superkingdom.onlyA()).isEqualTo(1);
    assertThat(superkingdom.onlyB()).isEqualTo(2);
    assertThat(superkingdom.neither()).isEqualTo(1);
    assertThat(superkingdom.changed()).isEqualTo(4);
    assertThat(superkingdom.examples())
        .extracting(Comparison.Example::readId)
        .containsExactly("2", "3", "4");
    assertThat(comparison.of(Rank.PHYLUM).neither()).isEqualTo(6);
  }

  @Test
  void shouldTellTaxaByTheirNamesWhateverTheirPlaceAmongTheLabels() {
    // When
    comparison.add("1", called(taxon(0, "Bacteria")), called(taxon(7, "Bacteria")), Map.of());
    comparison.add("2", called(taxon(0, "Bacteria")), called(taxon(0, "Archaea")), Map.of());

    // Then
    assertThat(comparison.of(Rank.SUPERKINGDOM).same()).isEqualTo(1);
    assertThat(comparison.of(Rank.SUPERKINGDOM).other()).isEqualTo(1);
  }

  @Test
  void shouldSayHowFarSpansMovedWhereTheCallStays() {
    // When
    comparison.add("1", called("Bacteria", 0, 60), called("Bacteria", 30, 90), Map.of());
    comparison.add("2", called("Bacteria", 0, 60), called("Bacteria"), Map.of());
    comparison.add("3", called("Bacteria"), called("Bacteria"), Map.of());
    comparison.add("4", called("Bacteria", 0, 60), called("Archaea", 0, 60), Map.of());

    // Then
    List<Double> overlaps = comparison.of(Rank.SUPERKINGDOM).overlaps();
    assertThat(overlaps).hasSize(2);
    assertThat(overlaps.get(0)).isZero();
    assertThat(overlaps.get(1)).isCloseTo(1 / 3.0, within(1e-9));
  }

  @Test
  void shouldMeasureBothOnReadsOfKnownTaxonAndCountNoCallAsAMiss() {
    // Given
    Map<Rank, String> bacteria = Map.of(Rank.SUPERKINGDOM, "Bacteria");
    Map<Rank, String> viruses = Map.of(Rank.SUPERKINGDOM, "Viruses");

    // When
    comparison.add("1", called("Bacteria"), called("Bacteria"), bacteria);
    comparison.add("2", called("Bacteria"), called("Archaea"), bacteria);
    comparison.add("3", nothing(), called("Bacteria"), bacteria);
    comparison.add("4", nothing(), called("Bacteria"), bacteria);
    comparison.add("5", nothing(), called("Viruses"), viruses);
    comparison.add("6", called("Bacteria"), nothing(), Map.of());

    // Then
    Comparison.OfRank ofRank = comparison.of(Rank.SUPERKINGDOM);
    assertThat(ofRank.ofA().reads()).isEqualTo(5);
    assertThat(ofRank.ofA().balanced()).isCloseTo((2 / 4.0 + 0) / 2, within(1e-9));
    assertThat(ofRank.ofB().balanced()).isCloseTo((3 / 4.0 + 1) / 2, within(1e-9));
    assertThat(ofRank.ofA().precision()).isEqualTo(1);
    assertThat(ofRank.ofB().precision()).isCloseTo(4 / 5.0, within(1e-9));
    assertThat(ofRank.corrected()).isEqualTo(3);
    assertThat(ofRank.spoiled()).isEqualTo(1);
    assertThat(comparison.of(Rank.GENUS).ofA().balanced()).isNaN();
  }

  private static ExplainedRead nothing() {
    return new ExplainedRead(List.of(), "checkpoint");
  }

  private static ExplainedRead called(String name, int... span) {
    return called(taxon(0, name), span);
  }

  private static ExplainedRead called(Taxon taxon, int... span) {
    List<Span> spans = span.length == 0 ? List.of() : List.of(new Span(span[0], span[1], 1));
    return new ExplainedRead(
        List.of(new Call(taxon, 0.9, List.of(), Mask.of(new float[20]), spans)), "checkpoint");
  }

  private static Taxon taxon(int index, String name) {
    return new Taxon(Rank.SUPERKINGDOM, index, OptionalInt.empty(), name, -1);
  }
}
