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
import java.util.Random;

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
   * @param reads reads to train on
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
    optimizer = new AdamW(manager, 0.9, 0.99, 1);
    List<NDArray> trained = new ArrayList<>();
    explainer
        .tensors()
        .byName()
        .forEach(
            (name, tensor) -> {
              if (!name.contains(".running_")) {
                trained.add(tensor);
              }
            });
    optimizer.add(trained, 1, 0);
  }

  /** The terms of one batch's loss, each summed over the ranks, and the kept share. */
  private record Terms(
      double crossEntropy, double entropy, double bounding, double area, double other, double tv) {}

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
   * Trains to the end.
   *
   * @param curve takes a line every few seconds
   * @param saves how many times {@code save} is run on the way, the last time at the end
   */
  void run(LearningCurve curve, int saves, Runnable save) {
    TorchThread.forTraining(recipe.threads);
    explainer.tensors().requireGradients(true);
    explainer.runningMean().setRequiresGradient(false);
    explainer.runningVariance().setRequiresGradient(false);
    double[] smooth = new double[6];
    long reads = 0;
    long nextSave = recipe.reads / saves;
    long started = System.nanoTime();
    long logged = started;
    for (int step = 0; reads < recipe.reads; step++) {
      double progress = (double) reads / recipe.reads;
      Terms terms = accumulate(recipe.lengths.get(random.nextInt(recipe.lengths.size())), progress);
      double rate = recipe.schedule.rate(step, progress);
      double norm = optimizer.step(rate);
      reads += recipe.rows;
      double[] now = {
        terms.crossEntropy, terms.entropy, terms.bounding, terms.area, terms.other, terms.tv
      };
      double corrected = 1 - Math.pow(SMOOTHING, step + 1.0);
      for (int i = 0; i < smooth.length; i++) {
        smooth[i] = SMOOTHING * smooth[i] + (1 - SMOOTHING) * now[i];
      }
      long clock = System.nanoTime();
      if (clock - logged > 10_000_000_000L || reads >= recipe.reads) {
        logged = clock;
        curve.add(
            step + 1.0,
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
      if (reads >= nextSave || reads >= recipe.reads) {
        nextSave += recipe.reads / saves;
        save.run();
      }
    }
    explainer.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  /** Adds the gradients of one batch. */
  private Terms accumulate(int tokens, double progress) {
    List<Window> windows = new ArrayList<>();
    for (int row = 0; row < recipe.rows; row++) {
      windows.add(new Window(sampler.sample(tokens * Vocabulary.K).tokens(), 0, tokens));
    }
    try (NDManager batchManager = manager.newSubManager()) {
      DeviceBatch batch = DeviceBatch.of(batchManager, TokenBatch.of(windows));
      long[][] targets = called(batch);
      Explainer.Trained trained = explainer.train(batch);
      updateStatistics(trained);
      return backward(batch, trained.logits(), targets, Math.min(1, progress / 0.2));
    }
  }

  /** The taxon that the classifier calls at each rank, [ranks][B], from the whole read. */
  private long[][] called(DeviceBatch batch) {
    JniUtils.setGradMode(false);
    float[] logits = classifier.logits(batch).toFloatArray();
    JniUtils.setGradMode(true);
    long[][] called = new long[RANKS.length][batch.rows()];
    for (int row = 0; row < batch.rows(); row++) {
      TaxonProbabilities probabilities =
          TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.size());
      for (int r = 0; r < RANKS.length; r++) {
        called[r][row] = probabilities.best(RANKS[r]).index();
      }
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

  private Terms backward(DeviceBatch batch, NDArray logits, long[][] targets, double ramp) {
    NDManager scratch = logits.getManager();
    NDArray total = null;
    double[] sums = new double[6];
    for (int r = 0; r < RANKS.length; r++) {
      NDArray target = scratch.create(targets[r], new Shape(batch.rows(), 1));
      RankMasks masks = masks(logits, targets[r], RANKS[r], scratch);
      NDArray kept = rankLogits(classifier.logits(batch, masks.kept, true), RANKS[r]);
      NDArray left = rankLogits(classifier.logits(batch, masks.left, true), RANKS[r]);
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
      for (int i = 0; i < sums.length; i++) {
        sums[i] += terms.get(i).getFloat() / RANKS.length;
      }
      double area = w.area * ramp;
      NDArray loss =
          MaskLoss.weighted(
              terms, 1, w.entropy, area, area * w.mask, area * w.other, w.smoothness * ramp);
      total = total == null ? loss : total.add(loss);
    }
    JniUtils.backward((PtNDArray) total, (PtNDArray) scratch.ones(total.getShape()), false, false);
    return new Terms(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
  }

  private RankMasks masks(NDArray logits, long[] targets, Rank rank, NDManager scratch) {
    long rows = logits.getShape().get(0);
    long width = logits.getShape().get(1);
    int taxa = taxonomy.size(rank);
    int offset = taxonomy.offset(rank);
    NDArray ofRank = logits.get(new NDIndex(":, :, " + offset + ":" + (offset + taxa)));
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

  private NDArray rankLogits(NDArray logits, Rank rank) {
    int offset = taxonomy.offset(rank);
    return logits.get(new NDIndex(":, " + offset + ":" + (offset + taxonomy.size(rank))));
  }

  private static NDArray sigmoid(NDArray logits) {
    return logits.getNDArrayInternal().sigmoid();
  }
}
