package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {"-7", "0", "abc", "99999999999", "5.0"})
  void shouldRefuseATaxonomyIdThatItsOwnTablesCouldNotHold(String taxId, @TempDir Path directory)
      throws IOException {
    // Given
    Files.writeString(
        directory.resolve("genomes.tsv"),
        "id\tsplit\ttaxid\tsuperkingdom\tphylum\tgenus\n"
            + ("g1\ttrain\t" + taxId + "\tBacteria\tNA\tNA\n"));

    // When / Then
    assertThatThrownBy(() -> GenomePack.open(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("genomes.tsv, line 2: taxid '" + taxId + "' is neither");
  }

  static List<Arguments> contigFiles() {
    byte[] first = text(">c1 of DÜne\nacgt\nACGT\n");
    byte[] second = text(">c2\nTTTT\n");
    return List.of(
        Arguments.of("gzip", gzip(first, second)),
        Arguments.of("gzip of two members", concat(gzip(first), gzip(second))),
        Arguments.of("gzip with zeros behind", concat(gzip(first, second), new byte[512])),
        Arguments.of("plain", concat(first, second)),
        Arguments.of("CR LF", gzip(text(">c1\r\nacgt\r\nACGT\r\n>c2\r\nTTTT\r\n"))),
        Arguments.of("CR alone", gzip(text(">c1\racgt\rACGT\r>c2\rTTTT\r"))),
        Arguments.of("a mark and a Ctrl-Z", gzip(text("\uFEFF"), first, second, text("\u001a"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contigFiles")
  void shouldReadContigsAsOtherFilesAreRead(String what, byte[] file, @TempDir Path directory)
      throws IOException {
    // Given
    pack(directory, file, "g1\tc1\t2\t8\ttrain\ng1\tc2\t0\t4\ttrain\n");

    // When
    List<Genome> genomes = GenomePack.open(directory).genomes(GenomePack.Use.TRAIN);

    // Then
    assertThat(genomes).hasSize(1);
    assertThat(genomes.get(0).segments()).containsExactly("GTACGT", "TTTT");
    assertThat(genomes.get(0).digest()).isEqualTo(Sha256.of(file));
  }

  static List<Arguments> brokenContigFiles() {
    byte[] whole = gzip(text(">c1\nACGTACGT\n>c2\nTTTT\n"));
    return List.of(
        Arguments.of(Arrays.copyOf(whole, whole.length - 6), "cut off"),
        Arguments.of(gzip(text(">c1\nACGTACGT\n>c1\nTTTT\n")), "line 3: contig c1 has come"),
        Arguments.of(gzip(text(">c1\nACGT\rACGT\n>c2\nTTTT\n")), "line 2"),
        Arguments.of(gzip(text(">c1\nACGTACGT>c2\nTTTT\n")), "which begins a record"),
        Arguments.of(gzip(text(">c1\nACGT@c2\nTTTT\n+\nIIII\n")), "line 2: letter 5"),
        Arguments.of(gzip(text(">c1>c2\nTTTT\n")), "line 1: the header of record c1>c2"),
        Arguments.of(gzip(text(">c1\nAC\nGT-CGT\n>c2\nTTTT\n")), "line 1: read c1 has '-' at"),
        Arguments.of(gzip(text(">c1\nACGTACGT\n>c2\nTT7T\n")), "line 3: read c2 has '7' at base 2"),
        Arguments.of(gzip(text("")), "holds no FASTA record"),
        Arguments.of(gzip(text("ACGT\n")), "neither FASTQ"),
        Arguments.of(gzip(text(">c1\nACGT\n>c2\nTTTT\n")), "regions.tsv: 2 to 8 is no part"),
        Arguments.of(gzip(text(">c2\nTTTT\n")), "has no contig c1"));
  }

  @ParameterizedTest
  @MethodSource("brokenContigFiles")
  void shouldNameWhatIsWrongWithContigs(byte[] file, String fault, @TempDir Path directory)
      throws IOException {
    // Given
    pack(directory, file, "g1\tc1\t2\t8\ttrain\ng1\tc2\t0\t4\ttrain\n");
    GenomePack pack = GenomePack.open(directory);

    // When / Then
    assertThatThrownBy(() -> pack.genomes(GenomePack.Use.TRAIN))
        .isInstanceOfAny(IOException.class, MalformedFileException.class)
        .hasMessageContaining(fault);
  }

  private static void pack(Path directory, byte[] contigs, String regions) throws IOException {
    Files.createDirectories(directory.resolve("genomes"));
    Files.writeString(
        directory.resolve("genomes.tsv"),
        """
        id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\tsplit
        g1\tA1.1\t562\tBacteria\tPseudomonadota\tEscherichia\ttrain
        """);
    Files.writeString(directory.resolve("regions.tsv"), "id\tcontig\tstart0\tend\tuse\n" + regions);
    Files.write(directory.resolve("genomes/g1.fa.gz"), contigs);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }

  private static byte[] gzip(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(whole)) {
      gzip.write(concat(parts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return whole.toByteArray();
  }
}
