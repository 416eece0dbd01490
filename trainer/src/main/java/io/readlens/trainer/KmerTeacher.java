package io.readlens.trainer;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.util.Arrays;

/**
 * What a bag of tokens, a classifier without layers, says of a read when it sees it in all six
 * frames and on both strands: the mean of its logits over the twelve views, and so over every
 * overlapping 6-mer. One view shows it a sixth of them. A classifier that is taught by this learns
 * from one view what the other frames say.
 *
 * <p>Immutable.
 */
final class KmerTeacher {
  private static final int KMERS = 1 << (2 * Vocabulary.K);

  private final Taxonomy taxonomy;

  /** [4096,C] what each 6-mer adds to the logits. */
  private final float[] evidence;

  private KmerTeacher(Taxonomy taxonomy, float[] evidence) {
    this.taxonomy = taxonomy;
    this.evidence = evidence;
  }

  /**
   * @throws IllegalArgumentException if the checkpoint's classifier has layers: its tokens then
   *     depend on each other
   */
  static KmerTeacher of(Checkpoint bag, NDManager manager) {
    if (bag.config().layers() > 0 || bag.config().headBias() || bag.config().overlapping()) {
      throw new IllegalArgumentException(
          bag + " is no bag of tokens: it has layers or head biases");
    }
    TaxonClassifier classifier = bag.classifier(manager);
    long[] ids = new long[KMERS];
    Arrays.setAll(ids, kmer -> Vocabulary.FIRST_KMER + kmer);
    Shape shape = new Shape(KMERS, 1);
    try (NDManager scratch = manager.newSubManager()) {
      DeviceBatch each =
          new DeviceBatch(
              scratch.create(ids, shape), scratch.ones(shape), scratch.create(new Shape(0)));
      return new KmerTeacher(bag.taxonomy(), classifier.evidence(each).toFloatArray());
    }
  }

  /**
   * The probabilities [C] of each rank's own head, one rank after another.
   *
   * @return nothing but zeros if the read has no 6-mer
   */
  float[] probabilities(Read read) {
    int taxa = taxonomy.size();
    double[] logits = new double[taxa];
    int count = 0;
    int run = 0;
    int forward = 0;
    int backward = 0;
    for (int i = 0; i < read.length(); i++) {
      int digit = "ATCG".indexOf(read.base(i));
      run = digit < 0 ? 0 : run + 1;
      forward = (forward << 2 | Math.max(0, digit)) & (KMERS - 1);
      backward = backward >> 2 | (Math.max(0, digit) ^ 1) << (2 * Vocabulary.K - 2);
      if (run >= Vocabulary.K) {
        add(logits, forward);
        add(logits, backward);
        count += 2;
      }
    }
    float[] probabilities = new float[taxa];
    for (Rank rank : Rank.values()) {
      if (count > 0) {
        softmax(logits, count, probabilities, taxonomy.offset(rank), taxonomy.size(rank));
      }
    }
    return probabilities;
  }

  private void add(double[] logits, int kmer) {
    int from = kmer * logits.length;
    for (int c = 0; c < logits.length; c++) {
      logits[c] += evidence[from + c];
    }
  }

  private static void softmax(double[] sums, int count, float[] into, int from, int size) {
    double most = Double.NEGATIVE_INFINITY;
    for (int c = from; c < from + size; c++) {
      most = Math.max(most, sums[c] / count);
    }
    double total = 0;
    for (int c = from; c < from + size; c++) {
      total += Math.exp(sums[c] / count - most);
    }
    for (int c = from; c < from + size; c++) {
      into[c] = (float) (Math.exp(sums[c] / count - most) / total);
    }
  }
}
