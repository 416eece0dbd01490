package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaxonTest {
  @Test
  void shouldClimbFromRankToRank() {
    // When
    // Then
    assertThat(Rank.GENUS.above()).isEqualTo(Rank.PHYLUM);
    assertThat(Rank.PHYLUM.above()).isEqualTo(Rank.SUPERKINGDOM);
    assertThatThrownBy(Rank.SUPERKINGDOM::above).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "SUPERKINGDOM, 0, Bacteria, 0",
    "PHYLUM, 0, Pseudomonadota, -1",
    "PHYLUM, -1, Pseudomonadota, 0",
    "PHYLUM, 0, ' ', 0",
    "PHYLUM, 0, 'Pseudo\tmonadota', 0"
  })
  void shouldRefuseWhatIsNoTaxon(Rank rank, int index, String name, int parent) {
    // When
    // Then
    assertThatThrownBy(() -> new Taxon(rank, index, OptionalInt.empty(), name, parent))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, -7, Integer.MIN_VALUE})
  void shouldRefuseATaxonomyIdThatIsNone(int taxId) {
    // When
    // Then
    assertThatThrownBy(() -> new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.of(taxId), "Bacteria", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NA",
        "\"Bacteria\"",
        " b ",
        "Düne",
        "\uD83E\uDDA0",
        "a\u2028b",
        "\uFEFFa",
        "a\\tb"
      })
  void shouldComeBackFromTheLabelsAsItWas(String name) {
    // Given
    Taxonomy taxonomy =
        Taxonomy.of(
            List.of(
                new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.of(Integer.MAX_VALUE), name, -1),
                new Taxon(Rank.PHYLUM, 0, OptionalInt.empty(), name, 0),
                new Taxon(Rank.GENUS, 0, OptionalInt.of(1), name + "x".repeat(100_000), 0)));

    // When
    Taxonomy again = Taxonomy.fromTsv(taxonomy.toTsv());

    // Then
    assertThat(again).isEqualTo(taxonomy);
  }
}
