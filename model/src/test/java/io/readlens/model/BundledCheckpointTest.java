package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the checkpoint that ships must know: that it knows nothing of a read without bases. */
class BundledCheckpointTest {
  /** 420 bases of Staphylococcus. */
  private static final String STAPHYLOCOCCUS =
      "AATTCAAATGTTTCTTCAAGTAAATAACGCTTTAGCGTTTCATGCGTTTGCACTTTATCCCATGGACAAC"
          + "CTTTATCTTCATCAACTAAAGTATCAATCACTTCCGTTGCAAAATCAAAGTCATGATACAAATATGTCGA"
          + "TGTTATGATTTTTGGTACGAATACACTCGTCAAATTATTGAATGCATTTTCATCATGATCCAATTCATAT"
          + "AATGGGCATGTCACAACGTTATCCGCACCATCGCTTCGTGCACCAGTGACAATTTGAACAGGGTAATCAT"
          + "CAGGATATCGTTCCATTAAAGTGATTTTCAAATTAGCAGCAACCATTGCACTATAAACTTGCGTAATCAA"
          + "TGTATGCGTTCTAACATTAAGTGTTACTTCTTGTAATGATGTCGCATCTAACAGTGTGAAGCCATCATTT";

  private final Checkpoint checkpoint = Checkpoint.bundled();
  private final Taxonomy taxonomy = checkpoint.taxonomy();
  private NDManager manager;
  private TaxonClassifier classifier;

  @BeforeEach
  void load() {
    TorchThread.forInference(1);
    manager = NDManager.newBaseManager();
    classifier = checkpoint.classifier(manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 301, 1_000, 1_500})
  void shouldBeUndecidedOnABlankRead(int bases) {
    // Given
    DeviceBatch blank = batch("N".repeat(bases));

    // When
    NDArray logits = classifier.logits(blank);

    // Then
    assertUndecided(logits);
  }

  @Test
  void shouldBeUndecidedOnAFullyMaskedRead() {
    // Given
    DeviceBatch read = batch("ACGTTGCAAC".repeat(150));
    NDArray nothing = read.valid().mul(0);

    // When
    NDArray logits = classifier.logits(read, nothing, false);

    // Then
    assertUndecided(logits);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 301, 1_000, 1_500})
  void shouldPublishNothingButDoubtOfABlankRead(int bases) {
    // Given
    TokenizedRead blank = Tokenizer.tokenize(Read.of("blank", "N".repeat(bases)));

    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      // When
      TaxonProbabilities published = model.probabilities(List.of(blank)).get(0);

      // Then
      assertUndecided(published);
      assertThat(model.explain(List.of(blank)).get(0).classified()).isFalse();
    }
  }

  /** With {@code <cls>} shown, as masks leave it; on a short read it alone would say something. */
  @Test
  void shouldPublishNothingButDoubtOfAReadWithoutItsTokens() {
    // Given
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", "ACGTTGCAAC".repeat(150)));

    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      // When
      TaxonProbabilities published =
          model.probabilities(List.of(read), i -> new float[read.tokens()]).get(0);

      // Then
      assertUndecided(published);
    }
  }

  /**
   * No taxon is more probable than what is known of no read says, by much: half of it is even over
   * superkingdoms and down from them, half over genera, most of which are viruses'.
   */
  private static void assertUndecided(TaxonProbabilities published) {
    assertThat(published.of(published.best(Rank.SUPERKINGDOM))).isLessThan(0.6);
    assertThat(published.of(published.best(Rank.PHYLUM))).isLessThan(0.2);
    assertThat(published.of(published.best(Rank.GENUS))).isLessThan(0.05);
  }

  @Test
  void shouldBeTheSurerTheMoreOfAReadSaysTheSame() {
    // Given reads of one window, of two and of six
    List<TokenizedRead> reads =
        IntStream.of(1, 4, 16).mapToObj(times -> read(STAPHYLOCOCCUS.repeat(times))).toList();

    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      // When
      List<TaxonProbabilities> probabilities = model.probabilities(reads);

      // Then
      for (String name : List.of("Bacteria", "Bacillota", "Staphylococcus")) {
        List<Double> ofReads = probabilities.stream().map(p -> p.of(taxon(name))).toList();
        assertThat(ofReads).as(name).isSorted().doesNotHaveDuplicates();
        assertThat(ofReads.get(2)).as(name).isGreaterThan(0.99);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldNotBeSureOfAReadOfTwoOrganisms(int share) {
    // Given a read of which a quarter, a half or three quarters are another organism's
    StringBuilder bases = new StringBuilder(STAPHYLOCOCCUS.repeat(4 * (4 - share)));
    bases.append(Canary.BASES.repeat(4 * share));

    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      // When
      TaxonProbabilities published =
          model.probabilities(List.of(Tokenizer.tokenize(Read.of("two", bases)))).get(0);

      // Then what the two have in common is sure; what is of one alone is hardly surer than its
      // share: a window holds both
      assertThat(published.of(taxon("Bacteria"))).isGreaterThan(0.95);
      double most = Math.max(share, 4 - share) / 4.0 + 0.2;
      assertThat(published.of(published.best(Rank.PHYLUM))).isLessThan(most);
      assertThat(published.of(published.best(Rank.GENUS))).isLessThan(most);
    }
  }

  @Test
  void shouldBeSurerOfAPairThanOfEitherMate() {
    // Given
    TokenizedRead first = read(STAPHYLOCOCCUS.substring(0, 150));
    TokenizedRead second = read(STAPHYLOCOCCUS.substring(200, 350));
    TokenizedRead other = read(Canary.BASES);
    TokenizedRead longer = read(STAPHYLOCOCCUS);

    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      // When
      List<TaxonProbabilities> probabilities =
          model.probabilities(
              List.of(
                  first,
                  second,
                  TokenizedRead.pair(first, second, 0),
                  longer,
                  other,
                  TokenizedRead.pair(longer, other, 0)));

      // Then
      Taxon genus = taxon("Staphylococcus");
      List<Double> ofGenus = probabilities.stream().map(p -> p.of(genus)).toList();
      assertThat(ofGenus.get(2)).isGreaterThan(Math.max(ofGenus.get(0), ofGenus.get(1)));
      assertThat(ofGenus.get(3)).isGreaterThan(0.6);
      assertThat(probabilities.get(4).of(taxon("Helicobacter"))).isGreaterThan(0.5);
      TaxonProbabilities ofTwo = probabilities.get(5);
      assertThat(ofTwo.of(ofTwo.best(Rank.GENUS))).isLessThan(0.7);
    }
  }

  private Taxon taxon(String name) {
    return Arrays.stream(Rank.values())
        .flatMap(rank -> taxonomy.find(rank, name).stream())
        .findFirst()
        .orElseThrow();
  }

  private static TokenizedRead read(String bases) {
    return Tokenizer.tokenize(Read.of("r", bases));
  }

  @Test
  void shouldKnowTheLabelsOfItsGenomes() {
    // When / Then
    assertThat(taxonomy.size(Rank.SUPERKINGDOM)).isEqualTo(4);
    assertThat(taxonomy.size(Rank.PHYLUM)).isEqualTo(48);
    assertThat(taxonomy.size(Rank.GENUS)).isEqualTo(730);
    assertThat(taxonomy.background())
        .containsExactly("organelle", "vector", "rRNA", "mobile", Taxonomy.NOTHING);
    assertThat(taxonomy.find(Rank.SUPERKINGDOM, "Viruses").orElseThrow().taxId()).hasValue(10239);
  }

  private DeviceBatch batch(String bases) {
    TokenizedRead read = Tokenizer.tokenize(Read.of("r", bases));
    List<TokenizedRead.Window> windows = read.windows(checkpoint.config().windowTokens());
    return DeviceBatch.of(manager, TokenBatch.of(windows));
  }

  /** Each head's softmax has at least 0.95 of the greatest entropy. */
  private void assertUndecided(NDArray logits) {
    for (Rank rank : Rank.values()) {
      int from = taxonomy.offset(rank);
      int to = from + taxonomy.size(rank);
      NDArray p = logits.get(":, " + from + ":" + to).softmax(1);
      float[] entropies = p.mul(p.log()).sum(new int[] {1}).neg().toFloatArray();
      assertThat(entropies.length).isPositive();
      for (float entropy : entropies) {
        assertThat((double) entropy)
            .as("%s", rank)
            .isGreaterThanOrEqualTo(0.95 * Math.log(taxonomy.size(rank)));
      }
    }
  }
}
