package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledReadsTest {
  private static final String COLUMNS = "readId\tsuperkingdom\tphylum\tgenus";

  @TempDir private Path directory;

  @Test
  void shouldFindTheRowThatMatesShareAndPreferTheirOwn() throws IOException {
    // Given
    Path reads = reads("a/1", "a/2", "b/1", "b/2", "c");
    Path truth =
        table(
            COLUMNS + "\ttaxid",
            "c\tViruses\tNA\tNA\t10239",
            "b/2\tArchaea\tNA\tNA\t2157",
            "b\tBacteria\tNA\tNA\t2",
            "a\tBacteria\tPseudomonadota\tNA\t1224");

    // When
    List<LabelledRead> labelled = read(reads, truth);

    // Then
    assertThat(labelled)
        .extracting(LabelledRead::genome)
        .containsExactly("1224", "1224", "2", "2157", "10239");
    assertThat(labelled.get(0).label(Rank.PHYLUM))
        .isEqualTo(labelled.get(1).label(Rank.PHYLUM))
        .isNotNegative();
    assertThat(labelled.get(2).label(Rank.SUPERKINGDOM))
        .isNotEqualTo(labelled.get(3).label(Rank.SUPERKINGDOM));
  }

  @Test
  void shouldTakeEachReadForAGenomeWhereNoColumnSaysMore() throws IOException {
    // Given
    Path truth = table(COLUMNS, "a\tBacteria\tNA\tNA", "b\tBacteria\tNA\tNA");

    // When
    List<LabelledRead> labelled = read(reads("a", "b/2"), truth);

    // Then
    assertThat(labelled).extracting(LabelledRead::genome).containsExactly("a", "b");
  }

  /** The second row lies behind all that is asked for. */
  @ParameterizedTest
  @CsvSource({
    "Bacteria 1224 g, Archaea 1224 g, other taxa of read a",
    "Bacteria 1224 g, NA 1224 g, other taxa of read a",
    "NA 1224 g, Bacteria 1224 g, other taxa of read a",
    "Bacteria 1224 g, Bacteria 1224 h, another genome of read a",
  })
  void shouldRefuseRowsThatContradictEachOther(String first, String second, String fault)
      throws IOException {
    // Given
    Path truth =
        table(
            COLUMNS + "\ttaxid\tgenome",
            row("a", first),
            row("b", first),
            row("c", second),
            row("a", second));

    // When / Then
    assertThatThrownBy(() -> read(reads("a", "b"), truth))
        .hasMessage(truth + " line 5: " + fault + " than in line 2");
  }

  @Test
  void shouldRefuseTwoTaxonomyIdsOfOneRead() throws IOException {
    // Given
    Path truth = table(COLUMNS + "\ttaxid", "a\tBacteria\tNA\tNA\t2", "a\tBacteria\tNA\tNA\t1224");

    // When / Then
    assertThatThrownBy(() -> read(reads("a"), truth))
        .hasMessage(truth + " line 3: another taxid of read a than in line 2");
  }

  @Test
  void shouldTakeARowThatIsThereTwice() throws IOException {
    // Given
    String row = "a\tBacteria\tNA\tNA";

    // When
    List<LabelledRead> labelled = read(reads("a"), table(COLUMNS, row, row));

    // Then
    assertThat(labelled).hasSize(1);
  }

  @Test
  void shouldNameTheReadThatHasNoRow() throws IOException {
    // Given
    Path truth = table(COLUMNS, "a\tBacteria\tNA\tNA");

    // When / Then
    assertThatThrownBy(() -> read(reads("a", "b/1"), truth))
        .isInstanceOf(IOException.class)
        .hasMessage(truth + " has no row for read b/1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          >a~ACGT~>b~ACGT~AC7T~           | line 3: read b has '7' at base 6
          >a~AC-T~>b~ACGT~                | line 1: read a has '-' at base 2
          @a~ACGT~+~IIII~@b~GG*~+~III~    | line 5: read b has '*' at base 2
          @a~ACGT~+~IIII~~@b~GGEG~+~IIII~ | line 6: read b has 'E' at base 2
          """)
  void shouldNameTheFileAndTheLineOfWhatIsNoRead(String file, String fault) throws IOException {
    // Given
    Path reads = Files.writeString(directory.resolve("reads"), file.replace('~', '\n'));
    Path truth = table(COLUMNS, "a\tBacteria\tNA\tNA", "b\tBacteria\tNA\tNA");

    // When / Then
    assertThatThrownBy(() -> read(reads, truth))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(reads + " " + fault);
  }

  private static String row(String readId, String row) {
    String[] cells = row.split(" ");
    return String.join("\t", readId, cells[0], "NA", "NA", cells[1], cells[2]);
  }

  private static List<LabelledRead> read(Path reads, Path truth) throws IOException {
    return LabelledReads.read(reads, truth, Checkpoint.bundled().taxonomy(), InputFilter.NONE);
  }

  private Path reads(String... names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append('>').append(name).append("\nACGTACGT\n");
    }
    return Files.writeString(directory.resolve("reads.fasta"), text);
  }

  private Path table(String... lines) throws IOException {
    return Files.write(directory.resolve("truth.tsv"), List.of(lines));
  }
}
