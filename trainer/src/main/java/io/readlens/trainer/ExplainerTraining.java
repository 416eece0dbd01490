package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Trains the Explainer against a frozen classifier: first, if asked to, on where the classifier
 * itself finds its evidence, then by the {@link ExplainerLoss}, one of its passes a step.
 *
 * <p>Threading: one thread; the engine may use more for one operator.
 */
final class ExplainerTraining {
  private static final double STATISTICS_MOMENTUM = 0.05;

  /** Tokens on either side that evidence is averaged with: spans of some 70 bases. */
  private static final int NEIGHBOURS = 5;

  /**
   * @param imitation reads to learn the classifier's evidence from, before the loss
   * @param reads reads to train on by the loss
   * @param rows reads a batch
   * @param lengths read lengths in tokens, drawn evenly
   * @param mixed whether a length is drawn for every read, not for every batch
   * @param schedule the learning rate
   * @param beta2 Adam's second decay
   * @param clip greatest norm of the gradients
   * @param weightDecay of matrices; 0 makes AdamW Adam
   * @param ramp the share of the training over which the weights of area, smoothness and forcing
   *     rise
   * @param measurements how many times the validation loss is measured and the weights are saved
   * @param patience measurements that may bring nothing before the training is stopped, the best
   *     weights kept; 0 for one that is not stopped
   * @param minDelta by how much a lower loss is lower
   * @param loss what is made small
   * @param seed of everything random
   */
  record Recipe(
      long imitation,
      long reads,
      int rows,
      List<Integer> lengths,
      boolean mixed,
      @JsonUnwrapped Schedule schedule,
      double beta2,
      double clip,
      double weightDecay,
      double ramp,
      int measurements,
      int patience,
      double minDelta,
      @JsonUnwrapped ExplainerLoss.Settings loss,
      long seed) {}

  private final Recipe recipe;
  private final NDManager manager;
  private final Taxonomy taxonomy;
  private final TaxonClassifier classifier;
  private final Explainer explainer;
  private final ReadSampler sampler;
  private final List<LabelledRead> validation;
  private final ExplainerLoss loss;
  private final int longest;

  /**
   * @param manager owner of what the training needs
   * @param genomes that reads are cut from
   * @param validation reads to measure the loss on; may be none where the training is not stopped
   */
  ExplainerTraining(
      Recipe recipe,
      NDManager manager,
      Taxonomy taxonomy,
      TaxonClassifier classifier,
      Explainer explainer,
      List<Genome> genomes,
      List<LabelledRead> validation) {
    if (recipe.patience > 0 && validation.isEmpty()) {
      throw new IllegalArgumentException(
          "a training that stops by itself needs validation reads, and there are none");
    }
    this.recipe = recipe;
    this.manager = manager;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    this.explainer = explainer;
    this.sampler = new ReadSampler(genomes, taxonomy, new Random(recipe.seed));
    this.validation = List.copyOf(validation);
    loss = new ExplainerLoss(recipe.loss, manager, taxonomy, classifier);
    longest = Collections.max(recipe.lengths);
  }

  /**
   * Trains to the end, or goes on with a training of the same settings that was interrupted.
   *
   * @param directory where the learning curve and, while it runs, the state are
   * @param settings all that the result depends on
   * @param threads cores for one operator
   * @param save keeps the Explainer's weights as they are
   * @throws IOException if the directory holds the state of another training
   */
  void run(Path directory, JsonNode settings, int threads, Runnable save) throws IOException {
    TorchThread.forTraining(threads);
    Map<String, NDArray> trained = new TreeMap<>(explainer.tensors().byName());
    trained.keySet().removeIf(name -> name.contains(".running_"));
    AdamW optimizer = new AdamW(manager, 0.9, recipe.beta2, recipe.clip);
    optimizer.add(trained, 1, recipe.weightDecay);
    TrainingLoop loop =
        new TrainingLoop(
            directory,
            "learning-curve-explainer.tsv",
            ExplainerLoss.TERMS,
            settings,
            recipe.seed,
            optimizer,
            explainer.tensors().byName());
    trained.values().forEach(tensor -> tensor.setRequiresGradient(true));
    loop.run(List.of(imitation(), byLoss()), save);
    explainer.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  private TrainingLoop.Phase imitation() {
    double share = (recipe.loss.least() + recipe.loss.most()) / 2;
    EvidenceTargets targets = new EvidenceTargets(taxonomy, NEIGHBOURS, share);
    return new TrainingLoop.Phase(
        recipe.imitation,
        recipe.rows,
        1,
        recipe.schedule,
        EarlyStopping.never(),
        (random, progress) -> imitate(random, targets),
        () -> Double.NaN);
  }

  private TrainingLoop.Phase byLoss() {
    return new TrainingLoop.Phase(
        recipe.reads,
        recipe.rows,
        recipe.measurements,
        recipe.schedule,
        new EarlyStopping(recipe.patience, recipe.minDelta),
        this::accumulate,
        this::validate);
  }

  private LabelledBatch sample(NDManager batchManager, Random random) {
    ReadSampler reads = sampler.with(random);
    List<LabelledRead> rows = new ArrayList<>();
    int tokens = length(random);
    for (int row = 0; row < recipe.rows; row++) {
      rows.add(reads.sample(tokens * Vocabulary.K));
      tokens = recipe.mixed ? length(random) : tokens;
    }
    return LabelledBatch.of(batchManager, rows, recipe.mixed ? longest : tokens);
  }

  private int length(Random random) {
    return recipe.lengths.get(random.nextInt(recipe.lengths.size()));
  }

  /** Adds the gradients of a batch that shows the Explainer where the classifier's evidence is. */
  private double[] imitate(Random random, EvidenceTargets evidenceTargets) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = sample(batchManager, random);
      JniUtils.setGradMode(false);
      float[] evidence = classifier.evidence(batch.device()).toFloatArray();
      JniUtils.setGradMode(true);
      Map<Rank, long[]> called = loss.called(batch, List.of(Rank.values()));
      Explainer.Trained trained = explainer.train(classifier, batch.device());
      updateStatistics(trained);
      float[] shares = shares(batch.rows());
      NDArray total = null;
      for (Rank rank : Rank.values()) {
        float[] targets =
            evidenceTargets.of(
                evidence, batch.tokens().lengths(), batch.width(), rank, called.get(rank));
        int first = taxonomy.offset(rank);
        int taxa = taxonomy.size(rank);
        NDArray term =
            MaskLoss.binaryCrossEntropy(
                trained.logits().get(new NDIndex(":, :, " + first + ":" + (first + taxa))),
                batchManager.create(targets, new Shape(batch.rows(), batch.width(), taxa)));
        NDArray mean = MaskLoss.mean(batch.overPlaces().area(term), shares);
        total = total == null ? mean : total.add(mean);
      }
      backward(total);
      double[] terms = new double[ExplainerLoss.TERMS.size()];
      terms[0] = total.getFloat() / Rank.values().length;
      return terms;
    }
  }

  /** Adds the gradients of one batch and one of the loss's passes. */
  private double[] accumulate(Random random, double progress) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = sample(batchManager, random);
      List<List<Rank>> passes = loss.passes();
      List<Rank> pass = passes.get(random.nextInt(passes.size()));
      Explainer.Trained trained = explainer.train(classifier, batch.device());
      updateStatistics(trained);
      double share = recipe.ramp == 0 ? 1 : Math.min(1, progress / recipe.ramp);
      ExplainerLoss.Terms terms =
          loss.of(batch, trained.logits(), pass, loss.draw(batch, random), share);
      backward(terms.total());
      return terms.values();
    }
  }

  /**
   * The loss at full weights on the validation reads, by the masks as they are published: running
   * statistics, no noise; NaN where there are no reads.
   */
  double validate() {
    boolean gradients = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    double sum = 0;
    for (int from = 0; from < validation.size(); from += recipe.rows) {
      int to = Math.min(validation.size(), from + recipe.rows);
      try (NDManager batchManager = manager.newSubManager()) {
        LabelledBatch batch = LabelledBatch.of(batchManager, validation.subList(from, to), longest);
        NDArray logits = explainer.logits(classifier, batch.device());
        for (List<Rank> pass : loss.passes()) {
          double mean = loss.of(batch, logits, pass, loss.asPublished(batch), 1).total().getFloat();
          sum += mean * (to - from) / loss.passes().size();
        }
      }
    }
    JniUtils.setGradMode(gradients);
    return sum / validation.size();
  }

  private static float[] shares(int rows) {
    float[] shares = new float[rows];
    Arrays.fill(shares, 1f / rows);
    return shares;
  }

  private static void backward(NDArray total) {
    NDArray one = total.getManager().ones(total.getShape());
    JniUtils.backward((PtNDArray) total, (PtNDArray) one, false, false);
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
}
