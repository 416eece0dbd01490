package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.io.MalformedFileException;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenomePackTest {
  private final ToyPack toy = new ToyPack();

  @Test
  void shouldLabelExactlyTheTaxaThatHaveTrainRegions() {
    // When
    List<String> genera = names(Rank.GENUS);

    // Then
    assertThat(names(Rank.SUPERKINGDOM)).containsExactly("Archaea", "Bacteria");
    assertThat(names(Rank.PHYLUM))
        .containsExactly("Bacillota", "Promethearchaeota", "Pseudomonadota");
    assertThat(genera).containsExactly("Escherichia", "Staphylococcus");
    assertThat(toy.taxonomy().taxon(Rank.PHYLUM, 0).taxId()).isEqualTo(OptionalInt.of(1239));
    assertThat(toy.taxonomy().taxon(Rank.GENUS, 0).taxId()).isEmpty();
    assertThat(toy.taxonomy().taxon(Rank.GENUS, 1).parent()).isEqualTo(0);
  }

  private List<String> names(Rank rank) {
    return toy.taxonomy().taxa(rank).stream().map(Taxon::name).toList();
  }

  @Test
  void shouldHoldOutTheEndOfLongTrainRegions() throws IOException {
    // When
    List<Genome> train = toy.pack().genomes(GenomePack.Use.TRAIN);
    List<Genome> validation = toy.pack().genomes(GenomePack.Use.VALIDATION);

    // Then
    assertThat(train).extracting(Genome::bases).containsExactly(76_000L, 20_000L, 20_000L);
    assertThat(validation).extracting(Genome::id).containsExactly("g1");
    assertThat(train.get(0).segments().get(0) + validation.get(0).segments().get(0))
        .isEqualTo(toy.pack().genomes(GenomePack.Use.REFERENCE).get(0).segments().get(0));
  }

  @Test
  void shouldKeepTestSequenceApart() throws IOException {
    // When
    List<Genome> regions = toy.pack().genomes(GenomePack.Use.TEST_REGION);
    List<Genome> unseen = toy.pack().genomes(GenomePack.Use.TEST_UNSEEN_SPECIES);

    // Then
    assertThat(regions).extracting(Genome::bases).containsExactly(10_000L, 4_000L);
    assertThat(unseen).extracting(Genome::id).containsExactly("g4");
  }

  @Test
  void shouldNameTheLineOfABrokenTable(@TempDir Path directory) throws IOException {
    // Given
    Files.writeString(directory.resolve("genomes.tsv"), "id\tsplit\ng1\ttrain\ng2\n");

    // When / Then
    assertThatThrownBy(() -> GenomePack.open(directory))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("genomes.tsv line 3: 1 columns, not 2");
  }
}
