package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The loss must see what is published. One phylum of the toy taxonomy has no genus. */
class LineageProbabilitiesTest {
  private static final Taxonomy PLAIN = new ToyPack().taxonomy();

  static Stream<Arguments> ranksByEitherRule() {
    return Stream.of(PLAIN, ToyPack.withNothing(PLAIN))
        .flatMap(
            taxonomy -> Arrays.stream(Rank.values()).map(rank -> Arguments.of(taxonomy, rank)));
  }

  @ParameterizedTest
  @MethodSource("ranksByEitherRule")
  void shouldAgreeWithThePublishedProbabilities(Taxonomy taxonomy, Rank rank) {
    // Given
    TorchThread.forInference(1);
    Random random = new Random(4);
    int taxa = taxonomy.classes();
    float[] logits = new float[3 * taxa];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      LineageProbabilities lineage = new LineageProbabilities(manager, taxonomy);

      // When
      float[] tensor = lineage.of(manager.create(logits, new Shape(3, taxa)), rank).toFloatArray();

      // Then
      for (int row = 0; row < 3; row++) {
        TaxonProbabilities p = TaxonProbabilities.ofLogits(taxonomy, logits, row * taxa);
        double sum = 0;
        for (Taxon taxon : taxonomy.taxa(rank)) {
          sum += p.of(taxon);
          assertThat((double) tensor[row * taxonomy.size(rank) + taxon.index()])
              .isCloseTo(p.of(taxon), within(1e-6));
        }
        boolean allLabelled = taxonomy.background().isEmpty();
        assertThat(sum).isCloseTo(1, within(allLabelled ? 1e-9 : 1));
      }
    }
  }
}
