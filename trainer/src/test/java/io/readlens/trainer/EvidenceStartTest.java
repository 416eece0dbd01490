package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvidenceStartTest {
  private static final ModelConfig LSTM =
      ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 6, 4);

  private final ToyPack pack = new ToyPack();
  private final NDManager manager = NDManager.newBaseManager();
  private final int taxa = pack.taxonomy().size();

  @AfterEach
  void close() {
    manager.close();
  }

  private TaxonClassifier classifier() {
    return new TaxonClassifier(manager, LSTM, pack.taxonomy(), new RandomWeights(1, 0.6));
  }

  private Explainer explainer(ModelConfig config) {
    return new Explainer(manager, config, taxa, new Weights(Map.of(), 2));
  }

  @Test
  void shouldOpenATaxonsMaskWhereTheClassifierFindsItsEvidence() {
    // Given
    TaxonClassifier classifier = classifier();
    ModelConfig config = LSTM.withExplainer(ModelConfig.Kind.SHARED, 0, (taxa + 1) / 2, 1);
    Explainer explainer = explainer(config);
    LabelledRead read =
        new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5)).sample(20 * 6);
    LabelledBatch batch = LabelledBatch.of(manager, List.of(read), 20);

    // When
    boolean set = EvidenceStart.set(pack.taxonomy(), classifier, explainer);

    // Then
    assertThat(set).isTrue();
    float[] evidence = classifier.evidence(batch.device()).toFloatArray();
    float[] masks = explainer.logits(classifier, batch.device()).toFloatArray();
    int opened = 0;
    for (int taxon = 0; taxon < pack.taxonomy().size(Rank.SUPERKINGDOM); taxon++) {
      double mean = 0;
      for (int place = 0; place <= 20; place++) {
        mean += margin(evidence, place, taxon) / 21;
      }
      for (int token = 1; token <= 20; token++) {
        float mask = masks[token * taxa + taxon];
        for (int other = 1; other <= 20 && margin(evidence, token, taxon) > mean; other++) {
          if (margin(evidence, other, taxon) < margin(evidence, token, taxon)) {
            assertThat(mask).isGreaterThan(masks[other * taxa + taxon]);
            opened++;
          }
        }
      }
    }
    assertThat(opened).isPositive();
  }

  /** A superkingdom's evidence in a token, less the mean over superkingdoms. */
  private double margin(float[] evidence, int token, int taxon) {
    int superkingdoms = pack.taxonomy().size(Rank.SUPERKINGDOM);
    double mean = 0;
    for (int i = 0; i < superkingdoms; i++) {
      mean += evidence[token * taxa + i] / (double) superkingdoms;
    }
    return evidence[token * taxa + taxon] - mean;
  }

  @Test
  void shouldTakeTheHeadsWeightsLessTheirMean() {
    // Given
    TaxonClassifier classifier = classifier();
    Explainer explainer =
        explainer(LSTM.withExplainer(ModelConfig.Kind.SHARED, 0, (taxa + 1) / 2, 3));

    // When
    EvidenceStart.set(pack.taxonomy(), classifier, explainer);

    // Then
    NDArray units = explainer.tensors().get("explainer.near.weight").get("0:%d".formatted(taxa));
    for (Rank rank : Rank.values()) {
      int first = pack.taxonomy().offset(rank);
      int last = first + pack.taxonomy().size(rank);
      float[] sums = units.get(first + ":" + last).sum(new int[] {0}).toFloatArray();
      assertThat(sums).containsOnly(new float[sums.length], within(1e-5f));
    }
  }

  @Test
  void shouldLeaveAnExplainerOfFewerUnitsAlone() {
    // Given
    Explainer small = explainer(LSTM.withExplainer(ModelConfig.Kind.SHARED, 0, 1, 3));
    float[] before = small.tensors().get("explainer.output.weight").toFloatArray();

    // When
    boolean set = EvidenceStart.set(pack.taxonomy(), classifier(), small);
    boolean setLstm = EvidenceStart.set(pack.taxonomy(), classifier(), explainer(LSTM));

    // Then
    assertThat(set).isFalse();
    assertThat(setLstm).isFalse();
    assertThat(small.tensors().get("explainer.output.weight").toFloatArray()).isEqualTo(before);
  }

  @Test
  void shouldLetAnExplainerOfEvidenceBeginWithWhereTheTargetsAre() {
    // Given
    Taxonomy leaves = ToyPack.withNothing(pack.taxonomy());
    ModelConfig config = LSTM.withExplainer(ModelConfig.Kind.EVIDENCE, 0, 0, 1);
    TaxonClassifier classifier =
        new TaxonClassifier(manager, config, leaves, new RandomWeights(1, 0.6));
    LabelledRead read =
        new ReadSampler(pack.genomes(), pack.taxonomy(), new Random(5)).sample(20 * 6);
    LabelledBatch batch = LabelledBatch.of(manager, List.of(read), 20);
    TaxonProbabilities called =
        TaxonProbabilities.ofLogits(leaves, classifier.logits(batch.device()).toFloatArray(), 0);
    Taxon phylum = called.best(Rank.PHYLUM);
    float[] targets =
        new EvidenceTargets(leaves, 0, 0.5)
            .of(
                classifier.evidence(batch.device()).toFloatArray(),
                batch.tokenPlaces(),
                batch.width(),
                Rank.PHYLUM,
                new long[] {phylum.index()});

    // When
    Explainer explainer = new Explainer(manager, config, taxa, new Weights(Map.of(), 2));

    // Then
    float[] masks = explainer.logits(classifier, batch.device()).toFloatArray();
    double offset =
        EvidenceStart.ABSENT * (Math.log(called.of(phylum)) + 5) / 5 - EvidenceStart.ABSENT;
    int phyla = leaves.size(Rank.PHYLUM);
    double most = 0;
    for (int one = 1; one < batch.width(); one++) {
      float ofOne = masks[one * taxa + leaves.offset(Rank.PHYLUM) + phylum.index()];
      most = Math.max(most, ofOne - offset);
      for (int other = 1; other < batch.width(); other++) {
        float ofOther = masks[other * taxa + leaves.offset(Rank.PHYLUM) + phylum.index()];
        float more =
            targets[one * phyla + phylum.index()] - targets[other * phyla + phylum.index()];
        if (more > 0.01) {
          assertThat(ofOne).isGreaterThan(ofOther);
        }
      }
    }
    assertThat(most).as("a deviation or more").isGreaterThan(EvidenceStart.NEAR);
  }
}
