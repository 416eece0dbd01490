package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.evaluation.panel.Origin;
import io.readlens.model.evaluation.panel.Sources;
import io.readlens.model.evaluation.panel.Truth;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PanelSourcesTest {
  @TempDir private Path directory;
  private final ToyPack pack = new ToyPack();

  private static Taxon taxon(Rank rank, int index, String name) {
    return new Taxon(rank, index, OptionalInt.empty(), name, rank == Rank.SUPERKINGDOM ? -1 : 0);
  }

  /** Labels of a checkpoint that knows Staphylococcus alone. */
  private static Taxonomy labels() {
    return Taxonomy.of(
        List.of(
            taxon(Rank.SUPERKINGDOM, 0, "Bacteria"),
            taxon(Rank.PHYLUM, 0, "Bacillota"),
            taxon(Rank.GENUS, 0, "Staphylococcus")));
  }

  private Path background(String... kindsAndIds) throws IOException {
    Path made = Files.createDirectories(directory.resolve("b/background")).getParent();
    StringBuilder rows = new StringBuilder("id\tkind\torganism\n");
    for (int i = 0; i < kindsAndIds.length; i += 2) {
      String kind = kindsAndIds[i];
      String organism = kindsAndIds[i + 1];
      String id = heldOut(kind);
      String learned = id + "learned".repeat(Background.isHeldOut(id + "learned") ? 2 : 1);
      rows.append(id + "\t" + kind + "\t" + organism + "\n");
      rows.append(learned + "\t" + kind + "\t" + organism + "\n");
      try (OutputStream out =
          new GZIPOutputStream(
              Files.newOutputStream(made.resolve("background/" + kind + ".fa.gz")))) {
        String bases = "ACGTTGCAAC".repeat(30);
        String records = ">" + id + "\n" + bases + "\n>" + learned + "\nAAAACCCC\n";
        out.write(records.getBytes(StandardCharsets.US_ASCII));
      }
    }
    Files.writeString(made.resolve("background.tsv"), rows);
    return made;
  }

  /** A name that begins so, of a sequence that no training learns. */
  static String heldOut(String begins) {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> begins + i)
        .filter(Background::isHeldOut)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldTellKnownGeneraFromNovelOnes() throws IOException {
    // When
    Sources known = new PanelSources(pack.taxonomy(), pack.directory(), null, null).read();
    Sources half = new PanelSources(labels(), pack.directory(), null, pack.directory()).read();

    // Then test regions and unseen species of known genera, and of others what may be tested
    assertThat(known.known()).extracting(Origin::id).containsExactly("g1", "g2");
    assertThat(known.unseen()).extracting(Origin::id).containsExactly("g4");
    assertThat(known.novel()).isEmpty();
    assertThat(known.background()).isEmpty();
    assertThat(half.known()).extracting(Origin::id).containsExactly("g2");
    assertThat(half.novel())
        .extracting(Origin::truth)
        .containsExactly(new Truth("Bacteria", Truth.NONE, Truth.NONE));
  }

  @Test
  void shouldCutTestRegionsAlone() throws IOException {
    // Given a region of 4,000 bases
    Origin origin = new PanelSources(labels(), pack.directory(), null, null).read().known().get(0);

    // When
    String read = origin.cut().of(3_000, new Random(1)).orElseThrow();

    // Then
    assertThat(read).hasSize(3_000);
    assertThat(origin.cut().of(4_001, new Random(1))).isEmpty();
    assertThat(origin.truth()).isEqualTo(new Truth("Bacteria", "Bacillota", "Staphylococcus"));
  }

  @Test
  void shouldSayOfBackgroundWhatIsKnown() throws IOException {
    // When
    Sources sources =
        new PanelSources(
                pack.taxonomy(),
                pack.directory(),
                background(
                    "vector",
                    "Escherichia coli",
                    "mitochondrion",
                    "Apis mellifera",
                    "plasmid",
                    "Escherichia coli",
                    "rRNA",
                    "Nobody knows"),
                null)
            .read();

    // Then
    assertThat(sources.background()).containsOnlyKeys("mitochondrion", "plasmid", "rRNA", "vector");
    assertThat(sources.background().values())
        .allSatisfy(
            kind ->
                assertThat(kind)
                    .singleElement()
                    .satisfies(one -> assertThat(Background.isHeldOut(one.id())).isTrue()));
    assertThat(truth(sources, "vector")).isEqualTo(Truth.NOTHING);
    assertThat(truth(sources, "mitochondrion")).isEqualTo(new Truth("Eukaryota", "NA", "NA"));
    assertThat(truth(sources, "rRNA")).isEqualTo(new Truth("NA", "NA", "NA"));
    assertThat(truth(sources, "plasmid"))
        .isEqualTo(new Truth("Bacteria", "Pseudomonadota", "Escherichia"));
    Origin vector = sources.background().get("vector").get(0);
    assertThat(vector.cut().of(1_500, new Random(1)).orElseThrow()).hasSize(300);
    assertThat(vector.cut().of(150, new Random(1)).orElseThrow()).hasSize(150);
  }

  private static Truth truth(Sources sources, String kind) {
    return sources.background().get(kind).get(0).truth();
  }

  @Test
  void shouldLetTheNaiveBayesNameLabelsAlone() throws IOException {
    // Given reads of the composition of Escherichia's genome
    Read read = Read.of("r", "AAACCCGGTT".repeat(60));

    // When
    Truth called =
        new PanelSources(pack.taxonomy(), pack.directory(), null, null)
            .bayes()
            .orElseThrow()
            .apply(read);
    Truth forced =
        new PanelSources(labels(), pack.directory(), null, null).bayes().orElseThrow().apply(read);

    // Then
    assertThat(called.genus()).isEqualTo("Escherichia");
    assertThat(forced.genus()).isEqualTo("Staphylococcus");
  }

  @Test
  void shouldSayWhatIsWrongWithTheDirectories() throws IOException {
    // Given
    Path empty = background("vector", "x");
    Files.delete(empty.resolve("background/vector.fa.gz"));

    // Then
    assertThatThrownBy(() -> new PanelSources(pack.taxonomy(), null, null, pack.directory()).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--novel holds no genome");
    assertThatThrownBy(() -> new PanelSources(pack.taxonomy(), null, empty, null).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vector.fa.gz");
  }
}
