package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.Read;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.read.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

@ParameterizedClass
@FieldSource("CONFIGS")
class NetworkTest {
  static final List<ModelConfig> CONFIGS =
      List.of(Toy.CONFIG, Toy.OVERLAPPING, Toy.TRANSLATING, Toy.EVIDENCE);

  @Parameter private ModelConfig config;
  private Taxonomy taxonomy;

  private final Toy classifierWeights = new Toy(7);
  private final Toy explainerWeights = new Toy(8);
  private NDManager manager;
  private TaxonClassifier classifier;
  private Explainer explainer;

  @BeforeEach
  void load() {
    TorchThread.forInference(1);
    manager = NDManager.newBaseManager();
    taxonomy = Toy.taxonomy(config);
    classifier = new TaxonClassifier(manager, config, taxonomy, classifierWeights);
    explainer = new Explainer(manager, config, taxonomy.size(), explainerWeights);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void shouldComputeTheGatedForwardPassAsWrittenOut() {
    // Given
    TokenBatch batch = batch(read(120, 1));
    float[] gate = new float[batch.width()];
    Random random = new Random(2);
    for (int i = 0; i < gate.length; i++) {
      gate[i] = i % 3 == 0 ? 0 : random.nextFloat();
    }
    double[] expected =
        new SlowEncoder(config, classifierWeights).logits(batch.ids(), doubles(gate), sizes());

    // When
    float[] logits =
        classifier
            .logits(
                DeviceBatch.of(manager, batch),
                manager.create(gate, new Shape(1, gate.length)),
                false)
            .toFloatArray();

    // Then
    assertClose(logits, expected);
  }

  @Test
  void shouldLetWhatIsHiddenTakeNoPart() {
    // Given
    TokenizedRead read =
        read(120, 1)
            .hiding(
                List.of(
                    new Hidden(20, 31, Hidden.Kind.TAIL), new Hidden(60, 61, Hidden.Kind.ADAPTER)),
                0);
    TokenBatch batch = batch(read);
    double[] gate = new double[batch.width()];
    for (int place = 0; place < gate.length; place++) {
      gate[place] = batch.ids()[place] == Vocabulary.PAD ? 0 : 1;
    }
    double[] expected =
        new SlowEncoder(config, classifierWeights).logits(batch.ids(), gate, sizes());

    // When
    float[] alone = classifier.logits(DeviceBatch.of(manager, batch)).toFloatArray();
    float[] inCompany =
        classifier
            .logits(DeviceBatch.of(manager, batch(read(180, 2), read, read(30, 3))))
            .toFloatArray();

    // Then
    assertThat(Arrays.stream(batch.ids()).filter(id -> id == Vocabulary.PAD)).hasSize(2);
    assertClose(alone, expected);
    int taxa = taxonomy.classes();
    assertClose(Arrays.copyOfRange(inCompany, taxa, 2 * taxa), expected);
  }

  @Test
  void shouldAddUpTheEvidenceOfItsTokens() {
    // Given
    DeviceBatch batch = DeviceBatch.of(manager, batch(read(150, 11)));

    // When
    NDArray evidence = classifier.evidence(batch);

    // Then
    // All tokens but <cls> are 6-mers.
    double kmers = batch.width() + 5.0 * (batch.width() - 2);
    double shown = config.aminoAcids() ? kmers / 6 : batch.width();
    float[] mean =
        evidence.sum(new int[] {1}).div((float) (shown + config.poolingPrior())).toFloatArray();
    float[] logits = classifier.logits(batch).toFloatArray();
    float[] biases = new float[logits.length];
    int at = 0;
    for (String head : new String[] {"superkingdom", "phylum", "genus"}) {
      float[] ofHead = classifierWeights.values("classifier." + head + ".bias");
      for (int i = 0; config.headBias() && i < ofHead.length; i++) {
        biases[at] = ofHead[i];
        at++;
      }
    }
    for (int i = 0; i < logits.length; i++) {
      assertThat((double) mean[i] + biases[i]).isCloseTo(logits[i], within(1e-5));
    }
  }

  @Test
  void shouldHaveAHeadOfBackgroundBehindThoseOfTheRanks() {
    // Given
    Toy weights = new Toy(7);
    TaxonClassifier withBackground =
        new TaxonClassifier(manager, config, Toy.taxonomyWithBackground(), weights);
    TokenBatch batch = batch(read(120, 1));
    double[] open = new double[batch.width()];
    Arrays.fill(open, 1);
    double[] expected = new SlowEncoder(config, weights).logits(batch.ids(), open, 2, 3, 4, 2);

    // When
    float[] logits = withBackground.logits(DeviceBatch.of(manager, batch)).toFloatArray();

    // Then
    assertClose(logits, expected);
  }

  @Test
  void shouldComputeMasksAsWrittenOut() {
    // Given
    TokenBatch batch = batch(read(90, 3));
    double[] open = new double[batch.width()];
    Arrays.fill(open, 1);
    double[][] hidden = new SlowEncoder(config, classifierWeights).hidden(batch.ids(), open);
    double[][] expected = writtenOut(batch, hidden, open);
    long[] classes = {8, 0, 5};

    // When
    float[] masks = masks(DeviceBatch.of(manager, batch), classes);

    // Then
    for (int t = 0; t < batch.width(); t++) {
      for (int c = 0; c < classes.length; c++) {
        assertThat((double) masks[t * 3 + c])
            .isCloseTo(expected[t][(int) classes[c]], within(1e-5));
      }
    }
  }

  /** Masks [T][taxa] of one read. */
  private double[][] writtenOut(TokenBatch batch, double[][] hidden, double... gate) {
    SlowExplainer slow = new SlowExplainer(config, explainerWeights);
    if (config.explainerKind() != ModelConfig.Kind.EVIDENCE) {
      return slow.masks(batch.ids(), hidden, taxonomy.size());
    }
    double[] logits = new SlowEncoder(config, classifierWeights).logits(batch.ids(), gate, sizes());
    boolean[] shown = new boolean[gate.length];
    for (int t = 0; t < shown.length; t++) {
      shown[t] = gate[t] > 0;
    }
    List<double[]> heads = new ArrayList<>();
    for (String name : new String[] {"superkingdom", "phylum", "genus", "background"}) {
      double[] all = doubles(classifierWeights.values("classifier." + name + ".weight"));
      for (int from = 0; from < all.length; from += config.hiddenSize()) {
        heads.add(Arrays.copyOfRange(all, from, from + config.hiddenSize()));
      }
    }
    return slow.masks(hidden, shown, logits, heads.toArray(double[][]::new), taxonomy);
  }

  @Test
  void shouldComputeMasksOfWhatIsShownAsWrittenOut() {
    // Given
    assumeThat(config.explainerKind()).isEqualTo(ModelConfig.Kind.EVIDENCE);
    TokenizedRead read = read(120, 1).hiding(List.of(new Hidden(20, 31, Hidden.Kind.TAIL)), 0);
    TokenBatch batch = batch(read);
    double[] gate = new double[batch.width()];
    for (int place = 0; place < gate.length; place++) {
      gate[place] = batch.ids()[place] == Vocabulary.PAD ? 0 : 1;
    }
    double[][] hidden = new SlowEncoder(config, classifierWeights).hidden(batch.ids(), gate);
    double[][] expected = writtenOut(batch, hidden, gate);

    // When
    float[] masks = masks(DeviceBatch.of(manager, batch), 8, 0, 5);

    // Then
    for (int t = 0; t < batch.width(); t++) {
      assertThat((double) masks[t * 3]).isCloseTo(expected[t][8], within(1e-5));
      assertThat((double) masks[t * 3 + 1]).isCloseTo(expected[t][0], within(1e-5));
    }
  }

  @Test
  void shouldAnswerABatchOfMixedLengthsAsEachReadAlone() {
    // Given
    List<TokenizedRead> reads = Stream.of(30, 97, 150, 6, 230).map(n -> read(n, n)).toList();
    DeviceBatch together = DeviceBatch.of(manager, batch(reads.toArray(TokenizedRead[]::new)));
    long[] classes = {1, 4, 7};
    long[] ofAll = new long[reads.size() * 3];
    for (int i = 0; i < ofAll.length; i++) {
      ofAll[i] = classes[i % 3];
    }

    // When
    float[] logits = classifier.logits(together).toFloatArray();
    float[] masks = masks(together, ofAll);

    // Then
    int taxa = taxonomy.classes();
    for (int row = 0; row < reads.size(); row++) {
      DeviceBatch alone = DeviceBatch.of(manager, batch(reads.get(row)));
      assertClose(
          Arrays.copyOfRange(logits, row * taxa, (row + 1) * taxa),
          doubles(classifier.logits(alone).toFloatArray()));
      int from = row * together.width() * 3;
      assertClose(
          Arrays.copyOfRange(masks, from, from + alone.width() * 3),
          doubles(masks(alone, classes)));
    }
  }

  @Test
  void shouldAnswerAsBeforeOnceFrozen() {
    // Given
    DeviceBatch batch = DeviceBatch.of(manager, batch(read(70, 13), read(130, 14)));
    float[] logits = classifier.logits(batch).toFloatArray();
    float[] masks = masks(batch, 2, 2);

    // When
    classifier.freeze();
    explainer.freeze();

    // Then
    assertThat(classifier.logits(batch).toFloatArray()).isEqualTo(logits);
    assertThat(masks(batch, 2, 2)).isEqualTo(masks);
  }

  @Test
  void shouldClassifyInSeveralChunksAsEachReadAlone() {
    // Given
    List<TokenizedRead> reads = IntStream.range(0, 60).mapToObj(n -> read(60 + 4 * n, n)).toList();
    DeviceBatch together = DeviceBatch.of(manager, batch(reads.toArray(TokenizedRead[]::new)));

    // When
    float[] logits = classifier.logits(together).toFloatArray();

    // Then
    int taxa = taxonomy.classes();
    for (int row = 0; row < reads.size(); row++) {
      DeviceBatch alone = DeviceBatch.of(manager, batch(reads.get(row)));
      assertClose(
          Arrays.copyOfRange(logits, row * taxa, (row + 1) * taxa),
          doubles(classifier.logits(alone).toFloatArray()));
    }
  }

  @Test
  void shouldSeeNothingOfAFullyHiddenRead() {
    // Given
    DeviceBatch one = DeviceBatch.of(manager, batch(read(120, 4)));
    DeviceBatch other = DeviceBatch.of(manager, batch(read(120, 5)));
    NDArray hidden = manager.zeros(new Shape(1, one.width()));

    // When
    float[] ofOne = classifier.logits(one, hidden, false).toFloatArray();
    float[] ofOther = classifier.logits(other, hidden, false).toFloatArray();

    // Then
    assertThat(ofOne).isEqualTo(ofOther);
    assertThat(ofOne[0])
        .isEqualTo(
            config.headBias() ? classifierWeights.values("classifier.superkingdom.bias")[0] : 0);
  }

  @Test
  void shouldRefuseMoreTokensThanTheModelHasPlacesFor() {
    // Given
    DeviceBatch tooLong = DeviceBatch.of(manager, batch(read(6 * 64, 6)));

    // When / Then
    assertThatThrownBy(() -> classifier.logits(tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65 tokens, more than the model's 64");
  }

  @Test
  void shouldLeaveNothingBehindOnceABatchIsClosed() {
    // Given
    classifyAndMask();
    int before = manager.getManagedArrays().size();

    // When
    classifyAndMask();

    // Then
    assertThat(manager.getManagedArrays()).hasSize(before);
  }

  @Test
  void shouldFinishMasksOffTheDeviceAsOnIt() {
    // Given
    TokenizedRead read = read(150, 12).hiding(List.of(new Hidden(50, 70, Hidden.Kind.TAIL)), 0);
    Window window = new Window(read, 0, read.tokens());
    DeviceBatch batch = DeviceBatch.of(manager, batch(read));
    float[] expected = masks(batch, 6);
    float[] states = explainer.states(classifier, batch).of(0);
    int width = states.length / batch.width();
    TaxonProbabilities said =
        TaxonProbabilities.ofLogits(taxonomy, classifier.logits(batch).toFloatArray(), 0);

    // When
    float[] scores =
        explainer
            .head(classifier)
            .of(said, 6)
            .scores(Arrays.copyOfRange(states, width, states.length), window);

    // Then
    assertThat(scores).hasSize(window.places());
    for (int token = 0; token < read.tokens(); token++) {
      if (!read.isHidden(token)) {
        int place = window.place(token);
        assertThat(scores[place]).isCloseTo(expected[place + 1], within(1e-5f));
      }
    }
  }

  @Test
  void shouldGiveTheLogitsOfEveryMask() {
    // Given
    DeviceBatch batch = DeviceBatch.of(manager, batch(read(90, 12), read(48, 3)));
    int taxa = taxonomy.size();
    long[] all = LongStream.range(0, 2L * taxa).map(i -> i % taxa).toArray();

    // When
    NDArray logits = explainer.logits(classifier, batch);

    // Then
    float[] masks = logits.getNDArrayInternal().sigmoid().toFloatArray();
    assertClose(masks, doubles(masks(batch, all)));
  }

  private float[] masks(DeviceBatch batch, long... classes) {
    return explainer
        .states(classifier, batch)
        .masks(classes, new Shape(batch.rows(), classes.length / batch.rows()))
        .toFloatArray();
  }

  /** Classes of each head. */
  private int[] sizes() {
    return taxonomy.background().isEmpty() ? new int[] {2, 3, 4} : new int[] {2, 3, 4, 2};
  }

  private void classifyAndMask() {
    try (NDManager scratch = manager.newSubManager()) {
      DeviceBatch batch = DeviceBatch.of(scratch, batch(read(120, 9)));
      classifier.logits(batch);
      explainer.states(classifier, batch).masks(new long[] {0, 3, 6}, new Shape(1, 3));
    }
  }

  private static TokenizedRead read(int bases, long seed) {
    Random random = new Random(seed);
    StringBuilder sequence = new StringBuilder();
    for (int i = 0; i < bases; i++) {
      sequence.append("ACGT".charAt(random.nextInt(4)));
    }
    return Tokenizer.tokenize(Read.of("r" + seed, sequence));
  }

  private static TokenBatch batch(TokenizedRead... reads) {
    return TokenBatch.of(
        Arrays.stream(reads).map(read -> new Window(read, 0, read.tokens())).toList());
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("value %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }
}
