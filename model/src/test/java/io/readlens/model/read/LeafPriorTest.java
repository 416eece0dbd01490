package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LeafPriorTest {
  /** One phylum of bacteria with one genus, one of viruses with nine; a phylum of no genus. */
  private static Taxonomy taxonomy() {
    List<Taxon> taxa = new ArrayList<>();
    taxa.add(new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.empty(), "Bacteria", -1));
    taxa.add(new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.empty(), "Viruses", -1));
    taxa.add(new Taxon(Rank.PHYLUM, 0, OptionalInt.empty(), "Bacillota", 0));
    taxa.add(new Taxon(Rank.PHYLUM, 1, OptionalInt.empty(), "Chlamydiota", 0));
    taxa.add(new Taxon(Rank.PHYLUM, 2, OptionalInt.empty(), "Pisuviricota", 1));
    taxa.add(new Taxon(Rank.GENUS, 0, OptionalInt.empty(), "Bacillus", 0));
    for (int i = 0; i < 9; i++) {
      taxa.add(new Taxon(Rank.GENUS, 1 + i, OptionalInt.empty(), "Virus " + i, 2));
    }
    return Taxonomy.of(taxa, List.of("vector", "rRNA", "nothing"));
  }

  private static TaxonProbabilities ofNothing() {
    return TaxonProbabilities.ofLogits(taxonomy(), new float[18], 0);
  }

  private static double of(TaxonProbabilities p, Rank rank, int index) {
    return p.of(taxonomy().taxon(rank, index));
  }

  @Test
  void shouldSumToOne() {
    // When
    double[] prior = LeafPrior.of(taxonomy());

    // Then
    assertThat(prior).hasSize(18);
    assertThat(Arrays.stream(prior).min().orElseThrow()).isPositive();
    assertThat(Arrays.stream(prior).sum()).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldNotTakeWhatSaysNothingForTheLargestSuperkingdom() {
    // When
    TaxonProbabilities p = ofNothing();

    // Then: nine genera of ten are of viruses; half by number, half by superkingdom
    double bacteria = of(p, Rank.SUPERKINGDOM, 0);
    double viruses = of(p, Rank.SUPERKINGDOM, 1);
    assertThat(bacteria + viruses + p.ofBackground()).isCloseTo(1, within(1e-12));
    assertThat(p.ofBackground()).isCloseTo(0.1, within(1e-12));
    assertThat(viruses / (viruses + bacteria)).isCloseTo(0.7, within(0.01));
  }

  @Test
  void shouldLeaveATenthOfAPhylumToGeneraWithoutALabel() {
    // When
    TaxonProbabilities p = ofNothing();

    // Then
    double genera = 0;
    for (int i = 1; i < 10; i++) {
      genera += of(p, Rank.GENUS, i);
    }
    assertThat(genera / of(p, Rank.PHYLUM, 2)).isCloseTo(0.9, within(1e-12));
    assertThat(of(p, Rank.PHYLUM, 1)).as("of no genus at all").isGreaterThan(0.1);
  }
}
