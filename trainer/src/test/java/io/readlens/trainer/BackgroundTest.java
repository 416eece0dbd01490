package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.trainer.TrainingSet.Balance;
import io.readlens.trainer.TrainingSet.Showing;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  private final ToyPack pack = new ToyPack().withBackground();

  private static Map<String, List<String>> labels(String... labels) {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    for (String label : labels) {
      String[] parts = label.split("=");
      kinds.put(parts[0], List.of(parts[1].split("\\+")));
    }
    return kinds;
  }

  private Background background() throws IOException {
    return new Background(pack.directory(), labels("vector=vector", "ribosome=rRNA"));
  }

  private static List<LabelledRead> draw(Background background, int reads) {
    Random random = new Random(1);
    return Stream.generate(
            () -> background.sample(200, SequencingErrors.NONE, InputFilter.NONE, random))
        .limit(reads)
        .toList();
  }

  private static Set<String> letters(LabelledRead read) {
    return letters(read.bases().sequence());
  }

  private static Set<String> letters(String bases) {
    return new TreeSet<>(List.of(bases.split("")));
  }

  @Test
  void shouldDrawStretchesOfTheKindsOnBothStrands() throws IOException {
    // Given vectors of A and G, whose other strand is of C and T, and rRNA the other way round
    Background background = background();

    // When
    List<LabelledRead> reads = draw(background, 300);

    // Then
    assertThat(background.labels()).containsExactly("vector", "ribosome", Taxonomy.NOTHING);
    assertThat(reads)
        .allSatisfy(
            read -> {
              String kind = read.genome().startsWith("v") ? "vector" : "ribosome";
              assertThat(background.labels().get(read.background())).isEqualTo(kind);
              assertThat(read.bases().length()).isEqualTo(200);
              assertThat(letters(read)).isIn(Set.of("A", "G"), Set.of("C", "T"));
              assertThat(Arrays.stream(Rank.values()).map(read::label)).containsOnly(-1);
            });
    for (Set<String> strand : List.of(Set.of("A", "G"), Set.of("C", "T"))) {
      assertThat(reads.stream().filter(read -> read.background() == 0).map(read -> letters(read)))
          .contains(strand);
    }
  }

  @Test
  void shouldShareNoSequenceWithWhatIsHeldOut() throws IOException {
    // Given
    Background background = background();

    // When
    Set<String> drawn = sources(draw(background, 2_000));
    Set<String> heldOut = sources(draw(background.heldOut(), 500));

    // Then
    assertThat(heldOut).isNotEmpty().doesNotContainAnyElementsOf(drawn);
    assertThat(drawn.size() + heldOut.size()).isEqualTo(80);
    assertThat(background.sequences().stream().mapToInt(List::size).sum()).isEqualTo(drawn.size());
  }

  private static Set<String> sources(List<LabelledRead> reads) {
    return reads.stream().map(LabelledRead::genome).collect(Collectors.toSet());
  }

  @Test
  void shouldMakeNothingOfAReadInFourWays() throws IOException {
    // Given
    Background background = background();
    LabelledRead like = draw(background, 1).get(0);
    String bases = like.bases().sequence();
    String backwards = new StringBuilder(bases).reverse().toString();
    Random random = new Random(2);

    // When
    List<LabelledRead> fakes =
        Stream.generate(() -> background.nothing(like, InputFilter.NONE, random))
            .limit(200)
            .toList();

    // Then
    assertThat(fakes)
        .allSatisfy(fake -> assertThat(fake.bases().length()).isEqualTo(bases.length()))
        .extracting(LabelledRead::background)
        .containsOnly(2);
    List<String> sequences = fakes.stream().map(fake -> fake.bases().sequence()).toList();
    assertThat(sequences).contains(backwards).doesNotContain(bases);
    long random4 = sequences.stream().filter(fake -> letters(fake).size() == 4).count();
    long codons = sequences.stream().filter(fake -> codons(fake).equals(codons(bases))).count();
    long letters = sequences.stream().filter(fake -> sorted(fake).equals(sorted(bases))).count();
    assertThat(random4).isBetween(30L, 70L);
    assertThat(codons).isBetween(30L, 70L);
    assertThat(letters).isEqualTo(200 - random4);
  }

  private static List<String> codons(String bases) {
    return Arrays.stream(bases.split("(?<=\\G...)")).limit(bases.length() / 3).sorted().toList();
  }

  private static List<String> sorted(String bases) {
    return Arrays.stream(bases.split("")).sorted().toList();
  }

  @Test
  void shouldBeDrawnBesideGenomesAsOftenAsIsSaid() throws IOException {
    // Given
    GenomeSet set =
        new GenomeSet(pack.pack(), background(), SequencingErrors.NONE, InputFilter.NONE);
    Taxonomy labels = set.taxonomy();
    Showing showing = new Showing(ReadLengths.ofTokens(20), false, Balance.EVEN, 1_000, 3);

    // When
    TrainingReads reads = set.reads(labels, showing);
    List<LabelledRead> drawn =
        Stream.generate(reads.draw(0, new Random(4)).reads()::next).limit(8_000).toList();

    // Then
    double[] shares = reads.shares(labels);
    assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-9));
    double[] counted = new double[labels.classes()];
    for (LabelledRead read : drawn) {
      counted[leaf(labels, read)] += 1.0 / drawn.size();
    }
    assertThat(counted).containsExactly(shares, within(0.015));
    assertThat(Arrays.stream(shares).skip(labels.size()).sum()).isCloseTo(0.15, within(1e-9));
  }

  private static int leaf(Taxonomy labels, LabelledRead read) {
    if (read.background() >= 0) {
      return labels.size() + read.background();
    }
    Rank rank = read.label(Rank.GENUS) < 0 ? Rank.PHYLUM : Rank.GENUS;
    return labels.offset(rank) + read.label(rank);
  }

  @Test
  void shouldNameAKindOfWhichThereIsNothing() {
    // When, Then
    assertThatThrownBy(() -> new Background(pack.directory(), labels("v=vector", "p=plasmid")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("plasmid.fa.gz");
    assertThatThrownBy(() -> new Background(new ToyPack().directory(), labels("v=vector")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("background.tsv");
  }

  @Test
  void shouldBePartOfWhatATrainingFollowsFrom() throws IOException {
    // When
    String other = new Background(pack.directory(), labels("rRNA=rRNA")).digest();

    // Then
    assertThat(background().digest()).isEqualTo(background().digest()).isNotEqualTo(other);
    assertThat(new Background().digest()).isEmpty();
  }
}
