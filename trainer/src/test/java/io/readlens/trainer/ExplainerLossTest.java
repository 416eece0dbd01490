package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import io.readlens.trainer.ExplainerLoss.Cls;
import io.readlens.trainer.ExplainerLoss.Labels;
import io.readlens.trainer.ExplainerLoss.Masks;
import io.readlens.trainer.ExplainerLoss.Scope;
import io.readlens.trainer.ExplainerLoss.Settings;
import io.readlens.trainer.ExplainerLoss.Terms;
import io.readlens.trainer.ExplainerLoss.Weights;
import io.readlens.trainer.MaskLoss.EntropyNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The toy taxonomy has 2 superkingdoms, 3 phyla, of which one has no genus, and 2 genera. */
class ExplainerLossTest {
  private static final ModelConfig CONFIG =
      ModelConfig.ofPaper(16, 1, 2, 12, 1e-5, 64, false, 40, 6, 4);

  private static final List<Rank> ALL = List.of(Rank.values());

  private final ToyPack pack = new ToyPack();
  private Taxonomy taxonomy = pack.taxonomy();
  private NDManager manager;
  private TaxonClassifier classifier;

  @BeforeEach
  void open() {
    TorchThread.forTraining(1);
    JniUtils.setGradMode(false);
    manager = NDManager.newBaseManager();
    classifier = new TaxonClassifier(manager, CONFIG, taxonomy, new RandomWeights(1, 0.6));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static Settings settings(Scope scope, Labels labels) {
    return new Settings(
        scope,
        labels,
        new Weights(0.7, 0.8, 0.5, 0.4, 0.6, 0),
        EntropyNorm.BY_C,
        0.1,
        0.4,
        false,
        Gate.SOFT,
        0,
        Cls.LEARNED);
  }

  private ExplainerLoss loss(Scope scope, Labels labels) {
    return new ExplainerLoss(settings(scope, labels), manager, taxonomy, classifier);
  }

  private LabelledBatch batch(LabelledRead... reads) {
    return LabelledBatch.of(manager, List.of(reads), 20);
  }

  /** A read of each of some lengths in tokens, of one genome. */
  private LabelledRead[] reads(int genome, int... tokens) {
    ReadSampler sampler =
        new ReadSampler(List.of(pack.genomes().get(genome)), taxonomy, new Random(3));
    return Arrays.stream(tokens).mapToObj(n -> sampler.sample(n * 6)).toArray(LabelledRead[]::new);
  }

  @Test
  void shouldTakeTheReadsOwnLabels() {
    // Given
    LabelledBatch batch = batch(reads(0, 20)[0], reads(2, 20)[0]);

    // When
    Map<Rank, long[]> targets = loss(Scope.JOINT, Labels.TRUE_LABEL).targets(batch, ALL);

    // Then
    assertThat(targets.get(Rank.SUPERKINGDOM)).containsExactly(1, 0);
    assertThat(targets.get(Rank.PHYLUM)).containsExactly(2, 1);
    assertThat(targets.get(Rank.GENUS)).containsExactly(0, -1);
  }

  @Test
  void shouldTakeWhatTheClassifierCalls() {
    // Given
    LabelledBatch batch = batch(reads(2, 20, 11, 15));
    float[] logits = classifier.logits(batch.device()).toFloatArray();

    // When
    Map<Rank, long[]> targets = loss(Scope.JOINT, Labels.PREDICTED).targets(batch, ALL);

    // Then
    for (int row = 0; row < 3; row++) {
      TaxonProbabilities called = TaxonProbabilities.ofLogits(taxonomy, logits, row * 7);
      for (Rank rank : ALL) {
        assertThat(targets.get(rank)[row]).isEqualTo(called.best(rank).index());
      }
    }
  }

  @Test
  void shouldJoinTheMasksOfTheThreeTargets() {
    // Given: superkingdoms 1 2 | phyla 3 9 5 | genera 4 8 at one place, reversed at the next
    NDArray logits =
        manager.create(new float[] {1, 2, 3, 9, 5, 4, 8, 8, 4, 5, 9, 3, 2, 1}, new Shape(1, 2, 7));
    Map<Rank, long[]> targets =
        Map.of(
            Rank.SUPERKINGDOM,
            new long[] {0},
            Rank.PHYLUM,
            new long[] {2},
            Rank.GENUS,
            new long[] {0});

    // When
    Masks masks = loss(Scope.JOINT, Labels.TRUE_LABEL).masks(logits, ordered(targets));

    // Then
    assertThat(masks.own().get(Rank.SUPERKINGDOM).toFloatArray()).containsExactly(1, 8);
    assertThat(masks.own().get(Rank.PHYLUM).toFloatArray()).containsExactly(5, 3);
    assertThat(masks.own().get(Rank.GENUS).toFloatArray()).containsExactly(4, 2);
    assertThat(masks.target().toFloatArray()).containsExactly(5, 8);
    assertThat(masks.other().toFloatArray()).containsExactly(9, 9);
  }

  @Test
  void shouldCompareWithTheRanksOwnTaxaWhereEachRankIsAlone() {
    // Given
    NDArray logits =
        manager.create(new float[] {1, 2, 3, 9, 5, 4, 8, 8, 4, 5, 9, 3, 2, 1}, new Shape(1, 2, 7));

    // When
    Masks masks =
        loss(Scope.PER_RANK, Labels.TRUE_LABEL).masks(logits, Map.of(Rank.PHYLUM, new long[] {1}));

    // Then
    assertThat(masks.target().toFloatArray()).containsExactly(9, 9);
    assertThat(masks.other().toFloatArray()).containsExactly(5, 5);
  }

  @Test
  void shouldLeaveOutTheMaskOfAMissingTarget() {
    // Given
    NDArray logits = manager.create(new float[] {1, 2, 3, 9, 5, 14, 8}, new Shape(1, 1, 7));
    Map<Rank, long[]> targets =
        Map.of(
            Rank.SUPERKINGDOM,
            new long[] {0},
            Rank.PHYLUM,
            new long[] {2},
            Rank.GENUS,
            new long[] {-1});

    // When
    Masks masks = loss(Scope.JOINT, Labels.TRUE_LABEL).masks(logits, ordered(targets));

    // Then
    assertThat(masks.target().toFloatArray()).containsExactly(5);
    assertThat(masks.other().toFloatArray()).containsExactly(14);
  }

  private static Map<Rank, long[]> ordered(Map<Rank, long[]> targets) {
    return new EnumMap<>(targets);
  }

  @Test
  void shouldSumTheHeadsOwnLossesAndTheTargetsOwnBounds() {
    // Given
    LabelledBatch batch = batch(reads(0, 20));
    ExplainerLoss loss = loss(Scope.JOINT, Labels.TRUE_LABEL);
    Map<Rank, long[]> targets = loss.targets(batch, ALL);
    NDArray logits =
        new RandomWeights(4, 2).tensor(manager, "logits", new Shape(1, batch.width(), 7));
    Masks masks = loss.masks(logits, targets);

    // When
    Terms terms = loss.of(batch, logits, ALL, loss.asPublished(batch), 1);

    // Then
    float[] kept = ofHeads(batch, Gate.sigmoid(masks.target()));
    float[] left = ofHeads(batch, Gate.sigmoid(masks.target().neg()));
    double crossEntropy = 0;
    double entropy = 0;
    double bounding = 0;
    for (Rank rank : ALL) {
      int from = taxonomy.offset(rank);
      int size = taxonomy.size(rank);
      double[] shown = softmax(kept, from, size);
      double[] hidden = softmax(left, from, size);
      crossEntropy -= Math.log(shown[(int) targets.get(rank)[0]]);
      entropy += Arrays.stream(hidden).map(p -> p * Math.log(p)).sum() / size;
      NDArray own = Gate.sigmoid(masks.own().get(rank)).get(":, 1:");
      bounding += batch.overTokens().bounding(own, 0.1, 0.4).getFloat(0);
    }
    double[] values = terms.values();
    assertThat(values[0]).isCloseTo(crossEntropy, within(1e-4));
    assertThat(values[1]).isCloseTo(entropy, within(1e-4));
    assertThat(values[2]).isCloseTo(bounding, within(1e-4));
    assertThat((double) terms.total().getFloat())
        .isCloseTo(
            values[0]
                + 0.7 * values[1]
                + 0.8 * (values[2] + 0.5 * values[3] + 0.4 * values[4])
                + 0.6 * values[5],
            within(1e-4));
  }

  private float[] ofHeads(LabelledBatch batch, NDArray gate) {
    return classifier.logits(batch.device(), gate, false).toFloatArray();
  }

  private static double[] softmax(float[] logits, int from, int size) {
    double[] p = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      p[i] = Math.exp(logits[from + i]);
      sum += p[i];
    }
    double all = sum;
    return Arrays.stream(p).map(x -> x / all).toArray();
  }

  @Test
  void shouldAddNoGenusLossForAReadWithoutAGenus() {
    // Given
    LabelledBatch batch = batch(reads(2, 20, 14));
    NDArray logits =
        new RandomWeights(4, 2).tensor(manager, "logits", new Shape(2, batch.width(), 7));
    ExplainerLoss perRank = loss(Scope.PER_RANK, Labels.TRUE_LABEL);
    ExplainerLoss joint = loss(Scope.JOINT, Labels.TRUE_LABEL);

    // When
    double[] genus =
        perRank.of(batch, logits, List.of(Rank.GENUS), perRank.asPublished(batch), 1).values();
    double[] all = joint.of(batch, logits, ALL, joint.asPublished(batch), 1).values();

    // Then
    assertThat(genus).containsOnly(0);
    assertThat(all[0]).isPositive();
    assertThat(Arrays.copyOf(all, all.length - 1)).as("all but forcing").doesNotContain(0);
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void shouldTakeAPaddedBatchAsItsReadsAlone(Scope scope) {
    // Given
    Explainer explainer =
        new Explainer(
            manager,
            CONFIG,
            taxonomy.size(),
            (owner, name, shape) ->
                name.contains("running_var")
                    ? owner.ones(shape)
                    : new RandomWeights(2, 0.6).tensor(owner, name, shape));
    List<LabelledRead> reads = new ArrayList<>(List.of(reads(0, 9, 20)));
    reads.addAll(List.of(reads(2, 4, 15)));
    ExplainerLoss loss = loss(scope, Labels.TRUE_LABEL);
    List<Rank> pass = loss.passes().get(0);
    double[] expected = new double[6];
    for (LabelledRead read : reads) {
      double[] alone = values(loss, explainer, pass, batch(read));
      for (int i = 0; i < expected.length; i++) {
        expected[i] += alone[i] / reads.size();
      }
    }

    // When
    double[] together = values(loss, explainer, pass, batch(reads.toArray(LabelledRead[]::new)));

    // Then
    for (int i = 0; i < expected.length; i++) {
      assertThat(together[i]).as(ExplainerLoss.TERMS.get(i)).isCloseTo(expected[i], within(1e-4));
    }
  }

  private double[] values(
      ExplainerLoss loss, Explainer explainer, List<Rank> pass, LabelledBatch batch) {
    NDArray logits = explainer.logits(classifier, batch.device());
    return loss.of(batch, logits, pass, loss.asPublished(batch), 1).values();
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void shouldTakeOneLabelARank(Scope scope) {
    // Given
    taxonomy =
        Taxonomy.of(
            List.of(
                new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.empty(), "Bacteria", -1),
                new Taxon(Rank.PHYLUM, 0, OptionalInt.empty(), "Bacillota", 0),
                new Taxon(Rank.GENUS, 0, OptionalInt.empty(), "Bacillus", 0)));
    classifier = new TaxonClassifier(manager, CONFIG, taxonomy, new RandomWeights(1, 0.6));
    Read read = Read.of("r", "ACGTTGCATGCCGTAAACGTGTACGTTAGC");
    LabelledBatch batch = batch(new LabelledRead(read, Tokenizer.tokenize(read), "g", 0, 0, 0));
    ExplainerLoss loss = loss(scope, Labels.TRUE_LABEL);
    NDArray logits =
        new RandomWeights(4, 2).tensor(manager, "logits", new Shape(1, batch.width(), 3));

    // When
    double[] values =
        loss.of(batch, logits, loss.passes().get(0), loss.asPublished(batch), 1).values();

    // Then
    assertThat(values[0]).isCloseTo(0, within(1e-6));
    assertThat(values[1]).isCloseTo(0, within(1e-6));
    assertThat(values[3]).isPositive();
    assertThat(values[4]).isZero();
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void shouldReadWhatIsPublishedWhereOneSoftmaxDecides(Scope scope) {
    // Given
    taxonomy = ToyPack.withNothing(pack.taxonomy());
    classifier = new TaxonClassifier(manager, CONFIG, taxonomy, new RandomWeights(1, 0.6));
    LabelledBatch batch = batch(reads(0, 20));
    ExplainerLoss loss = loss(scope, Labels.TRUE_LABEL);
    List<Rank> pass = scope == Scope.JOINT ? ALL : List.of(Rank.PHYLUM);
    Map<Rank, long[]> targets = loss.targets(batch, pass);
    NDArray logits =
        new RandomWeights(4, 2).tensor(manager, "logits", new Shape(1, batch.width(), 7));
    Masks masks = loss.masks(logits, targets);

    // When
    double[] values = loss.of(batch, logits, pass, loss.asPublished(batch), 1).values();

    // Then
    TaxonProbabilities kept = published(batch, Gate.sigmoid(masks.target()));
    TaxonProbabilities left = published(batch, Gate.sigmoid(masks.target().neg()));
    TaxonProbabilities nothing =
        TaxonProbabilities.ofLogits(taxonomy, new float[taxonomy.classes()], 0);
    double crossEntropy = 0;
    double divergence = 0;
    for (Rank rank : pass) {
      crossEntropy -= Math.log(kept.of(taxonomy.taxon(rank, (int) targets.get(rank)[0])));
      double rest = 1;
      double restOfNothing = 1;
      double sum = 0;
      for (Taxon taxon : taxonomy.taxa(rank)) {
        sum += left.of(taxon) * Math.log(left.of(taxon) / nothing.of(taxon));
        rest -= left.of(taxon);
        restOfNothing -= nothing.of(taxon);
      }
      divergence += (sum + rest * Math.log(rest / restOfNothing)) / taxonomy.size(rank);
    }
    assertThat(values[0]).isCloseTo(crossEntropy, within(1e-4));
    assertThat(values[1]).isCloseTo(divergence, within(1e-4));
  }

  private TaxonProbabilities published(LabelledBatch batch, NDArray gate) {
    return TaxonProbabilities.ofLogits(taxonomy, ofHeads(batch, gate), 0);
  }

  @Test
  void shouldWantNoMaskOfWhatIsNotCalledWhereOneSoftmaxDecides() {
    // Given
    taxonomy = ToyPack.withNothing(pack.taxonomy());
    classifier = new TaxonClassifier(manager, CONFIG, taxonomy, new RandomWeights(1, 0.25));
    LabelledBatch batch = batch(reads(2, 20, 11, 15, 17, 9));
    float[] logits = classifier.logits(batch.device()).toFloatArray();

    // When
    Map<Rank, long[]> targets = loss(Scope.PER_RANK, Labels.PREDICTED).targets(batch, ALL);

    // Then
    List<Boolean> likely = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      TaxonProbabilities p =
          TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.classes());
      for (Rank rank : ALL) {
        boolean called = p.of(p.best(rank)) >= 0.5;
        likely.add(called);
        assertThat(targets.get(rank)[row]).isEqualTo(called ? p.best(rank).index() : -1);
      }
    }
    assertThat(likely).contains(true, false);
  }
}
