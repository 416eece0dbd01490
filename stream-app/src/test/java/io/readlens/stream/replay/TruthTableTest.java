package io.readlens.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Rank;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TruthTableTest {
  @TempDir Path directory;

  @Test
  void shouldFindColumnsByTheirNames() throws IOException {
    // Given
    Path file = write("genus\ttaxid\treadId\nBacillus\t1423\tr1\nNA\tNA\tr2\n");

    // When
    TruthTable truth = TruthTable.load(file);

    // Then
    assertThat(truth.taxId("r1")).hasValue(1423);
    assertThat(truth.taxId("r2")).isEmpty();
    assertThat(truth.taxId("r3")).isEmpty();
  }

  @Test
  void shouldNameTheTaxaThatAreKnown() throws IOException {
    // Given
    Path file =
        write(
            """
            readId\ttaxid\tsuperkingdom\tgenus
            r1\t1423\tBacteria\tBacillus
            r2\tNA\tViruses\tNA
            r3\tNA\tNA\tNA
            r4\t\tViruses\t
            """);

    // When
    TruthTable truth = TruthTable.load(file);

    // Then
    assertThat(truth.names("r1/2"))
        .isEqualTo(Map.of(Rank.SUPERKINGDOM, "Bacteria", Rank.GENUS, "Bacillus"));
    assertThat(truth.names("r2")).isEqualTo(Map.of(Rank.SUPERKINGDOM, "Viruses"));
    assertThat(truth.taxId("r2")).isEmpty();
    assertThat(truth.names("r3")).isEmpty();
    assertThat(truth.names("r4")).isEqualTo(truth.names("r2"));
    assertThat(truth.taxId("r4")).isEmpty();
  }

  @Test
  void shouldKnowBothMatesByTheNameThatTheyShare() throws IOException {
    // Given
    Path file = write("readId\ttaxid\nr1\t5\nr2/1\t6\n");

    // When
    TruthTable truth = TruthTable.load(file);

    // Then
    assertThat(truth.taxId("r1/1")).hasValue(5);
    assertThat(truth.taxId("r1/2")).hasValue(5);
    assertThat(truth.taxId("r2/1")).hasValue(6);
    assertThat(truth.taxId("r2/2")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void shouldNameTheLineThatIsWrong(String text, int line, String fault) throws IOException {
    // Given
    Path file = write(text);

    // When
    ThrowingCallable load = () -> TruthTable.load(file);

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(TruthTableException.class)
        .hasMessageStartingWith(file + " line " + line + ": " + fault)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> shouldNameTheLineThatIsWrong() {
    return Stream.of(
        Arguments.of("", 1, "the table is empty"),
        Arguments.of("readId,taxid\n", 1, "needs the columns readId and taxid"),
        Arguments.of("readId\ttaxid\nr1\n", 2, "1 columns, not 2"),
        Arguments.of("readId\ttaxid\nr1\t5\nr2\t0\n", 3, "has the taxid '0'"),
        Arguments.of("readId\ttaxid\nr1\tBacillus\n", 2, "has the taxid 'Bacillus'"),
        Arguments.of("readId\ttaxid\nr1\t5\nr1\t6\n", 3, "has another taxid for r1 than 5"),
        Arguments.of("readId\ttaxid\tgenus\nr1\t5\tA\nr1\t5\tB\n", 3, "has other taxa for r1"));
  }

  @Test
  void shouldSayWhichFileIsMissing() {
    // Given
    Path file = directory.resolve("none.tsv");

    // When
    ThrowingCallable load = () -> TruthTable.load(file);

    // Then
    assertThatThrownBy(load).isInstanceOf(TruthTableException.class).hasMessage("no file " + file);
  }

  @Test
  void shouldNameAFileThatCannotBeRead() {
    // When
    ThrowingCallable load = () -> TruthTable.load(directory);

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(TruthTableException.class)
        .hasMessage(directory + ": Is a directory");
  }

  @Test
  void shouldSayThatAFileIsNotText() throws IOException {
    // Given
    Path file = Files.write(directory.resolve("truth.tsv"), new byte[] {'r', (byte) 0xFF, '\n'});

    // When
    ThrowingCallable load = () -> TruthTable.load(file);

    // Then
    assertThatThrownBy(load)
        .isInstanceOf(TruthTableException.class)
        .hasMessageStartingWith(file + " line 1: this is not UTF-8 text");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("truth.tsv"), text, StandardCharsets.UTF_8);
  }
}
