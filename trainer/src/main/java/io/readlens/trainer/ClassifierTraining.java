package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.readlens.model.evaluation.BalancedAccuracy;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Trains the classifier: the sum of the three ranks' cross-entropies on reads of mixed lengths, a
 * share of which lose tokens, and a few blank and random reads that must be called nothing. Where
 * taxa are drawn unevenly, the cross-entropy is that of the logits and the logarithms of the taxa's
 * shares, so that the logits alone take all taxa for equally common (Menon et al., "Long-tail
 * learning via logit adjustment").
 *
 * <p>Threading: one thread; the engine may use more for one operator.
 */
final class ClassifierTraining {
  /** Of reads that are nothing, one in so many is blank, the others are of random bases. */
  private static final int BLANK_READS = 7;

  /**
   * Validation reads of fewer bases are measured apart: what is good for one may be bad for both.
   */
  private static final int SHORT_BASES = 500;

  /** The least share of G and C in random bases, and one less the greatest. */
  private static final double LEAST_GC = 0.2;

  /**
   * @param reads reads to train on
   * @param tokensPerStep tokens in a batch at most, padding counted; two reads may be more
   * @param schedule the learning rate
   * @param beta2 Adam's second decay
   * @param clip greatest norm of the gradients
   * @param weightDecay of matrices
   * @param averaging what a step keeps of the weights' average, which is measured and saved; 0: the
   *     weights themselves are
   * @param hiding the share of reads that lose tokens
   * @param nothing the share of reads that are nothing: blank, all N or all unknown, or of random
   *     bases; every taxon is as likely for them
   * @param bagRate multiplies the learning rate of the embedding, a final norm and the heads
   * @param headsOnly whether the encoder stays as it is
   * @param measurements how many times the validation reads are classified and the weights saved
   * @param seed of everything random
   */
  record Recipe(
      long reads,
      int tokensPerStep,
      @JsonUnwrapped Schedule schedule,
      double beta2,
      double clip,
      double weightDecay,
      double averaging,
      double hiding,
      double nothing,
      double bagRate,
      boolean headsOnly,
      int measurements,
      long seed) {}

  private final Recipe recipe;
  private final NDManager manager;
  private final Taxonomy taxonomy;
  private final TaxonClassifier classifier;
  private final TrainingReads reads;

  /** What there is of short and of long reads. */
  private final Map<String, List<LabelledRead>> validation = new LinkedHashMap<>();

  private final int mostTokens;
  private final float[] imbalance;

  /** Where one softmax over all classes decides. */
  private final Optional<LeafLoss> leaves;

  /** What a step shows of its reads, row-major. */
  private static final class Shown {
    /** [B,T]. */
    private final long[] ids;

    /** [B,T], 0 where a token is hidden. */
    private final float[] gate;

    /** [B,C] probabilities that a read is to be called with. */
    private final float[] targets;

    /** [B,C] what is added to the logits of a read that is something. */
    private final float[] imbalance;

    private Shown(LabelledBatch batch, int taxa) {
      ids = batch.tokens().ids().clone();
      gate = new float[ids.length];
      Arrays.fill(gate, 1);
      targets = new float[batch.rows() * taxa];
      imbalance = new float[batch.rows() * taxa];
    }
  }

  /**
   * @param manager owner of what the training needs
   * @param reads to train on
   * @param validation reads to classify on the way
   * @param mostTokens tokens of a validation read from which on the rest is cut off
   */
  ClassifierTraining(
      Recipe recipe,
      NDManager manager,
      Taxonomy taxonomy,
      TaxonClassifier classifier,
      TrainingReads reads,
      List<LabelledRead> validation,
      int mostTokens) {
    this.recipe = recipe;
    this.manager = manager;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    this.reads = reads;
    for (LabelledRead read : validation) {
      String length = read.bases().length() < SHORT_BASES ? "short" : "long";
      this.validation.computeIfAbsent(length, l -> new ArrayList<>()).add(read);
    }
    this.mostTokens = mostTokens;
    imbalance = reads.imbalance();
    leaves =
        taxonomy.background().isEmpty()
            ? Optional.empty()
            : Optional.of(new LeafLoss(manager, taxonomy, reads.shares(taxonomy)));
  }

  /** Keeps the weights as they are. */
  interface Save {
    /**
     * @param balancedAccuracy at every rank, of short and of long validation reads if there are any
     */
    void of(Map<String, Map<Rank, Double>> balancedAccuracy);
  }

  /**
   * Trains to the end, or goes on with a training of the same settings that was interrupted.
   *
   * @param directory where the learning curve and, while it runs, the state are
   * @param settings all that the result depends on
   * @param threads cores for one operator
   * @throws IOException if the directory holds the state of another training
   */
  void run(Path directory, JsonNode settings, int threads, Save save) throws IOException {
    TorchThread.forTraining(threads);
    AdamW optimizer = optimizer();
    TrainingLoop loop =
        new TrainingLoop(
            directory,
            "learning-curve-classifier.tsv",
            columns("loss_").toList(),
            validation.keySet().stream()
                .flatMap(length -> columns("validation_" + length + "_"))
                .toList(),
            settings,
            recipe.seed,
            optimizer,
            trained());
    trained().values().forEach(tensor -> tensor.setRequiresGradient(true));
    Map<String, Map<Rank, Double>> measured = new LinkedHashMap<>();
    TrainingLoop.Phase phase =
        new TrainingLoop.Phase(
            recipe.reads,
            recipe.measurements,
            recipe.schedule,
            EarlyStopping.never(),
            (random, seen, progress) -> accumulate(random, seen),
            () -> {
              validation.forEach((length, of) -> measured.put(length, validate(of)));
              return measured.values().stream()
                  .flatMap(ranks -> ranks.values().stream())
                  .mapToDouble(Double::doubleValue)
                  .toArray();
            });
    loop.run(List.of(phase), () -> save.of(measured));
    classifier.tensors().requireGradients(false);
    JniUtils.setGradMode(false);
  }

  /** What its steps cost. */
  StepCost cost(int steps, int threads) {
    TorchThread.forTraining(threads);
    AdamW optimizer = optimizer();
    trained().values().forEach(tensor -> tensor.setRequiresGradient(true));
    StepCost cost =
        StepCost.measure(steps, optimizer, this::forward, random -> accumulate(random, 0));
    classifier.tensors().requireGradients(false);
    return cost;
  }

  /** Classifies a step's reads; their tokens. */
  private long forward(Random random) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = batch(batchManager, random, 0);
      classifier.logits(batch.device()).toFloatArray();
      return (long) batch.rows() * batch.width();
    }
  }

  /** The tensors that change, by name. */
  private Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new TreeMap<>(classifier.tensors().byName());
    trained.keySet().removeIf(name -> recipe.headsOnly && !name.startsWith("classifier."));
    return trained;
  }

  private AdamW optimizer() {
    Map<String, NDArray> bag = new TreeMap<>(trained());
    Map<String, NDArray> layers = new TreeMap<>(trained());
    bag.keySet().removeIf(name -> name.contains(".layer."));
    layers.keySet().removeIf(name -> !name.contains(".layer."));
    AdamW optimizer = new AdamW(manager, 0.9, recipe.beta2, recipe.clip, recipe.averaging);
    optimizer.add(bag, recipe.bagRate, recipe.weightDecay);
    optimizer.add(layers, 1, recipe.weightDecay);
    return optimizer;
  }

  private static Stream<String> columns(String prefix) {
    return Arrays.stream(Rank.values()).map(rank -> prefix + rank.label());
  }

  /** The reads of one step. */
  private LabelledBatch batch(NDManager batchManager, Random random, long seen) {
    TrainingReads.Draw draw = reads.draw(seen, random);
    List<LabelledRead> rows = new ArrayList<>();
    int tokens = 1;
    do {
      LabelledRead read = draw.reads().next();
      rows.add(read);
      tokens = Math.max(tokens, Math.min(draw.mostTokens(), read.tokens().places()));
    } while (rows.size() < 2 || (rows.size() + 1) * tokens <= recipe.tokensPerStep);
    return LabelledBatch.of(batchManager, rows, draw.mostTokens());
  }

  /** Adds the gradients of one batch of reads. */
  private TrainingLoop.Done accumulate(Random random, long seen) {
    try (NDManager batchManager = manager.newSubManager()) {
      LabelledBatch batch = batch(batchManager, random, seen);
      List<NDArray> losses =
          leaves.isPresent() ? leafLosses(batch, leaves.get(), random) : headLosses(batch, random);
      return new TrainingLoop.Done(batch.rows(), backward(losses));
    }
  }

  private List<NDArray> leafLosses(LabelledBatch batch, LeafLoss loss, Random random) {
    float[] gate = new float[batch.rows() * batch.width()];
    Arrays.fill(gate, 1);
    for (int row = 0; row < batch.rows(); row++) {
      if (random.nextDouble() < recipe.hiding) {
        TokenGates.hideTokens(gate, row * batch.width(), batch.tokens().lengths()[row], random);
      }
    }
    NDManager scratch = batch.device().ids().getManager();
    NDArray gates = scratch.create(gate, new Shape(batch.rows(), batch.width()));
    return loss.of(
        classifier.logits(batch.device(), gates, true), loss.wanted(batch.reads(), random));
  }

  /** Fills in what is seen of a row, and what it is to be called; or puts nothing in its place. */
  private void show(int row, LabelledBatch batch, Shown shown, Random random) {
    int from = row * batch.width();
    int width = batch.tokens().lengths()[row];
    int target = row * taxonomy.size();
    boolean nothing = random.nextDouble() < recipe.nothing;
    if (nothing && random.nextInt(BLANK_READS) == 0) {
      long token = random.nextInt(4) == 0 ? Vocabulary.UNKNOWN : Vocabulary.N;
      Arrays.fill(shown.ids, from + 1, from + width, token);
      wantNothing(shown.targets, target);
    } else if (nothing) {
      randomBases(shown.ids, from + 1, from + width, random);
      wantNothing(shown.targets, target);
    } else {
      if (random.nextDouble() < recipe.hiding) {
        TokenGates.hideTokens(shown.gate, from, width, random);
      }
      want(batch.reads().get(row), shown.targets, target);
      System.arraycopy(imbalance, 0, shown.imbalance, target, imbalance.length);
    }
  }

  /** The cross-entropies of the ranks' heads, means over the reads. */
  private List<NDArray> headLosses(LabelledBatch batch, Random random) {
    Shown shown = new Shown(batch, taxonomy.size());
    for (int row = 0; row < batch.rows(); row++) {
      show(row, batch, shown, random);
    }
    NDManager scratch = batch.device().ids().getManager();
    Shape places = new Shape(batch.rows(), batch.width());
    Shape taxa = new Shape(batch.rows(), taxonomy.size());
    DeviceBatch device =
        new DeviceBatch(
            scratch.create(shown.ids, places),
            batch.device().valid(),
            batch.device().attentionBias());
    // The targets, not the loss: the engine forgets a plain number before its gradient.
    float[] shares = shown.targets.clone();
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= batch.rows();
    }
    long[] ranks = {taxonomy.offset(Rank.PHYLUM), taxonomy.offset(Rank.GENUS)};
    NDList heads =
        classifier
            .logits(device, scratch.create(shown.gate, places), true)
            .add(scratch.create(shown.imbalance, taxa))
            .split(ranks, 1);
    NDList wanted = scratch.create(shares, taxa).split(ranks, 1);
    List<NDArray> losses = new ArrayList<>();
    for (int head = 0; head < heads.size(); head++) {
      losses.add(heads.get(head).logSoftmax(1).mul(wanted.get(head)).sum().neg());
    }
    return losses;
  }

  /**
   * Adds the gradients of the sum of some losses.
   *
   * @return the losses
   */
  private static List<Double> backward(List<NDArray> losses) {
    NDArray total = losses.stream().reduce(NDArray::add).orElseThrow();
    NDArray one = total.getManager().ones(total.getShape());
    JniUtils.backward((PtNDArray) total, (PtNDArray) one, false, false);
    return losses.stream().map(loss -> (double) loss.getFloat()).toList();
  }

  /** Tokens of random bases with a random share of G and C. */
  private static void randomBases(long[] ids, int from, int to, Random random) {
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

  /** Each head is to call a read's label; a rank of which it has none has no target. */
  private void want(LabelledRead read, float[] targets, int from) {
    for (Rank rank : Rank.values()) {
      int label = read.label(rank);
      if (label >= 0) {
        targets[from + taxonomy.offset(rank) + label] = 1;
      }
    }
  }

  /** Balanced accuracy at every rank. */
  private Map<Rank, Double> validate(List<LabelledRead> of) {
    boolean gradients = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    Map<Rank, BalancedAccuracy> accuracy = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      accuracy.put(rank, new BalancedAccuracy());
    }
    int rows = 64;
    for (int from = 0; from < of.size(); from += rows) {
      List<LabelledRead> part = of.subList(from, Math.min(of.size(), from + rows));
      try (NDManager batch = manager.newSubManager()) {
        LabelledBatch labelled = LabelledBatch.of(batch, part, mostTokens);
        float[] logits = classifier.logits(labelled.device()).toFloatArray();
        for (int row = 0; row < part.size(); row++) {
          TaxonProbabilities probabilities =
              TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.classes());
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
    JniUtils.setGradMode(gradients);
    Map<Rank, Double> values = new EnumMap<>(Rank.class);
    accuracy.forEach((rank, value) -> values.put(rank, value.value()));
    return values;
  }
}
