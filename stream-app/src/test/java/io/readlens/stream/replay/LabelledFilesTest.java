package io.readlens.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.Lineage;
import io.readlens.avro.SequencingRead;
import io.readlens.model.io.Mates;
import io.readlens.model.io.ReadFile;
import io.readlens.schemas.TrustedClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledFilesTest {
  @TempDir private Path directory;

  @BeforeAll
  static void trustRecords() {
    TrustedClasses.trust();
  }

  static Stream<String> nastyTexts() {
    return Stream.of(
        "",
        " ",
        "NA",
        "a b",
        "a\tb",
        "a\nb",
        "a\rb",
        "a\r\nb",
        "\"a\"",
        "'",
        "a,b",
        "a\\tb",
        "\0",
        "\007",
        "\u001B[2J",
        "\u001A",
        "\u007F",
        "\u0085",
        "\u009B31m",
        "\u00A0",
        "\u2028",
        "\u3000x",
        "\uFEFFa",
        "a\uFEFF",
        "Düne",
        "\uD83E\uDDA0",
        "\u202Egnp.exe",
        "x/1",
        "x/2",
        "x",
        "@a",
        "a@b",
        "a>b",
        "a@",
        ">a",
        "+",
        "#",
        "-7",
        "0",
        "x".repeat(300_000));
  }

  /**
   * Every text as a name and as a taxon, with every taxonomy id: all that a producer may choose.
   */
  private static List<SequencingRead> nastyReads() {
    List<SequencingRead> reads = new ArrayList<>();
    for (String text : nastyTexts().toList()) {
      reads.add(read(text, 562, null));
      reads.add(read("n" + reads.size(), 562, text));
      reads.add(read("n" + reads.size(), null, text));
      reads.add(read("n" + reads.size() + text, -7, text));
    }
    for (Integer taxId : new Integer[] {null, Integer.MIN_VALUE, -7, 0, 1, Integer.MAX_VALUE}) {
      reads.add(read("t" + reads.size(), taxId, null));
      reads.add(read("t" + reads.size(), taxId, "Bacteria"));
    }
    return reads;
  }

  private static SequencingRead read(String name, Integer taxId, String taxon) {
    return SequencingRead.newBuilder()
        .setReadId(name)
        .setSequence("ACGT")
        .setTrueTaxId(taxId)
        .setTrueLineage(taxon == null ? null : new Lineage("Bacteria", taxon, null))
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldWriteWhatItsReadersTakeForTheSame(boolean gzip) throws IOException {
    // Given
    Path fastq = directory.resolve("reads");
    Path table = directory.resolve("truth.tsv");
    List<SequencingRead> all = nastyReads();
    Map<String, SequencingRead> known = new HashMap<>();
    all.forEach(read -> known.putIfAbsent(read.getReadId(), read));

    // When
    Export.Result result;
    try (LabelledFiles files = open(fastq, gzip, table)) {
      all.forEach(files::take);
      result = files.result();
    }

    // Then
    TruthTable truth = TruthTable.load(table);
    SequencingReads records =
        new SequencingReads(Optional.empty(), Optional.empty(), Optional.empty(), truth);
    Map<String, SequencingRead> written = new LinkedHashMap<>();
    try (ReadFile reads = ReadFile.open(fastq)) {
      reads.forEachRemaining(read -> written.put(read.id(), records.of(read)));
    }
    assertThat(written).hasSize((int) result.written());
    assertThat(result.written() + result.unfit() + result.unlabelled() + result.repeated())
        .isEqualTo(all.size());
    written.forEach(
        (name, read) -> {
          SequencingRead its = known.get(name);
          assertThat(its).as(name).isNotNull();
          assertThat(read.getTrueTaxId())
              .as(name)
              .isEqualTo(
                  its.getTrueTaxId() != null && its.getTrueTaxId() > 0 ? its.getTrueTaxId() : null);
          if (its.getTrueLineage() == null) {
            assertThat(read.getTrueLineage()).as(name).isNull();
          } else {
            String phylum = its.getTrueLineage().getPhylum();
            assertThat(read.getTrueLineage())
                .as(name)
                .isEqualTo(
                    new Lineage(
                        "Bacteria", phylum.isBlank() || phylum.equals("NA") ? null : phylum, null));
          }
        });
    assertThat(written)
        .containsKeys("Düne", "\uD83E\uDDA0", ">a", "a>b", "x/1", "x", "-7")
        .doesNotContainKeys("@a", "a@b", "a@");
  }

  static Stream<Arguments> labels() {
    return Stream.of(
        Arguments.of(null, null, false),
        Arguments.of(-7, null, false),
        Arguments.of(0, null, false),
        Arguments.of(Integer.MIN_VALUE, null, false),
        Arguments.of(1, null, true),
        Arguments.of(Integer.MAX_VALUE, null, true),
        Arguments.of(-7, new Lineage(null, null, null), false),
        Arguments.of(-7, new Lineage("NA", " ", ""), false),
        Arguments.of(-7, new Lineage("Bacteria", null, null), true));
  }

  @ParameterizedTest
  @MethodSource("labels")
  void shouldTakeNoTaxonomyIdBelowOneForALabel(Integer taxId, Lineage lineage, boolean labelled)
      throws IOException {
    // Given
    SequencingRead read =
        SequencingRead.newBuilder(read("r", taxId, null)).setTrueLineage(lineage).build();

    // When
    Export.Result result;
    try (LabelledFiles files =
        open(directory.resolve("reads"), false, directory.resolve("truth.tsv"))) {
      files.take(read);
      result = files.result();
    }

    // Then
    assertThat(result).isEqualTo(new Export.Result(labelled ? 1 : 0, labelled ? 0 : 1, 0, 0));
    TruthTable truth = TruthTable.load(directory.resolve("truth.tsv"));
    assertThat(truth.taxId("r").isPresent()).isEqualTo(labelled && taxId > 0);
  }

  @Test
  void shouldLeaveOutWhatNoLineCanHold() throws IOException {
    // Given
    Path table = directory.resolve("truth.tsv");

    // When
    Export.Result result;
    try (LabelledFiles files = open(directory.resolve("reads"), false, table)) {
      Stream.of("", "a b", "a\tb", "a\nb", "a\rb", "\0", "\u001B[2J", "\u009B31m", "\uFEFFa")
          .forEach(name -> files.take(read(name, 562, null)));
      result = files.result();
    }

    // Then
    assertThat(result).isEqualTo(new Export.Result(0, 0, 0, 9));
  }

  @Test
  void shouldWriteAPairAsTwoReadsThatAreReadAsOne() throws IOException {
    // Given
    Path fastq = directory.resolve("reads");
    Path table = directory.resolve("truth.tsv");
    SequencingRead pair =
        SequencingRead.newBuilder(read("a", 562, null))
            .setMateSequence("TTTTT")
            .setMateQualities("I!I!I")
            .build();
    SequencingRead unfit =
        SequencingRead.newBuilder(read("b", 562, null)).setMateSequence("TT7").build();

    // When
    Export.Result result;
    try (LabelledFiles files = open(fastq, false, table)) {
      files.take(pair);
      files.take(unfit);
      result = files.result();
    }

    // Then
    assertThat(result).isEqualTo(new Export.Result(1, 0, 0, 1));
    TruthTable truth = TruthTable.load(table);
    assertThat(truth.taxId("a/1")).hasValue(562);
    assertThat(truth.taxId("a/2")).hasValue(562);
    SequencingReads records =
        new SequencingReads(Optional.empty(), Optional.empty(), Optional.empty(), truth);
    try (ReadFile reads = new Mates(List.of(), true).open(fastq, 0)) {
      SequencingRead again = records.of(reads.next());
      assertThat(again.getReadId()).isEqualTo("a");
      assertThat(again.getSequence()).isEqualTo("ACGT");
      assertThat(again.getMateSequence()).isEqualTo("TTTTT");
      assertThat(again.getMateQualities()).isEqualTo("I!I!I");
      assertThat(again.getTrueTaxId()).isEqualTo(562);
      assertThat(reads.hasNext()).isFalse();
    }
  }

  @Test
  void shouldWriteTheFirstReadOfAName() throws IOException {
    // Given
    Path fastq = directory.resolve("reads");

    // When
    Export.Result result;
    try (LabelledFiles files = open(fastq, false, directory.resolve("truth.tsv"))) {
      files.take(read("a", 562, null));
      files.take(read("a", 1280, null));
      files.take(read("b", 562, null));
      result = files.result();
    }

    // Then
    assertThat(result).isEqualTo(new Export.Result(2, 0, 1, 0));
    assertThat(Files.readAllLines(fastq)).filteredOn(line -> line.equals("@a")).hasSize(1);
    assertThat(TruthTable.load(directory.resolve("truth.tsv")).taxId("a")).hasValue(562);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "III", "IIIII", "I II", "II\nI", "III\u007F", "\u00E4III"})
  void shouldLeaveOutQualitiesThatNoLineCanHold(String qualities) throws IOException {
    // Given
    Path fastq = directory.resolve("reads");
    SequencingRead read =
        SequencingRead.newBuilder(read("a", 562, null)).setQualities(qualities).build();

    // When
    Export.Result result;
    try (LabelledFiles files = open(fastq, false, directory.resolve("truth.tsv"))) {
      files.take(read);
      result = files.result();
    }

    // Then
    assertThat(result).isEqualTo(new Export.Result(0, 0, 0, 1));
    assertThat(fastq).isEmptyFile();
  }

  private static LabelledFiles open(Path reads, boolean gzip, Path truth) throws IOException {
    return LabelledFiles.to(Files.newOutputStream(reads), gzip, Files.newOutputStream(truth));
  }
}
