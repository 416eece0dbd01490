package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import htsjdk.samtools.fastq.FastqReader;
import htsjdk.samtools.util.BlockCompressedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipReadFileTest {
  @TempDir private Path folder;

  @Test
  void shouldReadEveryMember() throws IOException {
    // Given: a record that begins in one member and ends in the next, and an empty member between
    Path file =
        write(
            Gzip.member(ascii("@r1\nACGT\n+\nIIII\n@r2\nAC")),
            Gzip.member(new byte[0]),
            Gzip.member(ascii("GT\n+\nIIII\n")));

    // When
    List<String> sequences = sequences(file);

    // Then
    assertThat(sequences).containsExactly("ACGT", "ACGT");
  }

  @Test
  void shouldPassOverTheOptionalPartsOfAHeader() throws IOException {
    // Given: extra field, name, comment and header checksum
    byte[] plain = Gzip.member(ascii("@r1\nACGT\n+\nIIII\n"));
    byte[] header = Arrays.copyOf(plain, 10);
    header[3] = 2 + 4 + 8 + 16;
    byte[] optional = ascii("\2\0xxreads.fastq\0a comment\0cc");
    Path file = write(header, optional, Arrays.copyOfRange(plain, 10, plain.length));

    // When
    List<String> sequences = sequences(file);

    // Then
    assertThat(sequences).containsExactly("ACGT");
  }

  @Test
  void shouldReadWhatHtsjdkReadsFromABlockCompressedFile() throws IOException {
    // Given: several blocks of 64 KiB
    byte[] bgzf = blockCompressed(randomFastq(400));
    Path file = write(bgzf);

    // When
    List<SequenceRecord> records = records(file);

    // Then
    try (FastqReader oracle = new FastqReader(file.toFile())) {
      assertThat(records).hasSize(400);
      for (SequenceRecord record : records) {
        var expected = oracle.next();
        assertThat(record.id() + " " + record.description()).isEqualTo(expected.getReadName());
        assertThat(record.sequence()).isEqualTo(expected.getReadString());
        assertThat(record.qualities()).contains(expected.getBaseQualityString());
      }
      assertThat(oracle.hasNext()).isFalse();
    }
  }

  @Test
  void shouldReadABlockCompressedFileWithoutItsClosingBlockAndWithOneInTheMiddle()
      throws IOException {
    // Given: the closing block is 28 bytes; bcl2fastq writes none
    byte[] bgzf = blockCompressed(ascii("@r1\nACGT\n+\nIIII\n"));
    Path file = write(bgzf, Arrays.copyOf(bgzf, bgzf.length - 28));

    // When
    List<String> sequences = sequences(file);

    // Then
    assertThat(sequences).containsExactly("ACGT", "ACGT");
  }

  @Test
  void shouldNoticeEveryPlaceAFileCanBeCutAt() throws IOException {
    // Given
    byte[] first = Gzip.member(ascii("@r1\nACGT\n+\nIIII\n"));
    byte[] whole = Gzip.concatenate(first, Gzip.member(ascii("@r2\nACGT\n+\nIIII\n")));

    for (int length = 2; length < whole.length; length++) {
      if (length != first.length) {
        Path file = write(Arrays.copyOf(whole, length));

        // When
        MalformedFileException fault =
            catchThrowableOfType(MalformedFileException.class, () -> sequences(file));

        // Then
        assertThat(fault).as("cut at %d of %d", length, whole.length).isNotNull();
        assertThat(fault).hasMessageContaining("ends early");
      }
    }
  }

  @Test
  void shouldHandOutWhatCameBeforeTheCut() throws IOException {
    // Given
    byte[] whole = Gzip.member(randomFastq(2_000));
    Path file = write(Arrays.copyOf(whole, whole.length / 2));
    List<String> read = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(file)) {

      // When
      MalformedFileException fault =
          catchThrowableOfType(
              MalformedFileException.class,
              () -> reads.forEachRemaining(record -> read.add(record.id())));

      // Then
      assertThat(read).hasSizeBetween(500, 1_500);
      assertThat(fault.line()).isBetween(4L * read.size() + 1, 4L * read.size() + 4);
      assertThat(fault).hasMessageContaining("copy it again");
    }
  }

  @Test
  void shouldNoticeAFlippedBit() throws IOException {
    // Given: the bytes of the member's header that say nothing are left alone
    byte[] sound = Gzip.member(randomFastq(20));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = sound.clone();
      int at = 10 + random.nextInt(damaged.length - 10);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Path file = write(damaged);

      // When
      // Then
      assertThatThrownBy(() -> sequences(file))
          .as("seed %d, byte %d", seed, at)
          .isInstanceOf(MalformedFileException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 512, 70_000})
  void shouldTakeAFileFilledUpWithZerosForWhole(int zeros) throws IOException {
    // Given
    byte[] r1 = Gzip.member(ascii("@r1\nACGT\n+\nIIII\n"));
    byte[] r2 = Gzip.member(ascii("@r2\nAC\n+\nII\n"));
    Path file = write(r1, r2, new byte[zeros]);

    // When
    List<String> sequences = sequences(file);

    // Then
    assertThat(sequences).containsExactly("ACGT", "AC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\1", "junk", "\0\0\0x", "\0\u001F"})
  void shouldRefuseWhatFollowsTheLastMember(String junk) throws IOException {
    // Given
    Path file = write(Gzip.member(ascii("@r1\nACGT\n+\nIIII\n")), ascii(junk));

    // When
    // Then
    assertThatThrownBy(() -> sequences(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void shouldRefuseAMemberBehindZeros() throws IOException {
    // Given
    byte[] member = Gzip.member(ascii("@r1\nACGT\n+\nIIII\n"));
    Path file = write(member, new byte[512], member);

    // When
    // Then
    assertThatThrownBy(() -> sequences(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("behind the zeros");
  }

  private static byte[] randomFastq(int records) {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < records; i++) {
      int length = 1 + random.nextInt(2_000);
      text.append("@read").append(i).append(" ch=").append(random.nextInt(512)).append('\n');
      random.ints(length, 0, 4).forEach(base -> text.append("ACGT".charAt(base)));
      text.append("\n+\n");
      random.ints(length, '!', '~' + 1).forEach(quality -> text.append((char) quality));
      text.append('\n');
    }
    return ascii(text.toString());
  }

  private static byte[] blockCompressed(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BlockCompressedOutputStream bgzf = new BlockCompressedOutputStream(bytes, (Path) null)) {
      bgzf.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private Path write(byte[]... parts) throws IOException {
    return Files.write(folder.resolve("reads.fastq.gz"), Gzip.concatenate(parts));
  }

  private static List<String> sequences(Path file) throws IOException {
    return records(file).stream().map(SequenceRecord::sequence).toList();
  }

  private static List<SequenceRecord> records(Path file) throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(file)) {
      reads.forEachRemaining(records::add);
    }
    return records;
  }
}
