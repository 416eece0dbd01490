package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import io.readlens.trainer.LeafLoss.Wanted;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeafLossTest {
  private static final int CLASSES = 10;

  /** Two superkingdoms; phyla 0 and 1 of the first, 2 of the second; genera 0 and 1 of phylum 0. */
  private static final Taxonomy TAXONOMY =
      Taxonomy.of(
          List.of(
              taxon(Rank.SUPERKINGDOM, 0, -1),
              taxon(Rank.SUPERKINGDOM, 1, -1),
              taxon(Rank.PHYLUM, 0, 0),
              taxon(Rank.PHYLUM, 1, 0),
              taxon(Rank.PHYLUM, 2, 1),
              taxon(Rank.GENUS, 0, 0),
              taxon(Rank.GENUS, 1, 0),
              taxon(Rank.GENUS, 2, 2)),
          List.of("vector", Taxonomy.NOTHING));

  private static final double[] SHARES = {0, 0, 0, .1, 0, .2, .2, .3, .1, .1};

  private NDManager manager;

  private static Taxon taxon(Rank rank, int index, int parent) {
    return new Taxon(rank, index, OptionalInt.empty(), rank.label() + index, parent);
  }

  private static LabelledRead read(int superkingdom, int phylum, int genus, int background) {
    Read read = Read.of("r", "ACGTAC");
    return new LabelledRead(
        read, Tokenizer.tokenize(read), "g", superkingdom, phylum, genus, background);
  }

  @BeforeEach
  void open() {
    TorchThread.forTraining(1);
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  @Test
  void shouldAddUpCrossEntropiesOfLeafAndSums() {
    // Given
    LeafLoss loss = new LeafLoss(manager, TAXONOMY, SHARES);
    List<LabelledRead> reads = List.of(read(0, 0, 1, -1), read(-1, -1, -1, 0));
    Wanted wanted = withAllLabels(loss, reads);
    float[] logits = new float[2 * CLASSES];
    Random random = new Random(3);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }

    // When
    List<NDArray> losses = loss.of(manager.create(logits, new Shape(2, CLASSES)), wanted);

    // Then
    double[] first = probabilities(logits, 0, wanted.offsets());
    double[] second = probabilities(logits, CLASSES, wanted.offsets());
    double phylum = first[2] + first[5] + first[6];
    double superkingdom = phylum + first[0] + first[3];
    assertThat((double) losses.get(0).getFloat())
        .isCloseTo(-Math.log(superkingdom) / 2, within(1e-5));
    assertThat((double) losses.get(1).getFloat()).isCloseTo(-Math.log(phylum) / 2, within(1e-5));
    assertThat((double) losses.get(2).getFloat())
        .isCloseTo(-(Math.log(first[6]) + Math.log(second[8])) / 2, within(1e-5));
  }

  @Test
  void shouldTeachWhatReadsOfAGenusWithoutALabelAre() {
    // Given
    LeafLoss loss = new LeafLoss(manager, TAXONOMY, SHARES);
    List<LabelledRead> reads = List.of(read(0, 0, 1, -1));
    int otherGenus = 0;
    int otherPhylum = 0;
    int steps = 2_000;
    Random random = new Random(5);

    // When
    for (int step = 0; step < steps; step++) {
      Wanted wanted = loss.wanted(reads, random);
      float[] leaves = wanted.leaves();
      if (leaves[2] == 1) {
        otherGenus++;
        assertThat(wanted.offsets()[6]).as("the genus is no class").isLessThan(-1_000);
        assertThat(wanted.upper()).containsExactly(1, 0, 1, 0, 0);
      } else if (leaves[0] == 1) {
        otherPhylum++;
        assertThat(wanted.offsets()[2]).as("nor is the phylum").isLessThan(-1_000);
        assertThat(wanted.upper()).containsExactly(1, 0, 0, 0, 0);
      } else {
        assertThat(leaves[6]).isEqualTo(1);
      }
    }

    // Then
    assertThat(otherGenus / (double) steps).isCloseTo(0.1 * 0.97, within(0.03));
    assertThat(otherPhylum / (double) steps).isCloseTo(0.03, within(0.015));
  }

  @Test
  void shouldExpectEachClassAsOftenAsItComes() {
    // Given
    LeafLoss loss = new LeafLoss(manager, TAXONOMY, SHARES);

    // When
    Wanted wanted = withAllLabels(loss, List.of(read(0, 0, 1, -1)));

    // Then
    double[] shares = new double[CLASSES];
    Arrays.setAll(shares, i -> Math.exp(wanted.offsets()[i]));
    assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-5));
    assertThat(shares[6]).isCloseTo(.2 * .9 * .97, within(1e-6));
    assertThat(shares[2]).as("phylum 0").isCloseTo(.4 * .1 * .97, within(1e-6));
    assertThat(shares[3]).as("phylum 1, of no genus").isCloseTo(.1 * .97, within(1e-6));
    assertThat(shares[0]).isCloseTo(.5 * .03, within(1e-6));
    assertThat(shares[9]).isCloseTo(.1, within(1e-6));
  }

  @Test
  void shouldAgreeWithFiniteDifferences() {
    // Given
    LeafLoss loss = new LeafLoss(manager, TAXONOMY, SHARES);
    List<LabelledRead> reads = List.of(read(0, 0, 1, -1), read(1, 2, 2, -1), read(-1, -1, -1, 1));
    Wanted wanted = withAllLabels(loss, reads);
    NDArray logits = new RandomWeights(1, 1).tensor(manager, "l", new Shape(3, CLASSES));
    NDArray direction = new RandomWeights(2, 1).tensor(manager, "d", new Shape(3, CLASSES));
    logits.setRequiresGradient(true);

    // When
    NDArray total = total(loss, logits, wanted);
    JniUtils.backward((PtNDArray) total, (PtNDArray) manager.ones(total.getShape()), false, false);
    double analytic = logits.getGradient().mul(direction).sum().getFloat();

    // Then
    JniUtils.setGradMode(false);
    double step = 1e-2;
    double numeric =
        (total(loss, logits.add(direction.mul((float) step)), wanted).getFloat()
                - total(loss, logits.sub(direction.mul((float) step)), wanted).getFloat())
            / (2 * step);
    assertThat(analytic).isCloseTo(numeric, within(1e-3));
    assertThat(Math.abs(analytic)).isGreaterThan(1e-2);
  }

  private static NDArray total(LeafLoss loss, NDArray logits, Wanted wanted) {
    return loss.of(logits, wanted).stream().reduce(NDArray::add).orElseThrow();
  }

  /** A step that takes no label away. */
  private static Wanted withAllLabels(LeafLoss loss, List<LabelledRead> reads) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(seed -> loss.wanted(reads, new Random(seed)))
        .filter(wanted -> least(wanted.offsets()) > -1_000)
        .findFirst()
        .orElseThrow();
  }

  private static float least(float... values) {
    float least = Float.MAX_VALUE;
    for (float value : values) {
      least = Math.min(least, value);
    }
    return least;
  }

  private static double[] probabilities(float[] logits, int from, float... offsets) {
    double[] p = new double[CLASSES];
    Arrays.setAll(p, i -> Math.exp(logits[from + i] + (double) offsets[i]));
    double sum = Arrays.stream(p).sum();
    Arrays.setAll(p, i -> p[i] / sum);
    return p;
  }
}
