package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private final Labels labels = new Labels();

  private static Taxonomy taxonomy(Labels labels) {
    return labels.taxonomy((rank, name) -> OptionalInt.empty());
  }

  private static List<String> names(Taxonomy taxonomy, Rank rank) {
    return taxonomy.taxa(rank).stream().map(Taxon::name).toList();
  }

  /** Bacteria with two phyla and three genera. */
  private Taxonomy bacteria() {
    labels.add(new Lineage("Bacteria", "Pseudomonadota", "Vibrio"));
    labels.add(new Lineage("Bacteria", "Bacillota", "Bacillus"));
    labels.add(new Lineage("Bacteria", "Pseudomonadota", "Escherichia"));
    return taxonomy(labels);
  }

  @Test
  void shouldOrderTheLabelsOfARankByName() {
    // When
    Taxonomy taxonomy = bacteria();

    // Then
    assertThat(names(taxonomy, Rank.PHYLUM)).containsExactly("Bacillota", "Pseudomonadota");
    assertThat(names(taxonomy, Rank.GENUS)).containsExactly("Bacillus", "Escherichia", "Vibrio");
    assertThat(taxonomy.taxon(Rank.GENUS, 2).parent()).isEqualTo(1);
  }

  @Test
  void shouldPutNewLabelsAfterThoseOfTheCheckpoint() {
    // Given
    Taxonomy before = bacteria();
    Labels more = new Labels();
    more.add(new Lineage("Archaea", "Halobacteriota", "Haloferax"));
    more.add(new Lineage("Bacteria", "Bacillota", "Anoxybacillus"));

    // When
    Taxonomy now = Labels.extended(before, taxonomy(more));

    // Then
    assertThat(names(now, Rank.SUPERKINGDOM)).containsExactly("Bacteria", "Archaea");
    assertThat(names(now, Rank.GENUS))
        .containsExactly("Bacillus", "Escherichia", "Vibrio", "Anoxybacillus", "Haloferax");
    for (Rank rank : Rank.values()) {
      assertThat(now.taxa(rank).subList(0, before.size(rank))).isEqualTo(before.taxa(rank));
    }
    assertThat(now.lineage(now.taxon(Rank.GENUS, 4)))
        .extracting(Taxon::name)
        .containsExactly("Archaea", "Halobacteriota", "Haloferax");
  }

  @Test
  void shouldKeepTheCheckpointsLabelsWhereTheDataHasFewer() {
    // Given
    Taxonomy before = bacteria();
    Labels fewer = new Labels();
    fewer.add(new Lineage("Bacteria", "Pseudomonadota", "Vibrio"));

    // When
    Taxonomy now = Labels.extended(before, taxonomy(fewer));

    // Then
    assertThat(now).isEqualTo(before);
  }

  @Test
  void shouldRefuseATaxonUnderAnotherParent() {
    // Given
    Taxonomy before = bacteria();
    Labels other = new Labels();
    other.add(new Lineage("Bacteria", "Bacillota", "Vibrio"));
    Taxonomy data = taxonomy(other);

    // When / Then
    assertThatThrownBy(() -> Labels.extended(before, data))
        .hasMessage("genus Vibrio stands both under Pseudomonadota and under Bacillota");
  }

  @Test
  void shouldFillInTaxonomyIdsAndRefuseOthers() {
    // Given
    Taxonomy before = bacteria();
    Labels same = new Labels(before);
    Taxonomy known = same.taxonomy((rank, lineage) -> OptionalInt.of(lineage.hashCode() & 0xffff));
    Taxonomy other =
        same.taxonomy((rank, lineage) -> OptionalInt.of(1 + lineage.name(rank).length()));

    // When
    Taxonomy filled = Labels.extended(before, known);

    // Then
    assertThat(filled).isEqualTo(known);
    assertThatThrownBy(() -> Labels.extended(known, other))
        .hasMessageContaining("superkingdom Bacteria has taxid");
  }

  @Test
  void shouldCountNothingAsKnownBelowAGap() {
    // When
    Lineage lineage = new Lineage("Viruses", "NA", "Lambdavirus");

    // Then
    assertThat(lineage.genus()).isEqualTo(Lineage.NONE);
    assertThat(lineage.knows(Rank.SUPERKINGDOM)).isTrue();
  }
}
