package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
