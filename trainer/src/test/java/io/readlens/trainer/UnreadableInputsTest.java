package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.model.checkpoint.Safetensors;
import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.io.ReadFile;
import io.readlens.model.process.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are there, and can be opened but not read, as all directories can. */
class UnreadableInputsTest {
  @TempDir private Path directory;

  /** What reads a file of some name in a directory. */
  private interface Reading {
    Object of(Path directory) throws IOException;
  }

  static Stream<Arguments> readings() {
    return Stream.of(
        reading("reads.fastq", in -> ReadFile.open(in.resolve("reads.fastq"))),
        reading("genome.fa", in -> ReadFile.openContigs(in.resolve("genome.fa"))),
        reading("truth.tsv", in -> TruthRows.whole(in.resolve("truth.tsv"))),
        reading("genomes.tsv", GenomePack::open),
        reading("nodes.dmp", NcbiTaxonomy::new),
        reading("state", in -> TrainingState.read(in.resolve("state"))),
        reading("weights", in -> Safetensors.read(in.resolve("weights"), Map.of())),
        reading("any", in -> Sha256.of(in.resolve("any"))),
        reading("genomes-seen.tsv", in -> noted(() -> Provenance.ofGenomes(in, List.of()))),
        reading(
            "reads-seen.tsv",
            in -> noted(() -> Provenance.inherit(in, Files.createDirectory(in.resolve("out"))))));
  }

  private static Arguments reading(String name, Reading reading) {
    return Arguments.of(name, reading);
  }

  /** Something that returns nothing. */
  private interface Noting {
    void run() throws IOException;
  }

  private static Object noted(Noting noting) throws IOException {
    noting.run();
    return "noted";
  }

  @ParameterizedTest
  @MethodSource("readings")
  void shouldNameTheFileThatCannotBeRead(String name, Reading reading) throws IOException {
    // Given
    Path file = Files.createDirectory(directory.resolve(name));

    // When
    Throwable failure = catchThrowable(() -> reading.of(directory));

    // Then
    assertThat(Why.of(failure)).isEqualTo(file + ": Is a directory");
  }

  @Test
  void shouldNameTheWeightsThatAreTooLarge() throws IOException {
    // Given
    Path file = Files.write(directory.resolve("weights"), new byte[2 << 20]);

    // When
    Throwable failure = catchThrowable(() -> Safetensors.read(file, Map.of()));

    // Then
    assertThat(Why.of(failure))
        .isEqualTo(file + ": it is larger than the 1048584 bytes that it may have");
  }

  @Test
  void shouldNameTheNotesThatAreNoText() throws IOException {
    // Given
    Path file = directory.resolve("genomes-seen.tsv");
    Files.write(file, "g\u00FCn\n".getBytes(StandardCharsets.ISO_8859_1));

    // When
    Throwable failure = catchThrowable(() -> Provenance.ofGenomes(directory, List.of()));

    // Then
    assertThat(Why.of(failure)).isEqualTo(file + ": this is no UTF-8 text");
  }
}
