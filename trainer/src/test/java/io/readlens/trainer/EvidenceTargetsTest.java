package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvidenceTargetsTest {
  private static final int WIDTH = 41;
  private final Taxonomy taxonomy = new ToyPack().taxonomy();

  @Test
  void shouldBeHighWhereTheTokensSpeakForTheTaxon() {
    // Given
    int all = taxonomy.size();
    int offset = taxonomy.offset(Rank.GENUS);
    float[] evidence = new float[WIDTH * all];
    for (int i = 11; i < 21; i++) {
      evidence[i * all + offset] = 3;
      evidence[i * all + offset + 1] = -3;
    }

    // When
    float[] targets =
        new EvidenceTargets(taxonomy, 0, 0.25)
            .of(evidence, tokens(WIDTH), WIDTH, Rank.GENUS, new long[] {0});

    // Then
    for (int i = 0; i < WIDTH; i++) {
      float called = targets[i * 2];
      float other = targets[i * 2 + 1];
      if (i >= 11 && i < 21) {
        assertThat(called).as("token %d", i).isGreaterThanOrEqualTo(0.5f);
      } else {
        assertThat(called).as("token %d", i).isLessThan(0.5f);
      }
      assertThat(other).as("token %d", i).isLessThan(0.5f);
    }
  }

  @Test
  void shouldTakeNeighboursAlong() {
    // Given
    int all = taxonomy.size();
    int offset = taxonomy.offset(Rank.GENUS);
    float[] evidence = new float[WIDTH * all];
    evidence[20 * all + offset] = 10;

    // When
    float[] targets =
        new EvidenceTargets(taxonomy, 3, 0.1)
            .of(evidence, tokens(WIDTH), WIDTH, Rank.GENUS, new long[] {0});

    // Then
    assertThat(targets[20 * 2]).isEqualTo(targets[17 * 2]).isEqualTo(targets[23 * 2]);
    assertThat(targets[17 * 2]).isGreaterThan(targets[16 * 2]);
  }

  @Test
  void shouldKeepTheShareOfAReadWithLittleEvidence() {
    // Given
    int all = taxonomy.size();
    int offset = taxonomy.offset(Rank.GENUS);
    float[] evidence = new float[2 * WIDTH * all];
    for (int i = 0; i < 2 * WIDTH; i++) {
      float strength = i < WIDTH ? 8 : 0.5f;
      evidence[i * all + offset] = strength * (1 + i % WIDTH / 40f);
    }

    // When
    float[] targets =
        new EvidenceTargets(taxonomy, 0, 0.25)
            .of(evidence, tokens(WIDTH, WIDTH), WIDTH, Rank.GENUS, new long[] {0, 0});

    // Then
    for (int row = 0; row < 2; row++) {
      int kept = 0;
      for (int i = 0; i < WIDTH; i++) {
        kept += targets[(row * WIDTH + i) * 2] >= 0.5f ? 1 : 0;
      }
      assertThat(kept).as("row %d", row).isEqualTo(10);
    }
  }

  @Test
  void shouldNotLookAtPadding() {
    // Given
    int all = taxonomy.size();
    boolean[] places = tokens(WIDTH, 21);
    float[] zeros = new float[2 * WIDTH * all];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = i < (WIDTH + 21) * all ? i * 31 % 17 : 0;
    }
    float[] garbage = zeros.clone();
    for (int i = (WIDTH + 21) * all; i < garbage.length; i++) {
      garbage[i] = 100 - i % 7;
    }
    EvidenceTargets targets = new EvidenceTargets(taxonomy, 3, 0.25);

    // When
    float[] of = targets.of(garbage, places, WIDTH, Rank.GENUS, new long[] {0, 1});

    // Then
    assertThat(of).containsExactly(targets.of(zeros, places, WIDTH, Rank.GENUS, new long[] {0, 1}));
    assertThat(Arrays.copyOfRange(of, (WIDTH + 21) * 2, of.length)).containsOnly(0);
  }

  /**
   * Which places of rows of some lengths hold a token: all but the first, that of {@code <cls>}.
   */
  private static boolean[] tokens(int... lengths) {
    boolean[] tokens = new boolean[lengths.length * WIDTH];
    for (int row = 0; row < lengths.length; row++) {
      Arrays.fill(tokens, row * WIDTH + 1, row * WIDTH + lengths[row], true);
    }
    return tokens;
  }

  @Test
  void shouldNotLookAtWhatIsHidden() {
    // Given
    int all = taxonomy.size();
    float[] evidence = new float[WIDTH * all];
    Random random = new Random(4);
    for (int i = 0; i < evidence.length; i++) {
      evidence[i] = (float) random.nextGaussian();
    }
    float[] garbage = evidence.clone();
    boolean[] places = tokens(WIDTH);
    for (int place = 12; place < 20; place++) {
      places[place] = false;
      Arrays.fill(garbage, place * all, (place + 1) * all, 1_000 * (place % 3));
    }
    EvidenceTargets targets = new EvidenceTargets(taxonomy, 3, 0.25);

    // When
    float[] of = targets.of(garbage, places, WIDTH, Rank.GENUS, new long[] {1});

    // Then
    assertThat(of).containsExactly(targets.of(evidence, places, WIDTH, Rank.GENUS, new long[] {1}));
    assertThat(Arrays.copyOfRange(of, 12 * 2, 20 * 2)).containsOnly(0);
    int kept = 0;
    for (int place = 1; place < WIDTH; place++) {
      kept += of[place * 2 + 1] >= 0.5f ? 1 : 0;
    }
    assertThat(kept).as("a quarter of 32 tokens").isEqualTo(8);
  }

  @Test
  void shouldWantNothingOfAReadThatIsCalledNothing() {
    // Given
    float[] evidence = new float[WIDTH * taxonomy.size()];
    evidence[WIDTH] = 5;

    // When
    float[] of =
        new EvidenceTargets(taxonomy, 3, 0.25)
            .of(evidence, tokens(WIDTH), WIDTH, Rank.GENUS, new long[] {-1});

    // Then
    assertThat(of).containsOnly(0);
  }

  /** Bacteria have the phyla 0 and 1 and both genera; genus 0 is of phylum 0. */
  @Test
  void shouldHearAllClassesWhereOneSoftmaxDecides() {
    // Given
    Taxonomy leaves = ToyPack.withNothing(taxonomy);
    int all = leaves.classes();
    Taxon genus = leaves.taxon(Rank.GENUS, 0);
    Taxon phylum = leaves.parent(genus);
    Taxon superkingdom = leaves.parent(phylum);
    int itsGenus = leaves.offset(Rank.GENUS);
    int nothing = leaves.size();
    float[] evidence = new float[WIDTH * all];
    for (int place = 1; place < WIDTH; place++) {
      // What speaks for the genus is first; what speaks for its phylum's other genera then; that
      // for background last.
      int leaf =
          place < 11
              ? itsGenus
              : place < 21 ? leaves.offset(Rank.PHYLUM) + phylum.index() : nothing;
      evidence[place * all + leaf] = leaf == nothing ? 3 : 9;
    }
    EvidenceTargets targets = new EvidenceTargets(leaves, 0, 0.25);

    // When
    float[] ofGenus =
        targets.of(evidence, tokens(WIDTH), WIDTH, Rank.GENUS, new long[] {genus.index()});
    float[] ofSuperkingdom =
        targets.of(
            evidence, tokens(WIDTH), WIDTH, Rank.SUPERKINGDOM, new long[] {superkingdom.index()});

    // Then
    int genera = leaves.size(Rank.GENUS);
    int superkingdoms = leaves.size(Rank.SUPERKINGDOM);
    for (int place = 1; place < WIDTH; place++) {
      float first = ofGenus[place * genera + genus.index()];
      float both = ofSuperkingdom[place * superkingdoms + superkingdom.index()];
      assertThat(first >= 0.5f).as("genus, place %d", place).isEqualTo(place < 11);
      if (place >= 21) {
        assertThat(both).as("superkingdom, place %d", place).isLessThan(0.5f);
        assertThat(both).isLessThan(ofSuperkingdom[15 * superkingdoms + superkingdom.index()]);
      }
    }
  }
}
