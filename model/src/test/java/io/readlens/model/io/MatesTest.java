package io.readlens.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatesTest {
  private static final Mates INTERLEAVED = new Mates(List.of(), true);

  @TempDir private Path folder;

  private Path write(String name, String... headers) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < headers.length; i++) {
      text.append('@').append(headers[i]).append("\nACGT").append("G".repeat(i)).append("\n+\n");
      text.append("I".repeat(4 + i)).append('\n');
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<SequenceRecord> readAll(Path file, Mates mates) throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile reads = mates.open(file, 0)) {
      reads.forEachRemaining(records::add);
      assertThat(reads.bytesRead()).isPositive();
    }
    return records;
  }

  @ParameterizedTest
  @CsvSource({
    "a/1,             a/2,             a",
    "a,               a,               a",
    "a 1:N:0:ACGT+T,  a 2:N:0:ACGT+T,  a",
    "a 1:Y:18,        a 2:N:0,         a",
    "a/1 x=1,         a/2 x=2,         a",
    "a 1:x,           a 1:x,           a",
  })
  void shouldPairMatesOfTwoFiles(String one, String two, String name) throws IOException {
    // Given
    Path first = write("1.fastq", one, "b/1");
    Path second = write("2.fastq", two, "b/2");

    // When
    List<SequenceRecord> pairs = readAll(first, new Mates(List.of(second), false));

    // Then
    assertThat(pairs).extracting(SequenceRecord::id).containsExactly(name, "b");
    assertThat(pairs.get(1).sequence()).isEqualTo("ACGTG");
    assertThat(pairs.get(1).mate())
        .contains(new SequenceRecord("b/2", "", "ACGTG", Optional.of("IIIII"), second, 5));
  }

  @Test
  void shouldPairEverySecondReadOfAFile() throws IOException {
    // Given
    Path file = write("all.fastq", "a/1", "a/2", "b/1", "b/2");

    // When
    List<SequenceRecord> pairs = readAll(file, INTERLEAVED);

    // Then
    assertThat(pairs).extracting(SequenceRecord::id).containsExactly("a", "b");
    assertThat(pairs).extracting(SequenceRecord::line).containsExactly(1L, 9L);
    assertThat(pairs).extracting(pair -> pair.mate().orElseThrow().line()).containsExactly(5L, 13L);
  }

  @Test
  void shouldReadSingleReadsAsTheyAre() throws IOException {
    // Given
    Path file = write("all.fastq", "a/1", "a/2");

    // When
    List<SequenceRecord> reads = readAll(file, Mates.NONE);

    // Then
    assertThat(reads).extracting(SequenceRecord::id).containsExactly("a/1", "a/2");
    assertThat(reads).allMatch(read -> read.mate().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b/1          | c/2          | 2.fastq line 5: read c/2: it is not the mate of read b/1 (",
        "b/2          | b/1          | 1.fastq line 5: read b/2: its header says that it is mate 2",
        "b/1          | b/1          | 2.fastq line 5: read b/1: its header says that it is mate 1",
        "b 1:N:0:A    | b 1:N:0:A    | 2.fastq line 5: read b: its header says that it is mate 1",
        "b 2:N:0:A    | b 1:N:0:A    | 1.fastq line 5: read b: its header says that it is mate 2",
      })
  void shouldSayWhichMatesAreNone(String one, String two, String message) throws IOException {
    // Given
    Path first = write("1.fastq", "a/1", one.strip());
    Path second = write("2.fastq", "a/2", two.strip());

    // When / Then
    try (ReadFile reads = new Mates(List.of(second), false).open(first, 0)) {
      assertThat(reads.next().id()).isEqualTo("a");
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(reads::hasNext)
            .isInstanceOf(MalformedFileException.class)
            .hasMessageStartingWith(folder + "/" + message);
      }
    }
  }

  @Test
  void shouldSayWhichReadHasNoMate() throws IOException {
    // Given
    Path shorter = write("short.fastq", "a/1");
    Path longer = write("long.fastq", "a/2", "b/2");
    Path odd = write("odd.fastq", "a/1", "a/2", "b/1");
    Path first = write("first.fastq", "a/1", "b/1");
    Path second = write("second.fastq", "a/2");

    // When / Then
    assertThatThrownBy(() -> readAll(shorter, new Mates(List.of(longer), false)))
        .hasMessage("%s line 5: read b/2: %s has no mate for it: it ends before", longer, shorter);
    assertThatThrownBy(() -> readAll(first, new Mates(List.of(second), false)))
        .hasMessage("%s line 5: read b/1: %s has no mate for it: it ends before", first, second);
    assertThatThrownBy(() -> readAll(odd, INTERLEAVED))
        .hasMessage(
            "%s line 9: read b/1: it has no mate: it is the last read, and the file is read in pairs",
            odd);
  }
}
