package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the trainer writes for itself and for others to read, read back, in several locales. */
class WrittenTablesTest {
  private static final String ARABIC = "ar-EG-u-nu-arab";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"en", "de-DE", ARABIC, "hi-IN-u-nu-deva", "tr-TR"})
  void shouldReadBackCutReads(String locale) throws Exception {
    // Given
    Path out = directory.resolve("cut.fastq.gz");
    ToyPack toy = new ToyPack();

    // When
    int exitCode =
        in(
            locale,
            () ->
                Main.execute(
                    "cut",
                    "--genomes=" + toy.directory(),
                    "--out=" + out,
                    "--use=test_region",
                    "--per-genome=3",
                    "--length=300"));

    // Then
    assertThat(exitCode).isZero();
    Path table = directory.resolve("cut.fastq.gz.truth.tsv");
    List<String> names = new ArrayList<>();
    List<Lineage> lineages = new ArrayList<>();
    try (ReadFile reads = ReadFile.open(out);
        TruthRows rows = new TruthRows(table, 10, Optional.empty())) {
      while (reads.hasNext()) {
        SequenceRecord read = reads.next();
        names.add(read.id());
        lineages.add(rows.of(read.id()).lineage());
        assertThat(read.sequence()).hasSize(300);
      }
    }
    assertThat(names)
        .containsExactly("r000000", "r000001", "r000002", "r000003", "r000004", "r000005");
    assertThat(lineages.subList(0, 3))
        .containsOnly(new Lineage("Bacteria", "Pseudomonadota", "Escherichia"));
    assertThat(Table.read(table))
        .extracting(row -> row.get("taxid"))
        .containsExactly("562", "562", "562", "1280", "1280", "1280");
    List<LabelledRead> evaluated = LabelledReads.read(out, table, toy.taxonomy(), InputFilter.NONE);
    assertThat(evaluated).extracting(read -> read.bases().id()).isEqualTo(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de-DE", ARABIC, "fa-IR"})
  void shouldReadBackALearningCurve(String locale) throws Exception {
    // Given
    Path file = directory.resolve("learning-curve.tsv");
    double[] values = {1_000_000, 0.12345, Double.NaN, -2.5e-9, 1e15, 0};

    // When
    in(
        locale,
        () -> {
          PrintStream out = System.out;
          System.setOut(
              new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8));
          try {
            new LearningCurve(file, "a", "b", "c", "d", "e", "f").add(values);
          } finally {
            System.setOut(out);
          }
          return 0;
        });

    // Then
    Map<String, String> row = Table.read(file).get(0);
    List<String> columns = List.of("a", "b", "c", "d", "e", "f");
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        assertThat(row.get(columns.get(i))).isEqualTo("NA");
      } else {
        assertThat(Double.parseDouble(row.get(columns.get(i))))
            .isCloseTo(values[i], within(Math.abs(values[i]) / 1000));
      }
    }
  }

  @Test
  void shouldReadBackWhatACheckpointSaw() throws Exception {
    // Given
    Genome genome =
        new Genome(
            "g\u001b[2J1",
            "A\u202e1.1",
            "562",
            "Bacteria",
            "Pseudomonadota",
            "Escherichia",
            "d1gest",
            List.of("ACGT".repeat(1000)));
    Path reads = directory.resolve("r\te\nads\u001b.fasta");
    StringBuilder fasta = new StringBuilder();
    StringBuilder truth = new StringBuilder("readId\tsuperkingdom\tphylum\tgenus\n");
    for (int i = 0; i < 40; i++) {
      fasta.append(">r").append(i).append('\n').append("ACGT".repeat(100)).append('\n');
      truth.append('r').append(i).append("\tBacteria\tPseudomonadota\tEscherichia\n");
    }
    Files.writeString(reads, fasta);
    Path table = Files.writeString(directory.resolve("truth.tsv"), truth);

    // When
    in(
        ARABIC,
        () -> {
          Provenance.ofGenomes(directory, List.of(genome));
          new ReadSet(reads, table, Optional.empty(), InputFilter.NONE).writeSeen(directory);
          new ReadSet(reads, table, Optional.empty(), InputFilter.NONE).writeSeen(directory);
          return 0;
        });

    // Then
    List<Map<String, String>> genomes = Table.read(directory.resolve("genomes-seen.tsv"));
    assertThat(genomes).hasSize(1);
    assertThat(genomes.get(0))
        .containsEntry("id", "g\\u001b[2J1")
        .containsEntry("accession", "A\\u202e1.1")
        .containsEntry("genus", "Escherichia")
        .containsEntry("train_bases", "4000")
        .containsEntry("fasta_gz_sha256", "d1gest");
    List<Map<String, String>> files = Table.read(directory.resolve("reads-seen.tsv"));
    assertThat(files).hasSize(1);
    assertThat(files.get(0)).containsEntry("file", "r\\te\\nads\\u001b.fasta");
    assertThat(Integer.parseInt(files.get(0).get("train_reads")))
        .isEqualTo(40 - Integer.parseInt(files.get(0).get("validation_reads")));
    assertThat(files.get(0).get("train_bases")).matches("[0-9]+");
  }

  private static <T> T in(String locale, Callable<T> writing) throws Exception {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(locale));
      return writing.call();
    } finally {
      Locale.setDefault(before);
    }
  }
}
