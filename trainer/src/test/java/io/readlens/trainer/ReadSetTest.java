package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.ReadNames;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadSetTest {
  private static final String HEADER = "readId\ttaxid\tsuperkingdom\tphylum\tgenus";
  private static final String COLI = "562\tBacteria\tPseudomonadota\tEscherichia";
  private static final TrainingSet.Showing SHOWING =
      new TrainingSet.Showing(ReadLengths.ofTokens(1), false, TrainingSet.Balance.EVEN, 20, 3);

  @TempDir private Path directory;

  /** Reads of a hundred bases as FASTA. */
  private Path reads(List<String> names) throws IOException {
    Random random = new Random(1);
    String fasta =
        names.stream()
            .map(name -> ">" + name + " of a test\n" + bases(100, random) + "\n")
            .collect(Collectors.joining());
    return Files.writeString(directory.resolve("reads.fa"), fasta);
  }

  private static String bases(int count, Random random) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.valueOf("ACGT".charAt(random.nextInt(4))))
        .collect(Collectors.joining());
  }

  private Path truth(List<String> rows) throws IOException {
    return Files.writeString(
        directory.resolve("truth.tsv"), HEADER + "\n" + String.join("\n", rows) + "\n");
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "read" + i).toList();
  }

  private ReadSet coli(List<String> names) throws IOException {
    return new ReadSet(
        reads(names),
        truth(names.stream().map(name -> name + "\t" + COLI).toList()),
        Optional.empty(),
        InputFilter.NONE);
  }

  private static List<String> take(Iterator<LabelledRead> reads, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(reads.next().bases().id());
    }
    return names;
  }

  @Test
  void shouldTrainOnEveryReadOnceAPassAndOnNoneThatValidates() throws IOException {
    // Given a buffer of some ten reads
    ReadSet set = coli(names(200));
    List<String> validation =
        set.validation(set.taxonomy(), List.of(), 0, 0).stream()
            .map(read -> read.bases().id())
            .toList();
    int count = 200 - validation.size();
    try (TrainingReads reads = new ShuffledReads(set, set.taxonomy(), 20, 3, 1_000)) {
      // When
      Iterator<LabelledRead> drawn = reads.draw(0, new Random(1)).reads();
      List<String> first = take(drawn, count);
      List<String> second = take(drawn, count);

      // Then
      assertThat(validation).hasSizeBetween(3, 25);
      assertThat(first).doesNotHaveDuplicates().doesNotContainAnyElementsOf(validation);
      assertThat(second).hasSameElementsAs(first).isNotEqualTo(first);
      assertThat(first).isNotEqualTo(names(200).stream().filter(first::contains).toList());
    }
  }

  @Test
  void shouldGoOnWhereAnEarlierTrainingWas() throws IOException {
    // Given
    ReadSet set = coli(names(50));
    try (TrainingReads atOnce = set.reads(set.taxonomy(), SHOWING);
        TrainingReads later = set.reads(set.taxonomy(), SHOWING)) {
      take(atOnce.draw(0, new Random(1)).reads(), 70);

      // When
      List<String> tokens = new ArrayList<>();
      for (TrainingReads reads : List.of(atOnce, later, atOnce)) {
        LabelledRead read = reads.draw(70, new Random(2)).reads().next();
        tokens.add(read.bases().id() + read.bases().sequence());
      }

      // Then
      assertThat(tokens.get(1)).isEqualTo(tokens.get(0));
      assertThat(tokens.get(2)).isEqualTo(tokens.get(0));
    }
  }

  @Test
  void shouldKeepAReadOnItsSideWhateverElseIsThere() throws IOException {
    // Given
    List<String> mates =
        names(300).stream().flatMap(name -> List.of(name + "/1", name + "/2").stream()).toList();

    // When
    ReadSet few = coli(names(300));
    List<LabelledRead> alone = few.validation(few.taxonomy(), List.of(), 0, 0);
    ReadSet many = coli(mates);
    List<LabelledRead> paired = many.validation(many.taxonomy(), List.of(), 0, 0);

    // Then
    assertThat(paired).hasSize(2 * alone.size());
    assertThat(paired.stream().map(read -> ReadNames.key(read.bases().id())).distinct())
        .containsExactlyInAnyOrderElementsOf(
            alone.stream().map(read -> read.bases().id()).toList());
  }

  @Test
  void shouldShowAStretchOfALongReadOnEitherStrand() throws IOException {
    // Given
    String bases = bases(3_000, new Random(5));
    Path fastq =
        Files.writeString(
            directory.resolve("long.fq"), "@long\n" + bases + "\n+\n" + "I".repeat(3_000) + "\n");
    ReadSet set =
        new ReadSet(fastq, truth(List.of("long\t" + COLI)), Optional.empty(), InputFilter.NONE);
    try (TrainingReads reads = set.reads(set.taxonomy(), SHOWING)) {
      // When
      Iterator<LabelledRead> drawn = reads.draw(0, new Random(1)).reads();
      List<LabelledRead> shown = IntStream.range(0, 20).mapToObj(i -> drawn.next()).toList();

      // Then
      assertThat(shown).allMatch(read -> read.bases().length() == 20 * 6);
      assertThat(shown)
          .allMatch(
              read ->
                  bases.contains(read.bases().sequence())
                      || bases.contains(read.bases().reverseComplement().sequence()));
      assertThat(shown).anyMatch(read -> bases.contains(read.bases().sequence()));
      assertThat(shown).anyMatch(read -> !bases.contains(read.bases().sequence()));
      assertThat(new HashSet<>(shown)).hasSizeGreaterThan(15);
    }
  }

  @Test
  void shouldPassOverReadsOfNoKnownTaxon() throws IOException {
    // Given
    List<String> rows =
        names(60).stream()
            .map(name -> name + "\t" + (name.endsWith("0") ? "NA\tNA\tNA\tNA" : COLI))
            .toList();

    // When
    ReadSet set = new ReadSet(reads(names(60)), truth(rows), Optional.empty(), InputFilter.NONE);

    // Then
    int reads = 54 - validating(set);
    assertThat(set).hasToString("%d reads, %,d bases, 6 passed over".formatted(reads, 100 * reads));
  }

  private static int validating(ReadSet set) {
    return set.validation(set.taxonomy(), List.of(), 0, 0).size();
  }

  @Test
  void shouldFindRowsOutOfOrderWithinABound() throws IOException {
    // Given
    List<String> rows = new ArrayList<>(names(20).stream().map(n -> n + "\t" + COLI).toList());
    Collections.reverse(rows);
    Path truth = truth(rows);

    // When / Then
    try (TruthRows wide = new TruthRows(truth, 20, Optional.empty());
        TruthRows narrow = new TruthRows(truth, 10, Optional.empty())) {
      for (String name : names(20)) {
        assertThat(wide.of(name).lineage().genus()).isEqualTo("Escherichia");
      }
      narrow.of("read0");
      assertThatThrownBy(() -> narrow.of("read15"))
          .isInstanceOf(IOException.class)
          .hasMessage(truth + " has no row for read read15, or it is 10 rows out of order");
    }
  }

  @Test
  void shouldLabelWhatIsTrainedOn() throws IOException {
    // When
    ReadSet set = coli(names(30));

    // Then
    assertThat(set.taxonomy().size()).isEqualTo(3);
    assertThat(set.taxonomy().find(Rank.GENUS, "Escherichia")).isPresent();
    assertThat(set.digest()).isEqualTo(coli(names(30)).digest()).hasSize(64);
    assertThat(coli(names(31)).digest()).isNotEqualTo(set.digest());
  }

  @Test
  void shouldNameTheLineAtFault() throws IOException {
    assertFault(List.of("read0\t" + COLI), "truth.tsv has no row for read read1");
    assertFault(List.of("read0\t1\tBacteria"), "truth.tsv line 2: 3 columns, not 5");
    assertFault(
        List.of("read0\t" + COLI, "read0\t1\tArchaea\tNA\tNA"),
        "truth.tsv line 3: other taxa of read read0 than in line 2");
    assertFault(
        List.of("read0\t" + COLI, "read1\t" + COLI, "read0\t1\tArchaea\tNA\tNA"),
        "truth.tsv line 4: other taxa of read read0 than in line 2");
    assertFault(
        List.of("read0\t" + COLI, "read1\t1\tBacteria\tBacillota\tEscherichia"),
        "truth.tsv, line 3: genus Escherichia stands both under Pseudomonadota and under Bacillota");
  }

  private void assertFault(List<String> rows, String message) throws IOException {
    Path reads = reads(names(2));
    Path truth = truth(rows);
    assertThatThrownBy(() -> new ReadSet(reads, truth, Optional.empty(), InputFilter.NONE))
        .isInstanceOfAny(IOException.class, MalformedFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldNameTheReadThatIsNoDna() throws IOException {
    // Given
    Path reads = Files.writeString(directory.resolve("bad.fa"), ">a\nACGT\n>b\nACXT\n");
    Path truth = truth(List.of("a\t" + COLI, "b\t" + COLI));

    // When / Then
    assertThatThrownBy(() -> new ReadSet(reads, truth, Optional.empty(), InputFilter.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bad.fa line 3: read b has 'X' at base 2");
  }

  @Test
  void shouldNameTheColumnThatIsMissing() throws IOException {
    // Given
    Path reads = reads(names(2));
    Path truth = Files.writeString(directory.resolve("truth.tsv"), "readId\ttaxid\nread0\t562\n");

    // When / Then
    assertThatThrownBy(() -> new ReadSet(reads, truth, Optional.empty(), InputFilter.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("truth.tsv has no column superkingdom");
  }
}
