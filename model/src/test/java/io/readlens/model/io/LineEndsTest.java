package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Writer;
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

class LineEndsTest {
  private static final String MARK = "\u00EF\u00BB\u00BF";
  private static final List<String> FASTQ =
      List.of("@r1 one", "ACGT", "+", "IIII", "@r2", "GG", "+r2", "#~");
  private static final List<String> FASTA = List.of(">r1 one", "AC", "GT", ">r2", "GG");

  @TempDir private Path folder;

  static Stream<Arguments> ends() {
    return Stream.of("\n", "\r\n", "\r", "\r\r\n", "\r\r\r\n")
        .flatMap(
            end ->
                Stream.of(FASTQ, FASTA)
                    .flatMap(
                        lines ->
                            Stream.of(true, false).map(last -> Arguments.of(lines, end, last))));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void shouldReadLinesHoweverTheyEnd(List<String> lines, String end, boolean last)
      throws IOException {
    // Given
    String text = String.join(end, lines) + (last ? end : "");

    // When
    List<SequenceRecord> plain = read(text.getBytes(ISO_8859_1));
    List<SequenceRecord> packed = read(Gzip.member(text.getBytes(ISO_8859_1)));

    // Then
    assertThat(plain).extracting(SequenceRecord::id).containsExactly("r1", "r2");
    assertThat(plain).extracting(SequenceRecord::description).containsExactly("one", "");
    assertThat(plain).extracting(SequenceRecord::sequence).containsExactly("ACGT", "GG");
    assertThat(plain)
        .extracting(SequenceRecord::line)
        .element(1)
        .isEqualTo(lines == FASTQ ? 5L : 4L);
    assertThat(packed).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@r1\nACGT\r\n+\nIIII\r\r\n", // LF, CR LF and CR CR LF
        "\r@r1\rACGT\r+\rIIII",
        "\r\n \n\t\n@r1\nACGT\n+\nIIII\n",
        MARK + "@r1\nACGT\n+\nIIII\n",
        MARK + "\r\n@r1\nACGT\n+\nIIII\n",
        "@r1\nACGT\n+\nIIII\n" + MARK,
        MARK + ">r1\nAC\nGT\n",
        MARK + ">r1\nAC\n" + MARK + "GT\n", // one file behind another
        "@r1\nACGT\n+\nIIII\n\032",
        "@r1\nACGT\n+\nIIII\032",
        "@r1\r\nACGT\r\n+\r\nIIII\r\n\032\032\r\n\032",
        ">r1\nACGT\n\032",
        ">r1\nACGT\032\n"
      })
  void shouldReadTheOneReadOf(String text) throws IOException {
    // When
    List<SequenceRecord> records = read(text.getBytes(ISO_8859_1));

    // Then
    assertThat(records).extracting(SequenceRecord::id).containsExactly("r1");
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly("ACGT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\r",
        "\r\n\r\n",
        " \n\t\n",
        MARK,
        MARK + "\n",
        "\032",
        "\n\032",
        "\r\r\r"
      })
  void shouldFindNoReadsInNothing(String text) throws IOException {
    // When
    List<SequenceRecord> plain = read(text.getBytes(ISO_8859_1));
    List<SequenceRecord> packed = read(Gzip.member(text.getBytes(ISO_8859_1)));

    // Then
    assertThat(plain).isEmpty();
    assertThat(packed).isEmpty();
  }

  /** CRs that end lines, or do not, in a file that has LFs too. */
  static Stream<Arguments> mixtures() {
    String genome = "ACGTTGCA".repeat(20_000);
    String inside = "is a carriage return (CR) inside the line";
    String feed = "is a line feed (LF), and the lines before end with a carriage return (CR) alone";
    return Stream.of(
        Arguments.of(">r1\rnote\nACGT\n", 1, "byte 4 " + inside),
        Arguments.of(">r1\rACGT\n", 1, "byte 4 " + inside),
        Arguments.of(">r1\rnote\r\nACGT\r\n", 1, "byte 4 " + inside),
        Arguments.of(">r1 a\rb\rc\nACGT\n>r2\nAC\rGT\n", 1, "byte 6 " + inside),
        Arguments.of("@r1\r1:N:0\nACGT\n+\nIIII\n", 1, "byte 4 " + inside),
        Arguments.of("@r1\rACGT\n+\r\nIIII\r", 1, "byte 4 " + inside),
        Arguments.of("@r1\rACGT\r+\rIIII\n", 1, "byte 4 " + inside),
        Arguments.of("\r@r1\nACGT\n+\nIIII\n", 1, "byte 1 " + inside),
        Arguments.of("@r1\rAC\r+\rII\r\r\n@r2\nAC\n+\nII\n", 1, "byte 4 " + inside),
        Arguments.of(">r1\r" + genome + "\n", 2, "byte 160001 " + feed),
        Arguments.of(">r1\r" + genome + "\r\n", 2, "byte 160002 " + feed),
        Arguments.of(">r1\r" + genome + "\r>r2\r" + genome + "\n", 4, "byte 160001 " + feed),
        Arguments.of(">r1\r" + genome + "\r>r2\nAC\n", 3, "byte 4 " + feed),
        Arguments.of(">r1\r" + genome + "\r\r\n>r2\nAC\n", 3, "byte 2 " + feed));
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void shouldRefuseAFileThatMixesCarriageReturnsAndLineFeeds(String text, int line, String message)
      throws IOException {
    for (byte[] content :
        List.of(text.getBytes(ISO_8859_1), Gzip.member(text.getBytes(ISO_8859_1)))) {
      // Given
      Path file = folder.resolve("reads");

      // When
      // Then
      assertThatThrownBy(() -> read(content))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageStartingWith(file + " line " + line + ": " + message)
          .hasMessageContaining("tr '\\r' '\\n'");
    }
  }

  /** What the message advises, where a person sees that lines end with CRs. */
  @ParameterizedTest
  @ValueSource(strings = {"@r1\rACGT\n+\rIIII\n", "@r1\rACGT\r+\rIIII\n"})
  void shouldReadItOnceItIsConverted(String mixture) throws IOException {
    // Given
    String converted = mixture.replace('\r', '\n');

    // When
    List<SequenceRecord> records = read(converted.getBytes(ISO_8859_1));

    // Then
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly("ACGT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r", "\r\r\n"})
  void shouldReadTablesHoweverTheirLinesEnd(String end) throws IOException {
    // Given
    String text = MARK + "readId\ttaxid" + end + "r1\t5" + end + "r2\t" + end + end + "\032";
    Path file = Files.write(folder.resolve("table.tsv"), text.getBytes(ISO_8859_1));
    List<String> rows = new ArrayList<>();

    // When
    try (TableReader table = TableReader.open(file)) {
      while (table.next()) {
        rows.add(table.cell("readId") + "=" + table.cell("taxid") + " in " + table.line());
      }
    }

    // Then
    assertThat(rows).containsExactly("r1=5 in 2", "r2= in 3");
  }

  static Stream<Arguments> badTables() {
    return Stream.of(
        Arguments.of("", 1, "the table is empty"),
        Arguments.of("\n\n", 2, "the table is empty"),
        Arguments.of("a\tb\n1\n", 2, "1 columns, not 2"),
        Arguments.of("a\tb\n1\t2\n1\t\0\n", 3, "byte 3 is a NUL"),
        Arguments.of("a\tb\n1\t2\n1\r\t2\n", 3, "byte 2 is a carriage return"),
        Arguments.of("a\tb\rc\n1\t2\n", 1, "byte 4 is a carriage return"),
        Arguments.of("a\tb\n1\t2\n1\t\u00FF\n", 3, "not UTF-8 text"),
        Arguments.of("\u00FF\u00FEa\0\t\0", 1, "iconv -f UTF-16"),
        Arguments.of("a\0\t\0b\0", 1, "UTF-16"));
  }

  @ParameterizedTest
  @MethodSource("badTables")
  void shouldNameTheLineAtFaultInATable(String text, int line, String message) throws IOException {
    // Given
    Path file = Files.write(folder.resolve("table.tsv"), text.getBytes(ISO_8859_1));

    // When
    // Then
    assertThatThrownBy(
            () -> {
              try (TableReader table = TableReader.open(file)) {
                while (table.next()) {
                  // On to the fault.
                }
              }
            })
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + " line " + line + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void shouldReadTenMegabasesOnALine() throws IOException {
    // Given
    String bases = "ACGTTGCA".repeat(1_250_000);

    // When
    List<SequenceRecord> records =
        read(("@r\n" + bases + "\n+\n" + "I".repeat(bases.length())).getBytes(ISO_8859_1));

    // Then
    assertThat(records.get(0).sequence()).isEqualTo(bases);
  }

  /** As an unwrapped chromosome has it. */
  @Test
  void shouldReadAContigThatIsLongerThanAnyReadOnALine() throws IOException {
    // Given
    int length = LengthLimit.READ.bytes() + 1;
    Path file = folder.resolve("genome.fa");
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write(">chr1\n");
      for (int bases = 0; bases < length; bases += 1 << 16) {
        out.write("ACGT".repeat(Math.min(1 << 16, length - bases) / 4));
      }
      out.write("T\n>chr2\nAC\n");
    }

    // When
    List<Integer> lengths = new ArrayList<>();
    try (ReadFile contigs = ReadFile.openContigs(file)) {
      contigs.forEachRemaining(contig -> lengths.add(contig.sequence().length()));
    }

    // Then
    assertThat(lengths).containsExactly(length, 2);
  }

  private List<SequenceRecord> read(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("reads"), content);
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(file)) {
      reads.forEachRemaining(records::add);
    }
    return records;
  }
}
