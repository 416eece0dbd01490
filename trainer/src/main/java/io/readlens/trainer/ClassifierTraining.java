package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.readlens.model.evaluation.BalancedAccuracy;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Vocabulary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Trains the classifier: the sum of the three ranks' cross-entropies on reads of mixed lengths, a
 * share of which lose tokens, and a few blank and random reads that must be called nothing.
 *
 * <p>Threading: one thread; the engine may use more for one operator.
 */
final class ClassifierTraining {
  /** One read in so many is blank, all N or all unknown, and has a uniform target. */
  private static final int BLANK_READS = 48;

  /** One read in so many is of random bases, no organism's, and has a uniform target. */
  private static final int RANDOM_READS = 8;

  /** The least share of G and C in random bases, and one less the greatest. */
  private static final double LEAST_GC = 0.2;

  private static final double SMOOTHING = 0.98;

  /**
   * @param reads reads to train on
   * @param tokensPerStep tokens in a batch, about
   * @param lengths read lengths in tokens, drawn evenly a batch
   * @param schedule the learning rate
   * @param beta2 Adam's second decay
   * @param clip greatest norm of the gradients
   * @param weightDecay of matrices
   * @param hiding the share of reads that lose tokens
   * @param bagRate multiplies the learning rate of the embedding, the final norm and the heads
   * @param headsOnly whether the encoder stays as it is
   * @param teaching the teacher's share of what a read is to be called, in [0, 1]
   * @param seed of everything random
   * @param threads cores for one operator
   */
  record Recipe(
      long reads,
      int tokensPerStep,
      List<Integer> lengths,
      Schedule schedule,
      double beta2,
      double clip,
      double weightDecay,
      double hiding,
      double bagRate,
      boolean headsOnly,
      double teaching,
      long seed,
      int threads) {}

  private final Recipe recipe;
  private final NDManager manager;
  private final Taxonomy taxonomy;
  private final TaxonClassifier classifier;
  private final ReadSampler sampler;
  private final List<LabelledRead> validation;
  private final Optional<KmerTeacher> teacher;
  private final Random random;
  private final AdamW optimizer;
  private final double[] losses = new double[Rank.values().length];

  ClassifierTraining(
      Recipe recipe,
      NDManager manager,
      Taxonomy taxonomy,
      TaxonClassifier classifier,
      List<Genome> genomes,
      List<LabelledRead> validation,
      Optional<KmerTeacher> teacher) {
    this.recipe = recipe;
    this.manager = manager;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    this.sampler = new ReadSampler(genomes, taxonomy, new Random(recipe.seed * 31 + 1));
    this.validation = validation;
    this.teacher = teacher;
    this.random = new Random(recipe.seed * 31 + 2);
    optimizer = new AdamW(manager, 0.9, recipe.beta2, recipe.clip);
    Map<String, NDArray> bag = new TreeMap<>();
    Map<String, NDArray> layers = new TreeMap<>();
    classifier
        .tensors()
        .byName()
        .forEach(
            (name, tensor) -> {
              if (!recipe.headsOnly || name.startsWith("classifier.")) {
                tensor.setRequiresGradient(true);
                (name.contains(".layer.") ? layers : bag).put(name, tensor);
              }
            });
    optimizer.add(bag, recipe.bagRate, recipe.weightDecay);
    optimizer.add(layers, 1, recipe.weightDecay);
  }

  /** What happens at a measurement. */
  interface Measured {
    void at(long reads, Map<Rank, Double> balancedAccuracy);
  }

  /**
   * Trains to the end.
   *
   * @param curve takes a line every few steps
   * @param measurements how many times the validation reads are classified on the way
   */
  void run(LearningCurve curve, int measurements, Measured measured) {
    TorchThread.forTraining(recipe.threads);
    long reads = 0;
    long nextMeasurement = recipe.reads / measurements;
    long started = System.nanoTime();
    long logged = started;
    for (int step = 0; reads < recipe.reads; step++) {
      double rate = recipe.schedule.rate(step, (double) reads / recipe.reads);
      int tokens = recipe.lengths.get(random.nextInt(recipe.lengths.size()));
      int rows = Math.max(2, recipe.tokensPerStep / tokens);
      accumulate(rows, tokens);
      double norm = optimizer.step(rate);
      reads += rows;
      long now = System.nanoTime();
      boolean measure = reads >= nextMeasurement || reads >= recipe.reads;
      if (measure || now - logged > 10_000_000_000L) {
        logged = now;
        Map<Rank, Double> accuracy = new EnumMap<>(Rank.class);
        if (measure) {
          nextMeasurement += recipe.reads / measurements;
          accuracy = validate();
          measured.at(reads, accuracy);
        }
        double corrected = 1 - Math.pow(SMOOTHING, step + 1.0);
        curve.add(
            step + 1.0,
            (double) reads,
            (now - started) / 1e9,
            losses[0] / corrected,
            losses[1] / corrected,
            losses[2] / corrected,
            norm,
            rate,
            accuracy.getOrDefault(Rank.SUPERKINGDOM, Double.NaN),
            accuracy.getOrDefault(Rank.PHYLUM, Double.NaN),
            accuracy.getOrDefault(Rank.GENUS, Double.NaN));
      }
    }
    classifier.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  /** The columns that {@link #run} writes. */
  static LearningCurve curve(Path file) {
    return new LearningCurve(
        file,
        "step",
        "reads",
        "seconds",
        "loss_superkingdom",
        "loss_phylum",
        "loss_genus",
        "gradient_norm",
        "learning_rate",
        "validation_superkingdom",
        "validation_phylum",
        "validation_genus");
  }

  /** Adds the gradients of one batch of reads, all of one length. */
  private void accumulate(int rows, int tokens) {
    int width = tokens + 1;
    int taxa = taxonomy.size();
    long[] ids = new long[rows * width];
    float[] gate = new float[rows * width];
    float[] targets = new float[rows * taxa];
    for (int row = 0; row < rows; row++) {
      int from = row * width;
      Arrays.fill(gate, from, from + width, 1);
      ids[from] = Vocabulary.CLS;
      if (random.nextInt(BLANK_READS) == 0) {
        long token = random.nextInt(4) == 0 ? Vocabulary.UNKNOWN : Vocabulary.N;
        Arrays.fill(ids, from + 1, from + width, token);
        wantNothing(targets, row * taxa);
        continue;
      }
      if (random.nextInt(RANDOM_READS) == 0) {
        randomBases(ids, from + 1, from + width);
        wantNothing(targets, row * taxa);
        continue;
      }
      LabelledRead read = sampler.sample(tokens * Vocabulary.K);
      for (int i = 0; i < tokens; i++) {
        ids[from + 1 + i] = read.tokens().tokenId(i);
      }
      boolean hides = random.nextDouble() < recipe.hiding;
      if (hides) {
        TokenGates.hideTokens(gate, from, width, random);
      }
      want(read, hides, targets, row * taxa);
    }
    for (int i = 0; i < targets.length; i++) {
      targets[i] /= rows; // Not the loss: the engine forgets a plain number before its gradient.
    }
    try (NDManager batch = manager.newSubManager()) {
      Shape shape = new Shape(rows, width);
      DeviceBatch deviceBatch =
          new DeviceBatch(batch.create(ids, shape), batch.ones(shape), batch.create(new Shape(0)));
      NDArray logits = classifier.logits(deviceBatch, batch.create(gate, shape), true);
      long[] ranks = {taxonomy.offset(Rank.PHYLUM), taxonomy.offset(Rank.GENUS)};
      NDList heads = logits.split(ranks, 1);
      NDList wanted = batch.create(targets, new Shape(rows, taxa)).split(ranks, 1);
      NDArray total = null;
      for (int rank = 0; rank < losses.length; rank++) {
        NDArray logProbability = heads.get(rank).logSoftmax(1);
        NDArray loss = logProbability.mul(wanted.get(rank)).sum().neg();
        losses[rank] = SMOOTHING * losses[rank] + (1 - SMOOTHING) * loss.getFloat();
        total = total == null ? loss : total.add(loss);
      }
      JniUtils.backward((PtNDArray) total, (PtNDArray) batch.ones(total.getShape()), false, false);
    }
  }

  /** Tokens of random bases with a random share of G and C. */
  private void randomBases(long[] ids, int from, int to) {
    double gc = LEAST_GC + random.nextDouble() * (1 - 2 * LEAST_GC);
    for (int i = from; i < to; i++) {
      int kmer = 0;
      for (int base = 0; base < Vocabulary.K; base++) {
        // Digits 0 and 1 are A and T, 2 and 3 are C and G.
        int strong = random.nextDouble() < gc ? 2 : 0;
        kmer = kmer << 2 | strong | random.nextInt(2);
      }
      ids[i] = (long) Vocabulary.FIRST_KMER + kmer;
    }
  }

  /** A blank read is to be called nothing: every rank's taxa are equally probable. */
  private void wantNothing(float[] targets, int from) {
    for (Rank rank : Rank.values()) {
      int first = from + taxonomy.offset(rank);
      Arrays.fill(targets, first, first + taxonomy.size(rank), 1f / taxonomy.size(rank));
    }
  }

  /**
   * The probabilities that a read's heads are to have: the teacher's for the share that it teaches,
   * the label's for the rest. A rank of which the read has no label, and no teacher, has no target.
   * The teacher has seen the whole read, and so says nothing of one that hides tokens.
   */
  private void want(LabelledRead read, boolean hides, float[] targets, int from) {
    double taught = teacher.isEmpty() || hides ? 0 : recipe.teaching;
    if (taught > 0) {
      float[] probabilities = teacher.get().probabilities(read.bases());
      for (int c = 0; c < probabilities.length; c++) {
        targets[from + c] = (float) (taught * probabilities[c]);
      }
    }
    for (Rank rank : Rank.values()) {
      int label = read.label(rank);
      if (label >= 0) {
        targets[from + taxonomy.offset(rank) + label] += (float) (1 - taught);
      }
    }
  }

  /** Balanced accuracy of the validation reads at every rank. */
  Map<Rank, Double> validate() {
    JniUtils.setGradMode(false);
    Map<Rank, BalancedAccuracy> accuracy = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      accuracy.put(rank, new BalancedAccuracy());
    }
    int rows = 64;
    for (int from = 0; from < validation.size(); from += rows) {
      List<LabelledRead> part = validation.subList(from, Math.min(validation.size(), from + rows));
      try (NDManager batch = manager.newSubManager()) {
        TokenBatch tokens =
            TokenBatch.of(
                part.stream()
                    .map(read -> new TokenizedRead.Window(read.tokens(), 0, read.tokens().tokens()))
                    .toList());
        float[] logits = classifier.logits(DeviceBatch.of(batch, tokens)).toFloatArray();
        for (int row = 0; row < part.size(); row++) {
          TaxonProbabilities probabilities =
              TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.size());
          for (Rank rank : Rank.values()) {
            int truth = part.get(row).label(rank);
            Taxon best = probabilities.best(rank);
            if (truth >= 0) {
              accuracy.get(rank).add(truth, best.index());
            }
          }
        }
      }
    }
    JniUtils.setGradMode(true);
    Map<Rank, Double> values = new EnumMap<>(Rank.class);
    accuracy.forEach((rank, value) -> values.put(rank, value.value()));
    return values;
  }
}
