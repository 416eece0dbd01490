package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
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
            .of(evidence, new int[] {WIDTH}, WIDTH, Rank.GENUS, new long[] {0});

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
            .of(evidence, new int[] {WIDTH}, WIDTH, Rank.GENUS, new long[] {0});

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
            .of(evidence, new int[] {WIDTH, WIDTH}, WIDTH, Rank.GENUS, new long[] {0, 0});

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
    int[] lengths = {WIDTH, 21};
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
    float[] of = targets.of(garbage, lengths, WIDTH, Rank.GENUS, new long[] {0, 1});

    // Then
    assertThat(of)
        .containsExactly(targets.of(zeros, lengths, WIDTH, Rank.GENUS, new long[] {0, 1}));
    assertThat(Arrays.copyOfRange(of, (WIDTH + 21) * 2, of.length)).containsOnly(0);
  }
}
