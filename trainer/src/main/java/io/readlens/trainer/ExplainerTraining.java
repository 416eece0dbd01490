package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.model.read.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Trains the Explainer against a frozen classifier. For every read and rank, the mask of the called
 * taxon must let the classifier call it from what is kept, and leave it nothing to call from what
 * is left out; masks are to be small, smooth and bounded in area, and the masks of the rank's other
 * taxa empty.
 *
 * <p>Each rank has its own masked pass, since each called rank publishes its own mask. {@code
 * <cls>} is always kept: it belongs to no base.
 *
 * <p>Threading: one thread; the engine may use more for one operator.
 */
final class ExplainerTraining {
  private static final Rank[] RANKS = Rank.values();
  private static final float EXCLUDED = -1e4f;
  private static final double STATISTICS_MOMENTUM = 0.05;
  private static final double SMOOTHING = 0.98;

  /** Tokens on either side that evidence is averaged with: spans of some 70 bases. */
  private static final int NEIGHBOURS = 5;

  /** The share of the training over which the weights of area and smoothness rise to their own. */
  private static final double RAMP = 0.2;

  /** What multiplies the embeddings and the hidden states while training. */
  enum Gate {
    /** The mask itself, as in the paper. */
    SOFT,
    /**
     * The rounded mask, as it is published, with the soft mask's gradient: h (1 + m - sg(m)) for
     * what is kept and (1 - h) (1 - m + sg(m)) for what is left out, where h is the mask rounded
     * after noise on its logits. The plain straight-through h + m - sg(m) fails: both Hadamard
     * products are zero at a dropped token, and so is its gradient.
     */
    HARD
  }

  /**
   * The weights of the loss: cross-entropy + entropy (negative entropy of what is left out) + area
   * (bounding + mask area(m) + other area(n)) + smoothness (TV(m) + TV(n)).
   *
   * @param entropy weight of the negative entropy on the inverse mask
   * @param area weight of the three area terms together
   * @param mask weight of the target mask's area within them
   * @param other weight of the other taxa's area within them
   * @param smoothness weight of the total variation
   * @param least least share of tokens that the bounding term wants kept
   * @param most greatest share
   */
  record LossWeights(
      double entropy,
      double area,
      double mask,
      double other,
      double smoothness,
      double least,
      double most) {}

  /**
   * @param imitation reads to learn the classifier's evidence from, before the loss
   * @param reads reads to train on by the loss
   * @param rows reads a batch
   * @param lengths read lengths in tokens, drawn evenly a batch
   * @param schedule the learning rate
   * @param weights of the loss
   * @param gate what gates the classifier
   * @param noise scale of the logistic noise on the logits of a HARD gate
   * @param seed of everything random
   * @param threads cores for one operator
   */
  record Recipe(
      long imitation,
      long reads,
      int rows,
      List<Integer> lengths,
      Schedule schedule,
      LossWeights weights,
      Gate gate,
      double noise,
      long seed,
      int threads) {}

  private final Recipe recipe;
  private final NDManager manager;
  private final Taxonomy taxonomy;
  private final TaxonClassifier classifier;
  private final Explainer explainer;
  private final ReadSampler sampler;
  private final Random random;
  private final AdamW optimizer;
  private final LineageProbabilities lineage;

  ExplainerTraining(
      Recipe recipe,
      NDManager manager,
      Taxonomy taxonomy,
      TaxonClassifier classifier,
      Explainer explainer,
      List<Genome> genomes) {
    this.recipe = recipe;
    this.manager = manager;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    this.explainer = explainer;
    this.sampler = new ReadSampler(genomes, taxonomy, new Random(recipe.seed * 31 + 3));
    this.random = new Random(recipe.seed * 31 + 4);
    lineage = new LineageProbabilities(manager, taxonomy);
    optimizer = new AdamW(manager, 0.9, 0.99, 1);
    Map<String, NDArray> trained = new TreeMap<>();
    explainer
        .tensors()
        .byName()
        .forEach(
            (name, tensor) -> {
              if (!name.contains(".running_")) {
                trained.put(name, tensor);
              }
            });
    optimizer.add(trained, 1, 0);
  }

  /** One batch's loss, and its terms. */
  private record Terms(
      double total,
      double crossEntropy,
      double entropy,
      double bounding,
      double area,
      double other,
      double smoothness) {}

  /** The columns that {@link #run} writes. */
  static LearningCurve curve(Path file) {
    return new LearningCurve(
        file,
        "step",
        "reads",
        "seconds",
        "cross_entropy",
        "negative_entropy",
        "bounding",
        "mask_area",
        "other_area",
        "total_variation",
        "gradient_norm",
        "learning_rate");
  }

  /**
   * Trains to the end: first on the classifier's own evidence, then by the loss.
   *
   * @param curve takes a line every few seconds
   * @param saves how many times {@code save} is run on the way, the last time at the end
   */
  void run(LearningCurve curve, int saves, Runnable save) {
    TorchThread.forTraining(recipe.threads);
    explainer.tensors().requireGradients(true);
    explainer.runningMean().setRequiresGradient(false);
    explainer.runningVariance().setRequiresGradient(false);
    EvidenceTargets evidence =
        new EvidenceTargets(taxonomy, NEIGHBOURS, (recipe.weights.least + recipe.weights.most) / 2);
    phase(recipe.imitation, curve, 1, save, (tokens, progress) -> imitate(tokens, evidence));
    phase(recipe.reads, curve, saves, save, this::accumulate);
    explainer.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  /** One step's gradients. */
  private interface Step {
    Terms accumulate(int tokens, double progress);
  }

  private void phase(long total, LearningCurve curve, int saves, Runnable save, Step step) {
    double[] smooth = new double[6];
    long nextSave = Math.max(1, total / saves);
    long started = System.nanoTime();
    long logged = started;
    long reads = 0;
    for (int n = 0; reads < total; n++) {
      double progress = (double) reads / total;
      int tokens = recipe.lengths.get(random.nextInt(recipe.lengths.size()));
      Terms terms = step.accumulate(tokens, progress);
      double rate = recipe.schedule.rate(n, progress);
      double norm = optimizer.step(rate);
      reads += recipe.rows;
      double[] now = {
        terms.crossEntropy, terms.entropy, terms.bounding, terms.area, terms.other, terms.smoothness
      };
      double corrected = 1 - Math.pow(SMOOTHING, n + 1.0);
      for (int i = 0; i < smooth.length; i++) {
        smooth[i] = SMOOTHING * smooth[i] + (1 - SMOOTHING) * now[i];
      }
      long clock = System.nanoTime();
      if (clock - logged > 10_000_000_000L || reads >= total) {
        logged = clock;
        curve.add(
            n + 1.0,
            (double) reads,
            (clock - started) / 1e9,
            smooth[0] / corrected,
            smooth[1] / corrected,
            smooth[2] / corrected,
            smooth[3] / corrected,
            smooth[4] / corrected,
            smooth[5] / corrected,
            norm,
            rate);
      }
      if (reads >= nextSave || reads >= total) {
        nextSave += Math.max(1, total / saves);
        save.run();
      }
    }
  }

  private DeviceBatch sample(NDManager batchManager, int tokens) {
    List<Window> windows = new ArrayList<>();
    for (int row = 0; row < recipe.rows; row++) {
      windows.add(new Window(sampler.sample(tokens * Vocabulary.K).tokens(), 0, tokens));
    }
    return DeviceBatch.of(batchManager, TokenBatch.of(windows));
  }

  /**
   * Adds the gradients of one batch that shows the Explainer where the classifier's evidence is.
   */
  private Terms imitate(int tokens, EvidenceTargets evidenceTargets) {
    try (NDManager batchManager = manager.newSubManager()) {
      DeviceBatch batch = sample(batchManager, tokens);
      JniUtils.setGradMode(false);
      float[] evidence = classifier.evidence(batch).toFloatArray();
      JniUtils.setGradMode(true);
      Explainer.Trained trained = explainer.train(batch);
      updateStatistics(trained);
      NDArray total = null;
      for (Rank rank : RANKS) {
        int taxa = taxonomy.size(rank);
        float[] targets =
            evidenceTargets.of(evidence, batch.rows(), batch.width(), rank, called(batch, rank));
        NDArray target = batchManager.create(targets, new Shape(batch.rows(), batch.width(), taxa));
        NDArray z = ofRank(trained.logits(), rank);
        NDArray term = MaskLoss.binaryCrossEntropy(z, target);
        total = total == null ? term : total.add(term);
      }
      JniUtils.backward(
          (PtNDArray) total, (PtNDArray) batchManager.ones(total.getShape()), false, false);
      float loss = total.getFloat();
      return new Terms(loss, loss / RANKS.length, 0, 0, 0, 0, 0);
    }
  }

  /** Adds the gradients of one batch. */
  private Terms accumulate(int tokens, double progress) {
    try (NDManager batchManager = manager.newSubManager()) {
      DeviceBatch batch = sample(batchManager, tokens);
      Rank rank = RANKS[random.nextInt(RANKS.length)];
      long[] targets = called(batch, rank);
      Explainer.Trained trained = explainer.train(batch);
      updateStatistics(trained);
      double ramp = Math.min(1, progress / RAMP);
      return backward(batch, trained.logits(), rank, targets, ramp);
    }
  }

  /** Adds the gradients of one given batch and rank at full weights and gives the loss. */
  double gradients(DeviceBatch batch, Rank rank) {
    return backward(batch, explainer.train(batch).logits(), rank, called(batch, rank), 1).total;
  }

  /** The taxa [B] that the classifier calls the whole reads at a rank. */
  private long[] called(DeviceBatch batch, Rank rank) {
    JniUtils.setGradMode(false);
    float[] logits = classifier.logits(batch).toFloatArray();
    JniUtils.setGradMode(true);
    long[] called = new long[batch.rows()];
    for (int row = 0; row < called.length; row++) {
      called[row] =
          TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.size()).best(rank).index();
    }
    return called;
  }

  private void updateStatistics(Explainer.Trained trained) {
    JniUtils.setGradMode(false);
    move(explainer.runningMean(), trained.mean());
    move(explainer.runningVariance(), trained.variance());
    JniUtils.setGradMode(true);
  }

  private static void move(NDArray running, NDArray batch) {
    running.muli(1 - STATISTICS_MOMENTUM);
    running.addi(batch.mul(STATISTICS_MOMENTUM));
  }

  /**
   * @param mask [B,T] soft mask of the called taxon
   * @param other [B,T] largest soft mask among the rank's other taxa
   * @param kept [B,T] gate of what is kept
   * @param left [B,T] gate of what is left out
   */
  private record RankMasks(NDArray mask, NDArray other, NDArray kept, NDArray left) {}

  private Terms backward(
      DeviceBatch batch, NDArray logits, Rank rank, long[] targets, double ramp) {
    NDManager scratch = logits.getManager();
    NDArray target = scratch.create(targets, new Shape(batch.rows(), 1));
    RankMasks masks = masks(logits, targets, rank, scratch);
    NDArray kept = lineage.of(classifier.logits(batch, masks.kept, true), rank);
    NDArray left = lineage.of(classifier.logits(batch, masks.left, true), rank);
    NDArray mask = content(masks.mask);
    NDArray other = content(masks.other);
    LossWeights w = recipe.weights;
    NDList terms =
        new NDList(
            MaskLoss.crossEntropy(kept, target),
            MaskLoss.negativeEntropy(left),
            MaskLoss.bounding(mask, w.least, w.most),
            MaskLoss.area(mask),
            MaskLoss.area(other),
            MaskLoss.totalVariation(mask).add(MaskLoss.totalVariation(other)));
    double area = w.area * ramp;
    NDArray loss =
        MaskLoss.weighted(
            terms, 1, w.entropy, area, area * w.mask, area * w.other, w.smoothness * ramp);
    JniUtils.backward((PtNDArray) loss, (PtNDArray) scratch.ones(loss.getShape()), false, false);
    double[] values = terms.stream().mapToDouble(NDArray::getFloat).toArray();
    return new Terms(
        loss.getFloat(), values[0], values[1], values[2], values[3], values[4], values[5]);
  }

  private RankMasks masks(NDArray logits, long[] targets, Rank rank, NDManager scratch) {
    long rows = logits.getShape().get(0);
    long width = logits.getShape().get(1);
    int taxa = taxonomy.size(rank);
    NDArray ofRank = ofRank(logits, rank);
    long[] index = new long[(int) (rows * width)];
    float[] exclude = new float[(int) rows * taxa];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(index, (int) (row * width), (int) ((row + 1) * width), targets[row]);
      exclude[Math.toIntExact(row * (long) taxa + targets[row])] = EXCLUDED;
    }
    NDArray target = ofRank.gather(scratch.create(index, new Shape(rows, width, 1)), 2).squeeze(2);
    NDArray others =
        ofRank.add(scratch.create(exclude, new Shape(rows, 1, taxa))).max(new int[] {2});
    NDArray mask = sigmoid(target);
    NDArray kept;
    NDArray left;
    if (recipe.gate == Gate.SOFT) {
      kept = mask;
      left = mask.neg().add(1f);
    } else {
      NDArray noisy = sigmoid(target.add(noise(scratch, rows, width)));
      NDArray frozen = noisy.stopGradient();
      NDArray hard = frozen.gt(0.5f).toType(DataType.FLOAT32, false);
      NDArray zero = noisy.sub(frozen);
      kept = hard.mul(zero.add(1f));
      left = hard.neg().add(1f).mul(zero.neg().add(1f));
    }
    return new RankMasks(mask, sigmoid(others), keepCls(kept), keepCls(left));
  }

  /** The logits [B,T,C_r] of a rank's taxa. */
  private NDArray ofRank(NDArray logits, Rank rank) {
    int offset = taxonomy.offset(rank);
    return logits.get(new NDIndex(":, :, " + offset + ":" + (offset + taxonomy.size(rank))));
  }

  private NDArray noise(NDManager scratch, long rows, long width) {
    float[] noise = new float[(int) (rows * width)];
    for (int i = 0; i < noise.length; i++) {
      double uniform = 1e-4 + random.nextDouble() * (1 - 2e-4);
      noise[i] = (float) (recipe.noise * Math.log(uniform / (1 - uniform)));
    }
    return scratch.create(noise, new Shape(rows, width));
  }

  private static NDArray keepCls(NDArray gate) {
    NDArray rest = content(gate);
    return gate.getManager().ones(new Shape(gate.getShape().get(0), 1)).concat(rest, 1);
  }

  /** The places of the content tokens: all but {@code <cls>}. */
  private static NDArray content(NDArray places) {
    return places.get(new NDIndex(":, 1:"));
  }

  private static NDArray sigmoid(NDArray logits) {
    return logits.getNDArrayInternal().sigmoid();
  }
}
