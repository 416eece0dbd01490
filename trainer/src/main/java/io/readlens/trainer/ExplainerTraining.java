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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
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

  /** Tokens on either side that evidence is averaged with: spans of some 150 bases. */
  private static final int NEIGHBOURS = 12;

  /**
   * @param imitation reads to learn the classifier's evidence from, before the loss
   * @param reads reads to train on by the loss
   * @param rows reads a batch
   * @param lengths of reads cut from genomes
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
      ReadLengths lengths,
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
  private final TrainingReads reads;
  private final List<LabelledRead> validation;
  private final ExplainerLoss loss;
  private final int mostTokens;

  /**
   * @param manager owner of what the training needs
   * @param reads to train on
   * @param validation reads to measure the loss on; may be none where the training is not stopped
   * @param mostTokens tokens of a validation read from which on the rest is cut off
   */
  ExplainerTraining(
      Recipe recipe,
      NDManager manager,
      Taxonomy taxonomy,
      TaxonClassifier classifier,
      Explainer explainer,
      TrainingReads reads,
      List<LabelledRead> validation,
      int mostTokens) {
    if (recipe.patience > 0 && validation.isEmpty()) {
      throw new IllegalArgumentException(
          "a training that stops by itself needs validation reads, and there are none");
    }
    this.recipe = recipe;
    this.manager = manager;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    this.explainer = explainer;
    this.reads = reads;
    this.validation = List.copyOf(validation);
    loss = new ExplainerLoss(recipe.loss, manager, taxonomy, classifier);
    this.mostTokens = mostTokens;
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
    AdamW optimizer = optimizer();
    TrainingLoop loop =
        new TrainingLoop(
            directory,
            "learning-curve-explainer.tsv",
            ExplainerLoss.TERMS,
            List.of("validation_loss"),
            settings,
            recipe.seed,
            optimizer,
            explainer.tensors().byName());
    trained().values().forEach(tensor -> tensor.setRequiresGradient(true));
    loop.run(List.of(imitation(), byLoss()), save);
    explainer.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  /** What the steps of each of its phases cost, beside making masks of every taxon. */
  Map<String, StepCost> cost(int steps, int threads) {
    TorchThread.forTraining(threads);
    AdamW optimizer = optimizer();
    trained().values().forEach(tensor -> tensor.setRequiresGradient(true));
    Map<String, StepCost> costs = new LinkedHashMap<>();
    costs.put("imitation", cost(steps, optimizer, imitation()));
    costs.put("loss", cost(steps, optimizer, byLoss()));
    explainer.tensors().requireGradients(false);
    return costs;
  }

  private StepCost cost(int steps, AdamW optimizer, TrainingLoop.Phase phase) {
    return StepCost.measure(
        steps, optimizer, this::forward, random -> phase.step().accumulate(random, 0, 1));
  }

  /** Makes masks of a step's reads; their tokens. */
  private long forward(Random random) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = sample(batchManager, random, 0);
      explainer.logits(classifier, batch.device()).toFloatArray();
      return (long) batch.rows() * batch.width();
    }
  }

  /** The tensors that an optimizer changes, by name. */
  private Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new TreeMap<>(explainer.tensors().byName());
    trained.keySet().removeIf(name -> name.contains(".running_"));
    return trained;
  }

  private AdamW optimizer() {
    AdamW optimizer = new AdamW(manager, 0.9, recipe.beta2, recipe.clip);
    optimizer.add(trained(), 1, recipe.weightDecay);
    return optimizer;
  }

  private TrainingLoop.Phase imitation() {
    double share = (recipe.loss.least() + recipe.loss.most()) / 2;
    EvidenceTargets targets = new EvidenceTargets(taxonomy, NEIGHBOURS, share);
    return new TrainingLoop.Phase(
        recipe.imitation,
        1,
        recipe.schedule,
        EarlyStopping.never(),
        (random, seen, progress) -> imitate(random, seen, targets),
        () -> new double[] {Double.NaN});
  }

  private TrainingLoop.Phase byLoss() {
    return new TrainingLoop.Phase(
        recipe.reads,
        recipe.measurements,
        recipe.schedule,
        new EarlyStopping(recipe.patience, recipe.minDelta),
        this::accumulate,
        () -> new double[] {validate()});
  }

  private LabelledBatch sample(NDManager batchManager, Random random, long seen) {
    TrainingReads.Draw draw = reads.draw(seen, random);
    List<LabelledRead> rows = new ArrayList<>();
    for (int row = 0; row < recipe.rows; row++) {
      rows.add(draw.reads().next());
    }
    return LabelledBatch.of(batchManager, rows, draw.mostTokens());
  }

  /** Adds the gradients of a batch that shows the Explainer where the classifier's evidence is. */
  private TrainingLoop.Done imitate(Random random, long seen, EvidenceTargets evidenceTargets) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = sample(batchManager, random, seen);
      JniUtils.setGradMode(false);
      float[] evidence = classifier.evidence(batch.device()).toFloatArray();
      JniUtils.setGradMode(true);
      Map<Rank, long[]> called = loss.called(batch, List.of(Rank.values()));
      Explainer.Trained trained = explainer.train(classifier, batch.device());
      updateStatistics(trained);
      float[] shares = shares(batch.rows());
      boolean[] places = batch.tokenPlaces();
      NDArray tokens = trained.logits().get(new NDIndex(":, 1:"));
      NDArray total = null;
      for (Rank rank : Rank.values()) {
        float[] targets =
            evidenceTargets.of(evidence, places, batch.width(), rank, called.get(rank));
        int first = taxonomy.offset(rank);
        int taxa = taxonomy.size(rank);
        NDArray wanted =
            batchManager
                .create(targets, new Shape(batch.rows(), batch.width(), taxa))
                .get(new NDIndex(":, 1:"));
        NDArray term =
            MaskLoss.binaryCrossEntropy(
                tokens.get(new NDIndex(":, :, " + first + ":" + (first + taxa))),
                wanted,
                batchManager.create(
                    halves(called.get(rank), taxa), new Shape(batch.rows(), 1, taxa)));
        NDArray mean = MaskLoss.mean(batch.overTokens().area(term), shares);
        total = total == null ? mean : total.add(mean);
      }
      backward(total);
      List<Double> terms = new ArrayList<>(Collections.nCopies(ExplainerLoss.TERMS.size(), 0.0));
      terms.set(0, (double) total.getFloat() / Rank.values().length);
      return new TrainingLoop.Done(recipe.rows, terms);
    }
  }

  /** Adds the gradients of one batch and one of the loss's passes. */
  private TrainingLoop.Done accumulate(Random random, long seen, double progress) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = sample(batchManager, random, seen);
      List<List<Rank>> passes = loss.passes();
      List<Rank> pass = passes.get(random.nextInt(passes.size()));
      Explainer.Trained trained = explainer.train(classifier, batch.device());
      updateStatistics(trained);
      double share = recipe.ramp == 0 ? 1 : Math.min(1, progress / recipe.ramp);
      ExplainerLoss.Terms terms =
          loss.of(batch, trained.logits(), pass, loss.draw(batch, random), share);
      backward(terms.total());
      return new TrainingLoop.Done(recipe.rows, Arrays.stream(terms.values()).boxed().toList());
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
        LabelledBatch batch =
            LabelledBatch.of(batchManager, validation.subList(from, to), mostTokens);
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

  /**
   * Weights [B,C]: one half for a read's called taxon, if any, one half for all others together.
   */
  private static float[] halves(long[] called, int taxa) {
    float[] weights = new float[called.length * taxa];
    Arrays.fill(weights, 0.5f / Math.max(1, taxa - 1));
    for (int row = 0; row < called.length; row++) {
      if (called[row] >= 0) {
        weights[row * taxa + (int) called[row]] = 0.5f;
      }
    }
    return weights;
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
    if (trained.statistics().isEmpty()) {
      return;
    }
    JniUtils.setGradMode(false);
    move(explainer.runningMean(), trained.statistics().get(0));
    move(explainer.runningVariance(), trained.statistics().get(1));
    JniUtils.setGradMode(true);
  }

  private static void move(NDArray running, NDArray batch) {
    running.muli(1 - STATISTICS_MOMENTUM);
    running.addi(batch.mul(STATISTICS_MOMENTUM));
  }
}
