package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of which one was written behind another that had no line end, or that was cut off. */
class JoinedFilesTest {
  /** Whose headers have no descriptions, so that no mark may be in them. */
  private static final List<String> NAMED =
      List.of(
          ">read1\nACGT\nAC\n>read2\nGG\n",
          ">NC_000913.3\nACGT\n>NC_000914.1\nGGTT\n",
          "@read1\nACGT\n+\nIIII\n@read2\nGG\n+\n@>\n",
          "@M00967:43:A3H:1:1101:14069:1827\nACGT\n+\nII@I\n",
          "@r\n\n+\n\n@SRR1.1\nACG\n+SRR1.1\nIII\n@SRR1.2\nTTT\n+SRR1.2\nIII\n");

  /** Whose headers have, in pairs of files that are named alike. */
  private static final List<List<String>> DESCRIBED =
      List.of(
          List.of(">s1 len=6\nACGTAC\n>s2 len=2\nGG\n", ">t7 len=4\nACGG\n>t8 len=2\nTT\n"),
          List.of(">NC_000913.3 chromosome\nACGT\n", ">NZ_CP009072.1 plasmid\nGGTT\n"),
          List.of(
              "@M00967:43:A3H:1:1101:14069:1827 1:N:0:AT\nACGT\n+\nII@I\n",
              "@M00967:43:A3H:1:1102:9:18 1:N:0:AT\nAC\n+\nII\n"),
          List.of(
              "@4f1c2d3e-0001-4b5c-9d6e-7f8a9b0c1d2e st=5\nACGTACGT\n+\nI>II@III\n",
              "@a00c2d3e-7b01-4b5c-9d6e-123456789012 st=6\nACGTACGT\n+\nIIIIIIII\n"),
          List.of("@SRR1.1 one\nACG\n+SRR1.1 one\nIII\n", "@SRR1.2 two\nTTT\n+SRR1.2 two\nIII\n"));

  @TempDir private Path folder;

  static Stream<Arguments> pairs() {
    Stream<Arguments> named =
        NAMED.stream()
            .flatMap(
                first ->
                    Stream.concat(NAMED.stream(), DESCRIBED.stream().flatMap(List::stream))
                        .map(second -> Arguments.of(first, second)));
    return Stream.concat(
        named, DESCRIBED.stream().map(pair -> Arguments.of(pair.get(0), pair.get(1))));
  }

  /** Wherever the first file ends: the join is refused, or it is between two lines. */
  @ParameterizedTest
  @MethodSource("pairs")
  void shouldLoseNoRecordOfTheSecondFile(String first, String second) throws IOException {
    List<SequenceRecord> sought = read(second);
    for (int cut = 1; cut <= first.length(); cut++) {
      // Given
      String joined = first.substring(0, cut) + second;
      List<SequenceRecord> found = new ArrayList<>();

      // When
      try (ReadFile reads = ReadFile.open(write(joined))) {
        reads.forEachRemaining(found::add);
      } catch (MalformedFileException refused) {
        assertThat(refused).hasMessageStartingWith(folder.resolve("reads") + " line ");
        continue;
      }

      // Then
      assertThat(found.subList(found.size() - sought.size(), found.size()))
          .as(joined)
          .extracting(SequenceRecord::id, SequenceRecord::description, SequenceRecord::sequence)
          .containsExactlyElementsOf(
              sought.stream()
                  .map(each -> tuple(each.id(), each.description(), each.sequence()))
                  .toList());
    }
  }

  /** What is joined, the line at fault, and what the message says. */
  static Stream<Arguments> joins() {
    return Stream.of(
        Arguments.of(">a\nACGT@b\nGGGG\n+\nIIII\n", 2, "letter 5 of a line of record a is '@'"),
        Arguments.of(
            ">a\nAC\nACGT@b 1\nGGGG\n+\nIIII\n@c\nGG\n+\nII\n@d\nCC\n+\nII\n",
            3,
            "keep FASTA and FASTQ in two files"),
        Arguments.of(">a\nACGT\n@b\nGGGG\n+\nIIII\n", 3, "letter 1 of a line of record a is '@'"),
        Arguments.of(">a@b\nGGGG\n+\nIIII\n", 3, "letter 1 of a line of record a@b is '+'"),
        Arguments.of(">x>y\nACGT\n", 1, "the header of record x>y holds another '>'"),
        Arguments.of(">x>y\nACGT\n", 1, "write a line end between them"),
        Arguments.of(">a\nAC\n>tig01>tig02 len=4\nACGT\n", 3, "holds another '>'"),
        Arguments.of(">chr1>C2\nACGT\n", 1, "holds another '>'"),
        Arguments.of(">x first one>y second\nACGT\n", 1, "holds another '>'"),
        Arguments.of(">x >y\nACGT\n", 1, "holds another '>'"),
        Arguments.of(">>y\nACGT\n", 1, "holds another '>'"),
        Arguments.of("@x@y\nACGT\n+\nIIII\n", 1, "the first was cut off, copy it again"),
        Arguments.of("@cell@A00123:7:H:1:1101:5:7\nA\n+\nI\n", 1, "leave that letter out"),
        Arguments.of("@x @y\nACGT\n+\nIIII\n", 1, "holds another '@'"),
        Arguments.of("@@y\nACGT\n+\nIIII\n", 1, "holds another '@'"),
        Arguments.of("@x 1:N:0:AT@y 1:N:0:AT\nACGT\n+\nIIII\n", 1, "holds another '@'"),
        Arguments.of("@x\nAC@y\nGGGG\n+\nIIII\n", 3, "copy the first again"),
        Arguments.of("@x\nAC>y\nGGGG\n", 3, "copy the first again"),
        Arguments.of("@x\nACGT\n@y\nGGGG\n+\nIIII\n", 3, "copy the first again"),
        Arguments.of("@x\nACGT\n+@y\nGGGG\n+\nIIII\n", 3, "is followed by '@y'"),
        Arguments.of("@x\nACGT\n+>y\nGGGG\n", 3, "is followed by '>y'"),
        Arguments.of("@x\nACGT\n+\nIIII>s\nACGT\n", 4, "keep FASTQ and FASTA in two files"),
        Arguments.of("@x\nACGT\n+\nI>@I>s\nACGT\n", 4, "keep FASTQ and FASTA in two files"),
        Arguments.of("@x\nACGT\n+\nIIII\n>s\nACGT\n", 5, "keep FASTQ and FASTA in two files"),
        Arguments.of("@x\nACGT\n+\n>@II@s\nA\n+\nI\n", 4, "write a line end between"),
        Arguments.of(
            "@x\nACGT\n+\nIIII\u00EF\u00BB\u00BF@s\nA\n+\nI\n", 4, "write a line end between"));
  }

  @ParameterizedTest
  @MethodSource("joins")
  void shouldNameTheLineOfTheJoin(String joined, int line, String message) throws IOException {
    // Given
    Path file = write(joined);

    // When
    // Then
    assertThatThrownBy(() -> read(joined))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + " line " + line + ": ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">NC_000913.3 Escherichia coli str. K-12 substr. MG1655, complete genome",
        ">1 dna:chromosome chromosome:GRCh38:1:1:248956422:1 REF",
        ">primer1 the strand 5'->3' as ordered",
        ">probe_3'->5'",
        ">BCR->ABL1 fusion",
        ">lcl|NC_000913.3_cds_1 [location=complement(<1..>200)] [gbkey=CDS]",
        ">cds:<1..>200",
        ">NM_004006.2:c.4375C>T",
        ">rs268 [A>G] allelePos=301",
        ">P01116 Gly12>Asp Val>Met",
        ">contig_12 length>500 depth>30x",
        ">gi|1|ref|A.1| kinase [E. coli] >gi|2|gb|B.1| kinase [Shigella]",
        ">Gene1@human sent by someone@example.org",
        "@r1 sent by someone@example.org",
        "@0a1b2c3d-0001-4b5c-9d6e-7f8a9b0c1d2e RG:Z:abc_dna_r10.4.1_400bps_hac@v4.3.0 qs:f:9",
        "@r1 basecall_model_version_id=dna_r9.4.1_450bps_fast@v3.3",
        ">r1 >99 percent like another",
        "@r>1 a>b"
      })
  void shouldTakeMarksInsideAHeaderForText(String header) throws IOException {
    // When
    List<SequenceRecord> records =
        read(header + "\nACGT\n" + (header.startsWith("@") ? "+\nIIII\n" : ""));

    // Then
    assertThat(records).hasSize(1);
    assertThat((records.get(0).id() + " " + records.get(0).description()).strip())
        .isEqualTo(header.substring(1));
  }

  @Test
  void shouldTakeMarksAmongQualitiesForQualities() throws IOException {
    // Given
    String fastq = "@r\nACGT\n+\n@>+@\n@s\nA\n+@s\n@\n@t\nA\n+t\n>\n";

    // When
    List<SequenceRecord> records = read(fastq);

    // Then
    assertThat(records)
        .extracting(each -> each.qualities().orElseThrow())
        .containsExactly("@>+@", "@", ">");
  }

  private List<SequenceRecord> read(String content) throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(write(content))) {
      reads.forEachRemaining(records::add);
    }
    return records;
  }

  private Path write(String content) throws IOException {
    return Files.write(folder.resolve("reads"), content.getBytes(ISO_8859_1));
  }
}
