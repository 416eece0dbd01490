package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrowthTest {
  private final ToyPack pack = new ToyPack();
  private final Taxonomy before = pack.taxonomy();

  /** The toy labels with a taxon more in every rank. */
  private Taxonomy now() {
    Labels labels = new Labels(before);
    labels.add(new Lineage("Viruses", "Uroviricota", "Lambdavirus"));
    labels.add(new Lineage("Bacteria", "Bacillota", "Bacillus"));
    return labels.taxonomy((rank, name) -> OptionalInt.empty());
  }

  private static ModelConfig config(ModelConfig.Kind kind) {
    boolean lstm = kind == ModelConfig.Kind.LSTM;
    return new ModelConfig(
        16,
        1,
        2,
        12,
        1e-5,
        lstm,
        4107,
        64,
        3,
        true,
        40,
        false,
        false,
        kind,
        lstm ? 6 : 0,
        kind == ModelConfig.Kind.EVIDENCE ? 0 : 4,
        lstm ? 0 : 3);
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelConfig.Kind.class,
      names = {"LSTM", "SHARED"})
  void shouldLeaveWhatIsSaidOfOldLabelsAsItIs(ModelConfig.Kind kind) {
    // Given
    TorchThread.forInference(1);
    Taxonomy now = now();
    ModelConfig config = config(kind);
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier small =
          new TaxonClassifier(manager, config, before, new RandomWeights(1, 0.6));
      Explainer smallExplainer =
          new Explainer(manager, config, before.size(), new Weights(Map.of(), 2));
      List<LabelledRead> reads =
          new ReadSampler(pack.genomes(), before, new Random(7)).sampleEvenly(120, 2);
      LabelledBatch batch = LabelledBatch.of(manager, reads, 40);

      // When
      Growth growth = new Growth(before, now);
      Map<String, NDArray> heads = growth.of(small.tensors().byName(), manager, 3);
      Map<String, NDArray> outputs = growth.of(smallExplainer.tensors().byName(), manager, 4);
      TaxonClassifier large = new TaxonClassifier(manager, config, now, new Weights(heads, 3));
      Explainer largeExplainer =
          new Explainer(manager, config, now.size(), new Weights(outputs, 4));

      // Then
      NDArray logits = small.logits(batch.device());
      NDArray grown = large.logits(batch.device());
      NDArray masks = smallExplainer.logits(small, batch.device());
      NDArray grownMasks = largeExplainer.logits(large, batch.device());
      for (Rank rank : Rank.values()) {
        int size = before.size(rank);
        assertThat(now.size(rank)).isGreaterThan(size);
        String old = before.offset(rank) + ":" + (before.offset(rank) + size);
        String its = now.offset(rank) + ":" + (now.offset(rank) + size);
        assertThat(grown.get(":, " + its).toFloatArray())
            .containsExactly(logits.get(":, " + old).toFloatArray(), within(1e-5f));
        assertThat(grownMasks.get(":, :, " + its).toFloatArray())
            .containsExactly(masks.get(":, :, " + old).toFloatArray(), within(1e-5f));
        String head = "classifier." + rank.label() + ".weight";
        assertThat(heads.get(head).get(":" + size).toFloatArray())
            .containsExactly(small.tensors().get(head).toFloatArray());
        assertThat(outputs.get("explainer.output.weight").get(its).toFloatArray())
            .containsExactly(
                smallExplainer.tensors().get("explainer.output.weight").get(old).toFloatArray());
      }
    }
  }

  /** Masks change all the same: they hear how probable a taxon is among all. */
  @Test
  void shouldKeepTheNumbersOfAnExplainerOfEvidence() {
    // Given
    Taxonomy old = ToyPack.withNothing(before);
    Taxonomy grown = ToyPack.withNothing(now());
    ModelConfig config = config(ModelConfig.Kind.EVIDENCE);
    try (NDManager manager = NDManager.newBaseManager()) {
      Explainer small = new Explainer(manager, config, old.size(), new RandomWeights(2, 0.6));
      String name = "explainer.output.presence.bias";
      float[] numbers = small.tensors().get(name).toFloatArray();

      // When
      Map<String, NDArray> outputs =
          new Growth(old, grown).of(small.tensors().byName(), manager, 4);

      // Then
      float[] now = outputs.get(name).toFloatArray();
      assertThat(now).hasSize(grown.size());
      for (Rank rank : Rank.values()) {
        for (int i = 0; i < grown.size(rank); i++) {
          float expected = i < old.size(rank) ? numbers[old.offset(rank) + i] : -6;
          assertThat(now[grown.offset(rank) + i]).isEqualTo(expected);
        }
      }
    }
  }
}
