package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnknownGenomesTest {
  private static final Taxonomy LABELS = new ToyPack().taxonomy();

  @TempDir private Path directory;

  /** Genomes of 3,000 bases, each of a lineage that a line gives. */
  private void write(String... lineages) throws IOException {
    Files.createDirectories(directory.resolve("genomes"));
    StringBuilder genomes =
        new StringBuilder("id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\tsplit\n");
    StringBuilder regions = new StringBuilder("id\tcontig\tstart0\tend\tuse\n");
    for (int i = 0; i < lineages.length; i++) {
      String id = "n" + i;
      genomes.append(id).append("\tA\tNA\t").append(lineages[i]).append("\ttest_unseen_species\n");
      regions.append(id).append('\t').append(id).append("c\t0\t3000\ttest_unseen_species\n");
      try (OutputStream out =
          new GZIPOutputStream(
              Files.newOutputStream(directory.resolve("genomes/" + id + ".fa.gz")))) {
        out.write(
            (">" + id + "c\n" + "ACGTTGCAAC".repeat(300) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
      }
    }
    Files.writeString(directory.resolve("genomes.tsv"), genomes);
    Files.writeString(directory.resolve("regions.tsv"), regions);
  }

  @Test
  void shouldCutReadsAndSayWhatIsKnownOfThem() throws IOException {
    // Given
    write(
        "Bacteria\tBacillota\tListeria",
        "Bacteria\tAquificota\tAquifex",
        "Viruses\tNA\tAvsunviroid");

    // When
    List<LabelledRead> reads =
        UnknownGenomes.open(directory, LABELS)
            .cut(List.of(150, 1_500, 5_000), 4, InputFilter.NONE, new Random(1));

    // Then
    int bacillota = LABELS.find(Rank.PHYLUM, "Bacillota").orElseThrow().index();
    int bacteria = LABELS.find(Rank.SUPERKINGDOM, "Bacteria").orElseThrow().index();
    int viruses = LABELS.find(Rank.SUPERKINGDOM, "Viruses").map(Taxon::index).orElse(-1);
    assertThat(reads).hasSize(3 * 2 * 4);
    assertThat(reads)
        .extracting(LabelledRead::superkingdom, LabelledRead::phylum, LabelledRead::genus)
        .containsOnly(
            tuple(bacteria, bacillota, -1), tuple(bacteria, -1, -1), tuple(viruses, -1, -1));
    assertThat(reads).filteredOn(read -> read.phylum() == bacillota).hasSize(8);
    assertThat(reads).filteredOn(read -> read.superkingdom() == bacteria).hasSize(16);
    assertThat(reads).extracting(read -> read.bases().length()).containsOnly(150, 1_500);
  }

  @Test
  void shouldRefuseAGenusThatTheCheckpointKnows() throws IOException {
    // Given
    write("Bacteria\tBacillota\tStaphylococcus");

    // When / Then
    assertThatThrownBy(() -> UnknownGenomes.open(directory, LABELS))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s: genome n0 is of Staphylococcus, which the checkpoint knows".formatted(directory));
  }

  @Test
  void shouldRefuseADirectoryWithoutGenomes() throws IOException {
    // Given
    write();

    // When / Then
    assertThatThrownBy(() -> UnknownGenomes.open(directory, LABELS))
        .isInstanceOf(IOException.class)
        .hasMessage(directory + " has no genome to cut reads from");
  }
}
