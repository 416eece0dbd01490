package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.panel.Panel.Row;
import io.readlens.model.evaluation.panel.Sources.Platform;
import io.readlens.model.read.Read;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PanelsTest {
  private static final int READS = 8;
  private static final String ADAPTER = "GATTACAGATTACAGATTACA";

  /** A genome of random bases. */
  static Origin origin(String id, String genus, Truth truth, int bases) {
    String genome = Fakes.random(bases, 0.5, new Random(id.hashCode()));
    return new Origin(
        id,
        genus,
        truth,
        (length, random) -> {
          if (length > bases) {
            return Optional.empty();
          }
          int from = random.nextInt(bases - length + 1);
          return Optional.of(genome.substring(from, from + length));
        });
  }

  static List<Origin> genera(int count, int bases) {
    List<Origin> origins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String genus = "Genus" + i;
      origins.add(origin("g" + i, genus, new Truth("Bacteria", "Phylum" + i % 3, genus), bases));
    }
    return origins;
  }

  static Sources sources() {
    List<Origin> known = new ArrayList<>(genera(30, 12_000));
    known.add(origin("h", "Homo", new Truth("Eukaryota", "Chordata", "Homo"), 12_000));
    List<Origin> novel =
        List.of(
            origin("n1", "Novel1", new Truth("Bacteria", "Phylum1", Truth.NONE), 20_000),
            origin("n2", "Novel2", new Truth("Bacteria", Truth.UNKNOWN, Truth.NONE), 20_000));
    return new Sources(
        known,
        genera(2, 200_000),
        "Homo",
        novel,
        Map.of("vector", List.of(origin("v", "v", Truth.NOTHING, 3_000))),
        List.of(ADAPTER),
        rate -> (bases, random) -> bases,
        Map.of("worst", new Platform(250, (bases, random) -> bases.replace('A', 'C'))));
  }

  private static Panel panel(String name) {
    return new Panels(sources(), READS, 1)
        .all().stream().filter(panel -> panel.name().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<PanelRead> reads(List<Panel> panels) {
    return panels.stream()
        .flatMap(panel -> panel.rows().stream())
        .flatMap(row -> row.reads().stream());
  }

  private static Row row(Panel panel, String begins) {
    return panel.rows().stream().filter(r -> r.name().startsWith(begins)).findFirst().orElseThrow();
  }

  @Test
  void shouldMakeTheSameOfTheSameSeed() {
    // When
    List<Panel> panels = new Panels(sources(), READS, 1).all();

    // Then
    List<String> letters = reads(panels).map(PanelRead::letters).toList();
    assertThat(reads(new Panels(sources(), READS, 1).all()).map(PanelRead::letters))
        .isEqualTo(letters);
    assertThat(reads(new Panels(sources(), READS, 2).all()).map(PanelRead::letters).toList())
        .isNotEqualTo(letters);
  }

  @Test
  void shouldNameEveryReadOnce() {
    // When
    List<Panel> panels = new Panels(sources(), READS, 1).all();

    // Then
    assertThat(reads(panels).map(read -> read.read().id())).doesNotHaveDuplicates();
    assertThat(panels).extracting(Panel::name).doesNotHaveDuplicates().hasSize(8);
    assertThat(panels).allSatisfy(panel -> assertThat(panel.leftOut()).isEmpty());
  }

  @Test
  void shouldHaveAllRepeatsOfEveryLength() {
    // When
    Panel artefacts = panel("artefacts");

    // Then
    for (int bases : new int[] {150, 250, 1_500, 10_000}) {
      String name = String.format(Locale.ROOT, "repeats of 1 to 6 bases, %,d bases, 0 ", bases);
      Row repeats = row(artefacts, name);
      assertThat(repeats.reads()).hasSize(2 + 4 + 10 + 33 + 102 + 350);
      Set<String> units = new HashSet<>();
      for (PanelRead read : repeats.reads()) {
        String letters = read.letters();
        assertThat(letters).hasSize(bases);
        assertThat(read.truth()).isEqualTo(Truth.NOTHING);
        int unit = 1;
        while (!letters.startsWith(letters.substring(unit))) {
          unit++;
        }
        assertThat(unit).isBetween(1, 6);
        units.add(letters.substring(0, unit));
      }
      assertThat(units).hasSize(501);
    }
  }

  @Test
  void shouldAttachTailsOfTheClaimedShare() {
    // When
    Panel attached = panel("attached");

    // Then
    for (int percent : new int[] {20, 45, 70}) {
      int tail = 15 * percent;
      assertThat(row(attached, "a tail of " + percent + " % before").reads())
          .hasSize(READS)
          .allSatisfy(
              read -> {
                PanelRead.Original original = read.original().orElseThrow();
                assertThat(read.letters()).hasSize(1_500).matches("(A+|C+|G+|T+).*");
                assertThat(read.letters().substring(0, tail).chars().distinct()).hasSize(1);
                assertThat(original.start()).isEqualTo(tail);
                assertThat(read.letters().substring(tail, original.end()))
                    .isEqualTo(original.read().sequence());
              });
      assertThat(row(attached, "a tail of " + percent + " % after").reads())
          .allSatisfy(
              read -> {
                PanelRead.Original original = read.original().orElseThrow();
                assertThat(original.end()).isEqualTo(1_500 - tail);
                assertThat(read.letters().substring(1_500 - tail).chars().distinct()).hasSize(1);
                assertThat(read.letters()).startsWith(original.read().sequence());
              });
    }
    assertThat(row(attached, "an adapter before").reads())
        .allSatisfy(
            read ->
                assertThat(read.letters())
                    .isEqualTo(
                        ADAPTER + read.original().orElseThrow().read().sequence() + ADAPTER));
  }

  @Test
  void shouldWriteTheSameReadsOtherwise() {
    // When
    Panel invariances = panel("invariances");

    // Then
    List<Read> whole = row(invariances, "unaltered").reads().stream().map(PanelRead::read).toList();
    for (Row row : invariances.rows().subList(1, invariances.rows().size())) {
      assertThat(row.reads())
          .extracting(read -> read.original().orElseThrow().read())
          .isEqualTo(whole);
    }
    for (int i = 0; i < READS; i++) {
      String rna = row(invariances, "U for T").reads().get(i).letters();
      assertThat(rna).doesNotContain("T").contains("U");
      assertThat(rna.replace('U', 'T')).isEqualTo(whole.get(i).sequence());
      assertThat(row(invariances, "lower").reads().get(i).letters())
          .isEqualTo(whole.get(i).sequence().toLowerCase(Locale.ROOT));
    }
    assertThat(row(invariances, "N at 20 %").reads())
        .allSatisfy(
            read ->
                assertThat((double) read.letters().replaceAll("[^N]", "").length())
                    .isCloseTo(300, within(60.0)));
  }

  @Test
  void shouldDrawGeneraEvenlyAndTheLengthsClaimed() {
    // When
    Panel lengths = panel("lengths");

    // Then
    for (Row row : lengths.rows()) {
      String claimed = row.name().replaceAll("[^0-9]", "");
      assertThat(row.reads())
          .allSatisfy(read -> assertThat(read.letters()).hasSize(Integer.parseInt(claimed)));
    }
    assertThat(row(lengths, "test regions, 1,500").reads())
        .hasSize(READS)
        .extracting(PanelRead::origin)
        .doesNotHaveDuplicates();
    assertThat(row(lengths, "test regions, 100,000").reads()).isEmpty();
    assertThat(row(lengths, "unseen species, 100,000").reads()).hasSize(1);
  }

  @Test
  void shouldShowTheSameStretchesWithErrors() {
    // When
    Panel errors = panel("errors");

    // Then
    assertThat(errors.rows()).hasSize(2);
    List<PanelRead> clean = errors.rows().get(0).reads();
    for (int i = 0; i < clean.size(); i++) {
      assertThat(errors.rows().get(1).reads().get(i).letters())
          .isEqualTo(clean.get(i).letters().replace('A', 'C'));
    }
  }

  @Test
  void shouldMixCommunitiesAsClaimed() {
    // When
    Panel mixtures = panel("mixtures");

    // Then
    assertThat(mixtures.rows()).hasSize(3);
    assertThat(unknown(mixtures.rows().get(0))).isCloseTo(0.09, within(0.005));
    assertThat(unknown(mixtures.rows().get(1))).isCloseTo(0.3, within(0.005));
    Map<String, Long> genera =
        mixtures.rows().get(0).reads().stream()
            .collect(Collectors.groupingBy(read -> read.truth().genus(), Collectors.counting()));
    assertThat(genera.get("Homo")).isEqualTo(Math.round(0.2 * 20 * READS));
    assertThat(genera).hasSizeBetween(2 + 5, 2 + 10);
    assertThat(mixtures.rows().get(0).name())
        .isEqualTo((genera.size() - 2) + " genera, 20 % host, 9 % unknown, 1,500 bases");
    assertThat(mixtures.rows().get(2).reads())
        .allSatisfy(read -> assertThat(read.letters()).hasSize(10_000));
  }

  private static double unknown(Row row) {
    return (double)
            row.reads().stream().filter(read -> read.truth().genus().equals(Truth.NONE)).count()
        / row.reads().size();
  }

  @Test
  void shouldLeaveOutWhatLacksItsSources() {
    // Given
    Sources none =
        new Sources(
            List.of(),
            List.of(),
            "Homo",
            List.of(),
            Map.of(),
            List.of(),
            rate -> (bases, random) -> bases,
            Map.of());

    // When
    List<Panel> panels = new Panels(none, READS, 1).all();

    // Then
    assertThat(panels.get(0).rows()).hasSize(4 * 3 + 5);
    assertThat(panels.subList(1, panels.size()))
        .allSatisfy(panel -> assertThat(panel.rows()).isEmpty())
        .allSatisfy(panel -> assertThat(panel.leftOut()).startsWith("it needs --"));
    assertThatThrownBy(() -> new Panels(none, 0, 1)).hasMessageContaining("rows of 0 reads");
  }
}
