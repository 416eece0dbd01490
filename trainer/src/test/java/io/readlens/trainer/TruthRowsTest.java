package io.readlens.trainer;

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
import org.junit.jupiter.params.provider.ValueSource;

class TruthRowsTest {
  @TempDir private Path directory;

  @Test
  void shouldPreferAReadsOwnRowToThatOfItsMates() throws IOException {
    // Given
    Path table = table(List.of("x", "x/1", "x/2", "y"));

    // When
    List<String> genera = genera(table, List.of("x", "x/1", "x/2", "y/1", "y/2"), 2);

    // Then
    assertThat(genera).containsExactly("of x", "of x/1", "of x/2", "of y", "of y");
  }

  @Test
  void shouldHoldFewRowsForManyPairsOfMates() throws IOException {
    // Given
    List<String> names = new ArrayList<>();
    List<String> mates = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      names.add("r" + i);
      mates.addAll(List.of("r" + i + "/1", "r" + i + "/2"));
      expected.addAll(List.of("of r" + i, "of r" + i));
    }

    // When
    List<String> genera = genera(table(names), mates, 3);

    // Then
    assertThat(genera).isEqualTo(expected);
  }

  @Test
  void shouldFindNastyNames() throws IOException {
    // Given
    List<String> names =
        List.of(
            "Düne",
            "\uD83E\uDDA0",
            "\"r1\"",
            "'",
            "a,b",
            "a\\tb",
            "#",
            "-7",
            "NA",
            "x".repeat(300_000));

    // When
    List<String> genera = genera(table(names), names, 2);

    // Then
    assertThat(genera).isEqualTo(names.stream().map(name -> "of " + name).toList());
  }

  /** The row would be a label, and be shown wherever the model's calls are. */
  @ParameterizedTest
  @ValueSource(strings = {"a\u001b[2J", "\u202egnp", "a\u2028b", "\u009b31m"})
  void shouldRefuseATaxonWhoseNameATerminalObeys(String name) throws IOException {
    // Given
    Path table =
        Files.writeString(
            directory.resolve("truth.tsv"),
            "readId\tsuperkingdom\tphylum\tgenus\nx\tBacteria\tP\t" + name + "\n");

    // When
    var thrown = assertThatThrownBy(() -> TruthRows.whole(table));

    // Then
    thrown
        .hasMessageContaining(table + " line 2")
        .hasMessageContaining("holds a character that has no shape");
  }

  private Path table(List<String> names) throws IOException {
    StringBuilder text = new StringBuilder("readId\ttaxid\tsuperkingdom\tphylum\tgenus\n");
    names.forEach(
        name -> text.append(name).append("\t1\tBacteria\tP\tof ").append(name).append('\n'));
    return Files.writeString(directory.resolve("truth.tsv"), text);
  }

  private static List<String> genera(Path table, List<String> reads, int mostApart)
      throws IOException {
    List<String> genera = new ArrayList<>();
    try (TruthRows rows = new TruthRows(table, mostApart, Optional.empty())) {
      for (String read : reads) {
        genera.add(rows.of(read).lineage().genus());
      }
    }
    return genera;
  }
}
