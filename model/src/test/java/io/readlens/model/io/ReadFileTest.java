package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import htsjdk.samtools.reference.FastaSequenceFile;
import htsjdk.samtools.reference.ReferenceSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadFileTest {
  @TempDir private Path folder;

  @Test
  void shouldReadFastq() throws IOException {
    // Given
    Path file = write("@r1 first read\nACGT\n+\n!~II\n@r2\tst:Z:x\nNN\n+r2\n@@\n");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records)
        .containsExactly(
            new SequenceRecord("r1", "first read", "ACGT", Optional.of("!~II"), file, 1),
            new SequenceRecord("r2", "st:Z:x", "NN", Optional.of("@@"), file, 5));
  }

  @Test
  void shouldReadFasta() throws IOException {
    // Given
    Path file = write(">c1 contig one\nACGT\nacgt\n\nAC\n>c2\n>c3\nG");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records)
        .containsExactly(
            new SequenceRecord("c1", "contig one", "ACGTacgtAC", Optional.empty(), file, 1),
            new SequenceRecord("c2", "", "", Optional.empty(), file, 6),
            new SequenceRecord("c3", "", "G", Optional.empty(), file, 7));
  }

  @Test
  void shouldReadWhatHtsjdkReadsFromFasta() throws IOException {
    // Given
    StringBuilder text = new StringBuilder();
    Random random = new Random(11);
    for (int contig = 0; contig < 50; contig++) {
      text.append(">contig").append(contig).append(" of 50\n");
      for (int line = random.nextInt(200); line >= 0; line--) {
        random
            .ints(1 + random.nextInt(80), 0, 5)
            .forEach(base -> text.append("ACGTn".charAt(base)));
        text.append('\n');
      }
    }
    Path file = Files.writeString(folder.resolve("contigs.fa"), text);

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    try (FastaSequenceFile oracle = new FastaSequenceFile(file, false)) {
      for (SequenceRecord record : records) {
        ReferenceSequence expected = oracle.nextSequence();
        assertThat(record.id() + " " + record.description()).isEqualTo(expected.getName());
        assertThat(record.sequence()).isEqualTo(expected.getBaseString());
      }
      assertThat(oracle.nextSequence()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@r1\r\nACGT\r\n+\r\nIIII\r\n@r2\r\nAC\r\n+\r\nII\r\n",
        "@r1\nACGT\n+\nIIII\n@r2\nAC\n+\nII",
        "\n@r1\nACGT\n+\nIIII\n\n\n@r2\nAC\n+\nII\n\n"
      })
  void shouldTakeLineEndsAsTheyCome(String text) throws IOException {
    // Given
    Path file = write(text);

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly("ACGT", "AC");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@r1\n\n+\n\n@r2\nAC\n+\nII\n@r3\n\n+\n\n",
        "@r1\n\n+\n\n@r2\nAC\n+\nII\n@r3\n\n+\n"
      })
  void shouldReadReadsWithoutBases(String text) throws IOException {
    // Given
    Path file = write(text);

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records).extracting(SequenceRecord::id).containsExactly("r1", "r2", "r3");
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly("", "AC", "");
  }

  @Test
  void shouldNotCareWhatTheFileIsCalled() throws IOException {
    // Given
    Path file = Files.writeString(folder.resolve("really-fasta.fastq.gz"), ">c1\nACGT\n");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records).extracting(SequenceRecord::id).containsExactly("c1");
  }

  @Test
  void shouldLeaveLettersThatAreNoBasesToTheCaller() throws IOException {
    // Given
    Path file = write("@r1\nAC1T\n+\nIIII\n@r2\nAC\n+\nII\n");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly("AC1T", "AC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00C3", "\u00FF", "\u00EF", ";", "\007"})
  void shouldTakeNothingButANameForTheStartOfAFastaRecord(String letter) throws IOException {
    // Given
    byte[] fasta = (">c1\nAC\n" + letter + "GT\n>c2\nA\n").getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("reads"), fasta);

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records)
        .extracting(SequenceRecord::sequence)
        .containsExactly("AC" + letter + "GT", "A");
  }

  @Test
  void shouldReadLinesLongerThanItsBuffer() throws IOException {
    // Given
    String bases = "ACGTTGCA".repeat(100_000);
    Path file = write("@long\n" + bases + "\n+\n" + "I".repeat(800_000) + "\n@r2\nAC\n+\nII\n");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records).extracting(SequenceRecord::sequence).containsExactly(bases, "AC");
    assertThat(records).extracting(SequenceRecord::line).containsExactly(1L, 5L);
  }

  @Test
  void shouldReadHeadersAsUtf8() throws IOException {
    // Given
    Path file = write("@r1 sample_id=Düne\nA\n+\nI\n");

    // When
    List<SequenceRecord> records = readAll(file);

    // Then
    assertThat(records.get(0).description()).isEqualTo("sample_id=Düne");
  }

  @Test
  void shouldCountTheBytesItRead() throws IOException {
    // Given
    Path file = write("@r1\nACGT\n+\nIIII\n");
    try (ReadFile reads = ReadFile.open(file)) {

      // When
      reads.next();

      // Then
      assertThat(reads.bytesRead()).isEqualTo(Files.size(file));
    }
  }

  @Test
  void shouldHaveAnEnd() throws IOException {
    // Given
    try (ReadFile reads = ReadFile.open(write(">c1\nA\n"))) {

      // When
      reads.next();

      // Then
      assertThat(reads.hasNext()).isFalse();
      assertThatThrownBy(reads::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void shouldSayThatAFileIsNotThere() {
    // Given
    Path file = folder.resolve("missing.fastq");

    // When
    // Then
    assertThatThrownBy(() -> ReadFile.open(file)).isInstanceOf(NoSuchFileException.class);
  }

  private Path write(String text) throws IOException {
    return Files.write(folder.resolve("reads"), text.getBytes(UTF_8));
  }

  private static List<SequenceRecord> readAll(Path file) throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(file)) {
      reads.forEachRemaining(records::add);
    }
    return records;
  }
}
