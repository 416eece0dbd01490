package io.readlens.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.model.io.SequenceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencingReadsTest {
  private static final String RUN = "0123456789abcdef0123456789abcdef01234567";
  private static final String NANOPORE =
      "runid=" + RUN + " sampleid=soil barcode=barcode07 start_time=2026-02-03T04:05:06Z";

  @TempDir Path directory;

  @Test
  void shouldCarryWhatTheHeaderSays() {
    // Given
    SequenceRecord record = record("read-1", NANOPORE, Optional.of("!5~!"));

    // When
    SequencingRead read = SequencingReads.asWritten().of(record);

    // Then
    assertThat(read)
        .isEqualTo(
            SequencingRead.newBuilder()
                .setReadId("read-1")
                .setSequence("ACgT")
                .setQualities("!5~!")
                .setRunId(RUN)
                .setSampleId("soil")
                .setBarcode("barcode07")
                .setPlatform("ONT")
                .setStartTime(Instant.parse("2026-02-03T04:05:06Z"))
                .setSource(ReadSource.FILE)
                .setTrueTaxId(null)
                .build());
  }

  @Test
  void shouldGuessNothingThatTheFileDoesNotSay() {
    // Given
    SequenceRecord record = record("contig-1", "some description", Optional.empty());

    // When
    SequencingRead read = SequencingReads.asWritten().of(record);

    // Then
    assertThat(read)
        .isEqualTo(
            SequencingRead.newBuilder()
                .setReadId("contig-1")
                .setSequence("ACgT")
                .setSource(ReadSource.FILE)
                .build());
  }

  @Test
  void shouldPutWhatIsSaidBeforeWhatIsWritten() throws IOException {
    // Given
    Path truth = Files.writeString(directory.resolve("truth.tsv"), "readId\ttaxid\nread-1\t562\n");
    SequencingReads reads =
        new SequencingReads(
            Optional.of("run-9"), Optional.of("water"), Optional.of(""), TruthTable.load(truth));

    // When
    SequencingRead read = reads.of(record("read-1", NANOPORE, Optional.empty()));

    // Then
    assertThat(read.getRunId()).isEqualTo("run-9");
    assertThat(read.getSampleId()).isEqualTo("water");
    assertThat(read.getBarcode()).isEmpty();
    assertThat(read.getPlatform()).isEqualTo("ONT");
    assertThat(read.getTrueTaxId()).isEqualTo(562);
  }

  private static SequenceRecord record(String id, String description, Optional<String> qualities) {
    return new SequenceRecord(id, description, "ACgT", qualities, Path.of("reads.fastq"), 1);
  }
}
