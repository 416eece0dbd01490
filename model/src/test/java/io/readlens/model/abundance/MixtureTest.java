package io.readlens.model.abundance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MixtureTest {
  private static final double TOLERANCE = 1e-9;

  @Test
  void shouldFindTheSharesThatExplainTheReads() {
    // Given: (0.25, 0.75) of components that say (0.8, 0.1) and (0.2, 0.9) of the two groups
    double[][] rates = {{0.8, 0.2}, {0.1, 0.9}};
    double[] reads = {0.25 * 8_000 + 0.75 * 1_000, 0.25 * 2_000 + 0.75 * 9_000};

    // When
    Mixture.Found found =
        new Mixture(new int[] {0, 0}, rates)
            .search(reads, new double[] {reads[0], 3 * reads[1]}, TOLERANCE);

    // Then
    assertThat(found.settled()).isTrue();
    assertThat(found.reads()).containsExactly(new double[] {2_500, 7_500}, within(1.0));
    // Of the first group 2,000 of 2,750 reads are the first's, of the second 500 of 7,250.
    assertThat(found.bases()[0]).isCloseTo(2_000 + 3 * 500, within(1.0));
    assertThat(found.bases()[1]).isCloseTo(750 + 3 * 6_750, within(1.0));
  }

  @Test
  void shouldLetALengthHaveSharesOfItsOwn() {
    // Given: of the short reads nine tenths are the first's, of the long ones one tenth
    double[][] rates = {{0.5, 0.5}, {0.5, 0.5}};
    double[][] telling = {{0.9, 0.1, 0.9, 0.1}, {0.1, 0.9, 0.1, 0.9}};
    double[] reads = {82_000, 18_000, 18_000, 82_000};

    // When
    Mixture.Found nothing =
        new Mixture(new int[] {0, 1}, rates)
            .search(new double[] {100, 300}, new double[] {100, 300}, TOLERANCE);
    Mixture.Found apart =
        new Mixture(new int[] {0, 0, 1, 1}, telling)
            .search(reads, new double[] {82_000, 18_000, 1_800_000, 8_200_000}, TOLERANCE);

    // Then
    assertThat(nothing.reads()).containsExactly(new double[] {200, 200}, within(1e-6));
    assertThat(apart.reads()).containsExactly(new double[] {100_000, 100_000}, within(500.0));
    assertThat(apart.bases()[1]).isCloseTo(9_010_000, within(10_000.0));
  }

  @Test
  void shouldLendFewReadsTheSharesOfAll() {
    // Given: nine tenths of many long reads are the first's; two short reads say nothing
    double[][] rates = {{1, 0, 0.5}, {0, 1, 0.5}};
    double[] reads = {9_000, 1_000, 2};

    // When
    Mixture.Found found =
        new Mixture(new int[] {0, 0, 1}, rates).search(reads, new double[] {0, 0, 2}, TOLERANCE);

    // Then
    assertThat(found.bases()).containsExactly(new double[] {1.8, 0.2}, within(0.01));
  }

  @Test
  void shouldFindNothingInNothing() {
    // When
    Mixture.Found found =
        new Mixture(new int[0], new double[1][0]).search(new double[0], new double[0], TOLERANCE);

    // Then
    assertThat(found.settled()).isTrue();
  }
}
