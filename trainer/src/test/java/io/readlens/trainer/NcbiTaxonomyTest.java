package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NcbiTaxonomyTest {
  @TempDir private Path directory;

  /** A few nodes as of 2025, a genus without a phylum, and one name twice in a phylum. */
  @BeforeEach
  void writeDumps() throws IOException {
    dump(
        "nodes.dmp",
        "1|1|no rank|",
        "131567|1|cellular root|",
        "2|131567|domain|",
        "1224|2|phylum|",
        "1236|1224|class|",
        "561|1236|genus|EC",
        "562|561|species|EC",
        "10239|1|acellular root|",
        "2731619|10239|phylum|",
        "186765|2731619|genus|",
        "2681611|186765|species|",
        "11111|10239|genus|",
        "700|1236|genus|",
        "701|1224|genus|",
        "9000000|562|strain|",
        "801|802|species|",
        "802|801|genus|");
    dump(
        "names.dmp",
        "1|root||scientific name",
        "2|Bacteria|Bacteria <bacteria>|scientific name",
        "2|eubacteria||genbank common name",
        "1224|Pseudomonadota||scientific name",
        "1224|Proteobacteria||equivalent name",
        "561|Escherichia||scientific name",
        "562|Escherichia coli||scientific name",
        "10239|Viruses||scientific name",
        "2731619|Uroviricota||scientific name",
        "186765|Lambdavirus||scientific name",
        "11111|Deltavirus||scientific name",
        "700|Twin|Twin <one>|scientific name",
        "701|Twin|Twin <other>|scientific name");
    dump("merged.dmp", "469598|562");
    dump("delnodes.dmp", "4711");
  }

  private void dump(String name, String... lines) throws IOException {
    Files.write(
        directory.resolve(name),
        List.of(lines).stream().map(line -> line.replace("|", "\t|\t") + "\t|").toList());
  }

  @Test
  void shouldNameTheTaxaOfAnOrganism() throws IOException {
    // Given
    Lineage coli = new Lineage("Bacteria", "Pseudomonadota", "Escherichia");

    // When
    NcbiTaxonomy taxonomy = new NcbiTaxonomy(directory);

    // Then
    assertThat(taxonomy.lineage(562)).isEqualTo(coli);
    assertThat(taxonomy.lineage(9_000_000)).as("a strain").isEqualTo(coli);
    assertThat(taxonomy.lineage(469598)).as("merged").isEqualTo(coli);
    assertThat(taxonomy.lineage(2681611))
        .isEqualTo(new Lineage("Viruses", "Uroviricota", "Lambdavirus"));
    assertThat(taxonomy.lineage(1224)).isEqualTo(new Lineage("Bacteria", "Pseudomonadota", "NA"));
    assertThat(taxonomy.lineage(11111)).isEqualTo(new Lineage("Viruses", "NA", "NA"));
  }

  @Test
  void shouldUnderstandTheRanksOfOlderDumps() throws IOException {
    // Given
    dump("nodes.dmp", "1|1|no rank|", "2|1|superkingdom|", "1224|2|phylum|", "561|1224|genus|");
    dump("names.dmp", "2|Bacteria||scientific name", "1224|Proteobacteria||scientific name");

    // When
    Lineage lineage = new NcbiTaxonomy(directory).lineage(561);

    // Then
    assertThat(lineage).isEqualTo(new Lineage("Bacteria", "Proteobacteria", "NA"));
  }

  @Test
  void shouldRefuseIdsThatStandForNothing() throws IOException {
    // When
    NcbiTaxonomy taxonomy = new NcbiTaxonomy(directory);

    // Then
    assertThatThrownBy(() -> taxonomy.lineage(4711))
        .hasMessage("taxid 4711 was deleted from the NCBI taxonomy");
    assertThatThrownBy(() -> taxonomy.lineage(99))
        .hasMessage("taxid 99 is not in the NCBI taxonomy of " + directory);
    assertThatThrownBy(() -> taxonomy.lineage(801)).hasMessageContaining("do not lead to the root");
  }

  @Test
  void shouldKnowTheIdsOfTaxaButNeverGuess() throws IOException {
    // When
    NcbiTaxonomy taxonomy = new NcbiTaxonomy(directory);

    // Then
    Lineage coli = new Lineage("Bacteria", "Pseudomonadota", "Escherichia");
    assertThat(taxonomy.taxId(Rank.GENUS, coli)).hasValue(561);
    assertThat(taxonomy.taxId(Rank.PHYLUM, coli)).hasValue(1224);
    assertThat(taxonomy.taxId(Rank.SUPERKINGDOM, coli)).hasValue(2);
    Lineage elsewhere = new Lineage("Bacteria", "Bacillota", "Escherichia");
    assertThat(taxonomy.taxId(Rank.GENUS, elsewhere)).isEmpty();
    Lineage twin = new Lineage("Bacteria", "Pseudomonadota", "Twin");
    assertThat(taxonomy.taxId(Rank.GENUS, twin)).isEmpty();
  }

  @Test
  void shouldNameTheLineAtFault() throws IOException {
    // Given
    dump("merged.dmp", "469598|562", "x|562");

    // When / Then
    assertThatThrownBy(() -> new NcbiTaxonomy(directory))
        .isInstanceOf(IOException.class)
        .hasMessage(directory.resolve("merged.dmp") + ", line 2: 'x' is no taxonomy id");
    dump("merged.dmp", "469598");
    assertThatThrownBy(() -> new NcbiTaxonomy(directory))
        .hasMessage(directory.resolve("merged.dmp") + ", line 1: 1 fields, not 2");
  }

  @Test
  void shouldNameTheTaxaOfReadsThatHaveAnIdAlone() throws IOException {
    // Given
    Optional<NcbiTaxonomy> taxonomy = Optional.of(new NcbiTaxonomy(directory));
    Path truth = Files.writeString(directory.resolve("truth.tsv"), "readId\ttaxid\na\t469598\n");
    Path deleted = Files.writeString(directory.resolve("d.tsv"), "taxid\treadId\n4711\ta\n");
    Path reads = Files.writeString(directory.resolve("reads.fa"), ">a\nACGTACGTACGT\n");

    // When
    ReadSet set = new ReadSet(reads, truth, taxonomy, InputFilter.NONE);

    // Then
    Taxonomy labels = new Labels(set.taxonomy()).taxonomy(taxonomy.get()::taxId);
    assertThat(labels.toTsv())
        .contains("genus\t0\t561\tEscherichia\t0", "superkingdom\t0\t2\tBacteria\tNA");
    assertThatThrownBy(() -> new ReadSet(reads, deleted, taxonomy, InputFilter.NONE))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(deleted + " line 2: taxid 4711 was deleted from the NCBI taxonomy");
  }

  @Test
  void shouldNameTheTaxaOfGenomesThatHaveAnIdAlone() throws IOException {
    // Given
    NcbiTaxonomy taxonomy = new NcbiTaxonomy(directory);
    Files.writeString(
        directory.resolve("genomes.tsv"), "id\taccession\ttaxid\tsplit\ng1\tA1\t562\ttrain\n");
    Files.writeString(
        directory.resolve("regions.tsv"), "id\tcontig\tstart0\tend\tuse\ng1\tc\t0\t9\ttrain\n");

    // When
    GenomePack pack = GenomePack.open(directory, Optional.of(taxonomy));

    // Then
    assertThat(pack.taxonomy().find(Rank.GENUS, "Escherichia")).isPresent();
    assertThat(pack.taxonomy().taxon(Rank.GENUS, 0).taxId()).isEqualTo(OptionalInt.empty());
  }
}
