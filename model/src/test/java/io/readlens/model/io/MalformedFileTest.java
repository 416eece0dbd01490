package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedFileTest {
  private static final String SOUND = "@good\nACGT\n+\nIIII\n";

  @TempDir private Path folder;

  /** What follows a sound record, the line at fault, and what the message says. */
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("@r\nACGT\n+\nIII\n", 8, "record r has 4 bases and 3 qualities"),
        Arguments.of("@r\nACGT\n+\nIIIII\n", 8, "record r has 4 bases and 5 qualities"),
        Arguments.of("@r\nACGT\n+\nII\007I\n", 8, "U+0007 as its quality 3"),
        Arguments.of("@r\nACGT\nIIII\n@s\n", 7, "expected the '+' of record r, found 'IIII'"),
        Arguments.of("@r\nACGT\nACGT\n+\nIIII\nIIII\n", 7, "four lines"),
        Arguments.of("@\nACGT\n+\nIIII\n", 5, "no name"),
        Arguments.of("@ r\nACGT\n+\nIIII\n", 5, "no name"),
        Arguments.of("r\nACGT\n+\nIIII\n", 5, "expected the '@' of a FASTQ record, found 'r'"),
        Arguments.of(">r\nACGT\n", 5, "expected the '@' of a FASTQ record, found '>r'"),
        Arguments.of("\0\0\0\0\0\0\0\0", 5, "byte 1 is a NUL"),
        Arguments.of("@r\nAC\0T\n+\nIIII\n", 6, "byte 3 is a NUL"),
        Arguments.of("@r\nAC\rT\n+\nIIII\n", 6, "byte 3 is a carriage return"),
        Arguments.of("@r\rACGT\r+\rIIII\r", 5, "byte 3 is a carriage return"),
        Arguments.of("@r\nACGT\n+\nIIII\032\n@s\nA\n+\nI\n", 8, "byte 5 is a Ctrl-Z"),
        Arguments.of("\032\032@s\nA\n+\nI\n", 5, "byte 1 is a Ctrl-Z"),
        Arguments.of("@r\nACGT\n+\nIIII@s\nA\n+\nI\n", 8, "write a line end between"),
        Arguments.of("@r\nACGT\n+\n", 7, "ends inside record r, which starts at line 5"),
        Arguments.of("@r\nACG", 6, "ends inside record r, which starts at line 5"),
        Arguments.of("@r", 5, "ends inside record r, which starts at line 5"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void shouldNameTheLineAtFaultAndKeepWhatCameBefore(String bad, int line, String message)
      throws IOException {
    // Given
    Path file = write((SOUND + bad).getBytes(ISO_8859_1));
    List<String> read = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(file)) {

      // When
      MalformedFileException fault =
          catchThrowableOfType(
              MalformedFileException.class,
              () -> reads.forEachRemaining(record -> read.add(record.id())));

      // Then
      assertThat(read).containsExactly("good");
      assertThat(fault).hasMessageStartingWith(file + " line " + line + ": ");
      assertThat(fault).hasMessageContaining(message);
      assertThat(fault.line()).isEqualTo(line);
      assertThatThrownBy(reads::hasNext).as("asked again").isSameAs(fault);
    }
  }

  @Test
  void shouldRefuseAFastaRecordWithoutName() throws IOException {
    // Given
    Path file = write(">good\nACGT\n> \nACGT\n".getBytes(ISO_8859_1));
    try (ReadFile reads = ReadFile.open(file)) {
      reads.next();

      // When
      // Then
      assertThatThrownBy(reads::next)
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("line 3: the record has no name");
    }
  }

  /** FASTA behind a sound record, the line at fault, and what the message says. */
  static Stream<Arguments> fastaFaults() {
    return Stream.of(
        Arguments.of(">r\nACGT>s\nACGT\n", 4, "letter 5 of a line of record r is '>'"),
        Arguments.of(">r\nACGT\nAC>s\n", 5, "write a line end between"),
        Arguments.of("@r\nACGT\n+\nIIII\n", 3, "keep FASTA and FASTQ in two files"),
        Arguments.of(">r\nAC\0\n", 4, "byte 3 is a NUL"),
        Arguments.of(">r\nAC\rGT\n", 4, "byte 3 is a carriage return"),
        Arguments.of(">r\rACGT\r>s\rACGT\r", 3, "byte 3 is a carriage return"),
        Arguments.of(">r\nAC\032GT\n", 4, "byte 3 is a Ctrl-Z"),
        Arguments.of(">r", 3, "ends inside the header of record r"));
  }

  @ParameterizedTest
  @MethodSource("fastaFaults")
  void shouldNameTheLineAtFaultInFasta(String bad, int line, String message) throws IOException {
    // Given
    Path file = write((">good\nACGT\n" + bad).getBytes(ISO_8859_1));
    try (ReadFile reads = ReadFile.open(file)) {

      // When
      // Then
      assertThatThrownBy(() -> reads.forEachRemaining(record -> {}))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageStartingWith(file + " line " + line + ": ")
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", ">"})
  void shouldRefuseALineThatIsTooLongForAnyRead(String start) throws IOException {
    // Given: 65 lines of a megabyte where FASTA allows it, else one
    Path file = folder.resolve("long");
    String megabyte = "A".repeat(1 << 20);
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write(start + "long\n");
      for (int i = 0; i <= LengthLimit.READ.bytes() >> 20; i++) {
        out.write(megabyte + (start.equals(">") ? "\n" : ""));
      }
    }
    try (ReadFile reads = ReadFile.open(file)) {

      // When
      // Then
      assertThatThrownBy(reads::next)
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("is longer than 67108864 bytes, and no read is: ")
          .hasMessageContaining("line");
    }
  }

  /** The first bytes of a file that holds no reads, and what the message says. */
  static Stream<Arguments> foreign() {
    return Stream.of(
        Arguments.of("  \n  @r\nA\n+\nI\n", "begins with a blank"),
        Arguments.of("BAM\1\7\0\0\0", "samtools fastq"),
        Arguments.of("CRAM\3\0", "samtools fastq"),
        Arguments.of("@HD\tVN:1.6\tSO:unknown\n", "samtools fastq"),
        Arguments.of("@SQ\tSN:chr1\tLN:4\n", "samtools fastq"),
        Arguments.of("\u008BPOD\r\n\u001A\n", "basecall it first"),
        Arguments.of("\u0089HDF\r\n\u001A\n", "basecall it first"),
        Arguments.of("NCBI.sra", "fasterq-dump"),
        Arguments.of("BZh91AY&SY", "recompress it with gzip"),
        Arguments.of("\u00FD7zXZ\0", "recompress it with gzip"),
        Arguments.of("(\u00B5/\u00FD", "recompress it with gzip"),
        Arguments.of("\4\"M\u0018d@\u00A7", "recompress it with gzip"),
        Arguments.of("\u001F\u009D\u0090", "recompress it with gzip"),
        Arguments.of("PK\3\4", "unpack"),
        Arguments.of("7z\u00BC\u00AF'\u001C\0\4", "unpack"),
        Arguments.of("Rar!\u001A\7\1\0", "unpack"),
        Arguments.of("reads.fastq" + "\0".repeat(246) + "ustar\00000@r\n", "tar -xf"),
        Arguments.of("<!DOCTYPE html>\n<title>404 Not Found</title>\n", "download it again"),
        Arguments.of("\n <HTML>\n", "download it again"),
        Arguments.of("<?xml version=\"1.0\"?>\n<Error>NoSuchKey</Error>", "download it again"),
        Arguments.of("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        Arguments.of("LOCUS       AB000100  400 bp  DNA\n", "convert it to FASTA"),
        Arguments.of("readId\ttaxid\n", "neither FASTQ"),
        Arguments.of("\0", "neither FASTQ"),
        Arguments.of("\u00FF\u00FE@\0r\0", "iconv -f UTF-16"),
        Arguments.of("\u00FE\u00FF\0>\0r", "iconv -f UTF-16"),
        Arguments.of("@\0r\0\n\0", "iconv -f UTF-16"),
        Arguments.of("\0@\0r\0\n", "iconv -f UTF-16"),
        Arguments.of("\u00FF\u00FE\0\0@\0\0\0", "iconv -f UTF-32"));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void shouldRefuseWhatHoldsNoReads(String content, String message) throws IOException {
    // Given
    Path file = write(content.getBytes(ISO_8859_1));

    // When
    // Then
    assertThatThrownBy(() -> ReadFile.open(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + " line ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void shouldRefuseItCompressedToo(String content, String message) throws IOException {
    // Given
    Path file = write(Gzip.member(content.getBytes(ISO_8859_1)));

    // When
    // Then
    assertThatThrownBy(() -> ReadFile.open(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldRefuseAFileCompressedTwice() throws IOException {
    // Given
    Path file = write(Gzip.member(Gzip.member(SOUND.getBytes(ISO_8859_1))));

    // When
    // Then
    assertThatThrownBy(() -> ReadFile.open(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("compressed twice");
  }

  @Test
  void shouldNeverTakeJunkForReads() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      // Given
      byte[] junk = new byte[1 + random.nextInt(1_000)];
      random.nextBytes(junk);
      junk[0] = '@';
      Path file = write(junk);
      try (ReadFile reads = ReadFile.open(file)) {

        // When
        // Then
        assertThatThrownBy(() -> reads.forEachRemaining(record -> {}))
            .as("seed %d", seed)
            .isInstanceOf(MalformedFileException.class);
      } catch (MalformedFileException refusedAtOnce) {
        assertThat(refusedAtOnce).hasMessageContaining("this is ");
      }
    }
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("reads.fastq"), content);
  }
}
