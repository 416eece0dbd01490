package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the Explainer is trained to make small: the mask of a read's targets must let the frozen
 * classifier call them from what is kept, and leave it nothing to call from what is left out; masks
 * are to be small, smooth and bounded in area, and those of other taxa empty.
 *
 * <pre>
 *   L = L_c + entropy L_e + area (B + maskArea A(m) + otherArea A(n)) + smoothness (TV(m) + TV(n))
 *       + forcing L_f
 * </pre>
 *
 * where m is the largest mask among the targets, n the largest among the other taxa, L_c the
 * cross-entropy of the pass that m gates, L_e the negative entropy of the pass that 1 - m gates,
 * both summed over the pass's ranks, and B the bounding measure of each target's own mask, summed
 * over the targets. L_f = -ln(1 - p) is beyond the paper, for targets one rank each: p is the
 * probability of a random other taxon in the pass that this taxon's own mask gates, which says that
 * a wrong label's spans must not make the classifier say it. A read without a label at a rank has
 * no target there: the rank adds nothing to its loss.
 *
 * <p>Where one softmax over all classes decides, it is the published probabilities that the loss
 * reads, whatever the scope; a read is called nothing at a rank of which no taxon is more probable
 * than not; and L_e is the divergence from what is said of nothing.
 *
 * <p>Threading: one thread. Arrays belong to the batch's manager.
 */
final class ExplainerLoss {
  private static final float EXCLUDED = -1e4f;

  /** Less probable taxa are not called where one softmax over all classes decides. */
  private static final double CALLED = 0.5;

  /** Added to a published probability before its logarithm. */
  private static final float LEAST = 1e-6f;

  /** Which targets share a mask and a masked pass. */
  enum Scope {
    /**
     * The three ranks' together, as in the paper; the loss reads the softmax of each rank's own
     * head.
     */
    JOINT,
    /**
     * Each rank's alone, since each called rank publishes its own mask; the other taxa are those of
     * the rank, and the loss reads the published probabilities, which hear the ranks below.
     */
    PER_RANK
  }

  /** Which taxa are the targets. */
  enum Labels {
    /** The read's own, as in the paper. */
    TRUE_LABEL,
    /** Those that the classifier calls the whole read: the only ones known in a stream. */
    PREDICTED
  }

  /** The gate of {@code <cls>}, which belongs to no base and is left out of every other term. */
  enum Cls {
    /** Always shown, to both passes. */
    ONE,
    /** As the mask has it. */
    LEARNED,
    /** Never shown. */
    ZERO
  }

  /**
   * @param entropy weight of the negative entropy
   * @param area weight of the three area terms together
   * @param maskArea weight of the target mask's area within them
   * @param otherArea weight of the other taxa's area within them
   * @param smoothness weight of the total variation
   * @param forcing weight of what the masks of other taxa can make the classifier say; 0 saves a
   *     pass
   */
  record Weights(
      double entropy,
      double area,
      double maskArea,
      double otherArea,
      double smoothness,
      double forcing) {}

  /**
   * @param scope which targets share a mask
   * @param labels which taxa are the targets
   * @param weights of the terms
   * @param entropyNorm what the entropy is divided by
   * @param least least share of tokens that the bounding measure wants kept
   * @param most greatest share
   * @param reflectTail whether a mask's last difference counts twice in the total variation
   * @param gate what gates the classifier
   * @param noise scale of the logistic noise on the logits of a HARD gate
   * @param cls the gate of {@code <cls>}
   */
  record Settings(
      Scope scope,
      Labels labels,
      @JsonUnwrapped Weights weights,
      MaskLoss.EntropyNorm entropyNorm,
      double least,
      double most,
      boolean reflectTail,
      Gate gate,
      double noise,
      Cls cls) {
    Settings {
      if (weights.forcing > 0 && scope == Scope.JOINT) {
        throw new IllegalArgumentException("JOINT targets have no other taxon of one rank");
      }
    }
  }

  /** The names of {@link Terms#values}. */
  static final List<String> TERMS =
      List.of(
          "cross_entropy",
          "negative_entropy",
          "bounding",
          "mask_area",
          "other_area",
          "total_variation",
          "forcing");

  /**
   * A batch's loss.
   *
   * @param total the weighted sum, which carries gradients
   * @param parts the terms without their weights, as {@link #TERMS} names them
   */
  record Terms(NDArray total, NDList parts) {
    double[] values() {
      return parts.stream().mapToDouble(NDArray::getFloat).toArray();
    }
  }

  private final Settings settings;
  private final Taxonomy taxonomy;
  private final TaxonClassifier classifier;
  private final LineageProbabilities lineage;

  /**
   * Where one softmax over all classes decides: what is said of nothing at a rank; else nothing.
   */
  private final Map<Rank, float[]> nothing = new EnumMap<>(Rank.class);

  /**
   * @param manager owner of a few small arrays; lives as long as the loss
   * @param classifier the frozen classifier
   */
  ExplainerLoss(
      Settings settings, NDManager manager, Taxonomy taxonomy, TaxonClassifier classifier) {
    this.settings = settings;
    this.taxonomy = taxonomy;
    this.classifier = classifier;
    lineage = new LineageProbabilities(manager, taxonomy);
    if (!taxonomy.background().isEmpty()) {
      TaxonProbabilities blank =
          TaxonProbabilities.ofLogits(taxonomy, new float[taxonomy.classes()], 0);
      for (Rank rank : Rank.values()) {
        float[] ofRank = new float[taxonomy.size(rank)];
        taxonomy.taxa(rank).forEach(taxon -> ofRank[taxon.index()] = (float) blank.of(taxon));
        nothing.put(rank, ofRank);
      }
    }
  }

  /** The ranks of each pass that together make up the loss of a batch. */
  List<List<Rank>> passes() {
    List<Rank> ranks = List.of(Rank.values());
    return settings.scope == Scope.JOINT ? List.of(ranks) : ranks.stream().map(List::of).toList();
  }

  /**
   * What is random in a batch's loss.
   *
   * @param noise [B,T] on the logits of a HARD gate
   * @param other [B] in [0, 1), which of a read's other taxa {@code forcing} asks for
   */
  record Draw(NDArray noise, List<Double> other) {}

  /**
   * The loss of one of the {@link #passes} over a batch.
   *
   * @param logits [B,T,C] the Explainer's
   * @param share of the weights of area, smoothness and forcing, in [0, 1]
   */
  Terms of(LabelledBatch batch, NDArray logits, List<Rank> pass, Draw draw, double share) {
    Map<Rank, long[]> targets = targets(batch, pass);
    Masks masks = masks(logits, targets);
    NDArray forced = forced(batch, logits, targets, draw);
    return of(batch, targets, masks, gates(masks.target, draw.noise), forced, share);
  }

  /** A random draw for a batch; there is no noise where the gates are SOFT. */
  Draw draw(LabelledBatch batch, Random random) {
    float[] noise = new float[batch.rows() * batch.width()];
    for (int i = 0; i < noise.length && settings.gate == Gate.HARD; i++) {
      double uniform = 1e-4 + random.nextDouble() * (1 - 2e-4);
      noise[i] = (float) (settings.noise * Math.log(uniform / (1 - uniform)));
    }
    List<Double> other = random.doubles(batch.rows()).boxed().toList();
    return new Draw(manager(batch).create(noise, shape(batch)), other);
  }

  /** No noise: the masks as they are published; the other taxon is the next one. */
  Draw asPublished(LabelledBatch batch) {
    return new Draw(manager(batch).zeros(shape(batch)), Collections.nCopies(batch.rows(), 0.0));
  }

  private static NDManager manager(LabelledBatch batch) {
    return batch.device().ids().getManager();
  }

  private static Shape shape(LabelledBatch batch) {
    return new Shape(batch.rows(), batch.width());
  }

  /** Each read's target at each rank of a pass: the index of its taxon; -1 where it has none. */
  Map<Rank, long[]> targets(LabelledBatch batch, List<Rank> pass) {
    return settings.labels == Labels.PREDICTED ? called(batch, pass) : labels(batch, pass);
  }

  private static Map<Rank, long[]> labels(LabelledBatch batch, List<Rank> pass) {
    Map<Rank, long[]> labels = new EnumMap<>(Rank.class);
    for (Rank rank : pass) {
      labels.put(rank, batch.reads().stream().mapToLong(read -> read.label(rank)).toArray());
    }
    return labels;
  }

  /** The taxa that the classifier calls the whole reads; -1 where it calls none. */
  Map<Rank, long[]> called(LabelledBatch batch, List<Rank> pass) {
    boolean gradients = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    float[] logits = classifier.logits(batch.device()).toFloatArray();
    JniUtils.setGradMode(gradients);
    Map<Rank, long[]> called = new EnumMap<>(Rank.class);
    pass.forEach(rank -> called.put(rank, new long[batch.rows()]));
    for (int row = 0; row < batch.rows(); row++) {
      TaxonProbabilities probabilities =
          TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.classes());
      for (Rank rank : pass) {
        Taxon best = probabilities.best(rank);
        boolean none = !nothing.isEmpty() && probabilities.of(best) < CALLED;
        called.get(rank)[row] = none ? -1 : best.index();
      }
    }
    return called;
  }

  /**
   * The masks of a pass.
   *
   * @param own logits [B,T] of each target's own mask
   * @param target [B,T] the largest of them
   * @param other [B,T] the largest among the other taxa
   */
  record Masks(Map<Rank, NDArray> own, NDArray target, NDArray other) {}

  /**
   * Picks a pass's masks.
   *
   * @param logits [B,T,C]
   */
  Masks masks(NDArray logits, Map<Rank, long[]> targets) {
    NDManager scratch = logits.getManager();
    int rows = (int) logits.getShape().get(0);
    int width = (int) logits.getShape().get(1);
    List<Rank> pass = List.copyOf(targets.keySet());
    int first = taxonomy.offset(pass.get(0));
    Rank last = pass.get(pass.size() - 1);
    int taxa = taxonomy.offset(last) + taxonomy.size(last) - first;
    float[] exclude = new float[rows * taxa];
    Map<Rank, NDArray> own = new EnumMap<>(Rank.class);
    NDArray target = null;
    for (Rank rank : pass) {
      long[] index = new long[rows * width];
      float[] absent = new float[rows];
      for (int row = 0; row < rows; row++) {
        long taxon = targets.get(rank)[row];
        int of = taxonomy.offset(rank) + (int) Math.max(0, taxon);
        Arrays.fill(index, row * width, (row + 1) * width, of);
        absent[row] = taxon < 0 ? EXCLUDED : 0;
        if (taxon >= 0) {
          exclude[row * taxa + of - first] = EXCLUDED;
        }
      }
      NDArray mask = logits.gather(scratch.create(index, new Shape(rows, width, 1)), 2).squeeze(2);
      own.put(rank, mask);
      NDArray present = mask.add(scratch.create(absent, new Shape(rows, 1)));
      target = target == null ? present : target.maximum(present);
    }
    NDArray others =
        logits
            .get(new NDIndex(":, :, " + first + ":" + (first + taxa)))
            .add(scratch.create(exclude, new Shape(rows, 1, taxa)))
            .max(new int[] {2});
    return new Masks(own, target, others);
  }

  /** The loss L_f of a batch: 0 where it has no weight. */
  NDArray forced(LabelledBatch batch, NDArray logits, Map<Rank, long[]> targets, Draw draw) {
    if (settings.weights.forcing == 0) {
      return manager(batch).create(0f);
    }
    Rank rank = targets.keySet().iterator().next();
    int taxa = taxonomy.size(rank);
    long[] others = new long[batch.rows()];
    float[] shares = new float[batch.rows()];
    for (int row = 0; row < others.length; row++) {
      long target = targets.get(rank)[row];
      shares[row] = target < 0 || taxa == 1 ? 0 : 1f / others.length;
      others[row] = (Math.max(0, target) + 1 + (long) (draw.other.get(row) * (taxa - 1))) % taxa;
    }
    NDArray mask = masks(logits, Map.of(rank, others)).target;
    NDArray shown = classifier.logits(batch.device(), gates(mask, draw.noise).kept(), true);
    NDArray other = manager(batch).create(others, new Shape(others.length, 1));
    NDArray p = logProbabilities(shown, rank).exp().gather(other, 1).squeeze(1);
    return MaskLoss.mean(p.neg().add(1 + LEAST).log().neg(), shares);
  }

  /** The gates [B,T] of a mask's logits [B,T]. */
  Gate.Gates gates(NDArray mask, NDArray noise) {
    Gate.Gates gates = settings.gate.of(mask, noise);
    return new Gate.Gates(showCls(gates.kept()), showCls(gates.left()));
  }

  private NDArray showCls(NDArray gate) {
    if (settings.cls == Cls.LEARNED) {
      return gate;
    }
    Shape first = new Shape(gate.getShape().get(0), 1);
    NDManager manager = gate.getManager();
    NDArray cls = settings.cls == Cls.ONE ? manager.ones(first) : manager.zeros(first);
    return cls.concat(tokens(gate), 1);
  }

  /** The loss of given masks, gates and L_f. */
  Terms of(
      LabelledBatch batch,
      Map<Rank, long[]> targets,
      Masks masks,
      Gate.Gates gates,
      NDArray forced,
      double share) {
    NDArray kept = classifier.logits(batch.device(), gates.kept(), true);
    NDArray left = classifier.logits(batch.device(), gates.left(), true);
    MaskLoss loss = batch.overTokens();
    List<NDArray> crossEntropy = new ArrayList<>();
    List<NDArray> entropy = new ArrayList<>();
    List<NDArray> bounding = new ArrayList<>();
    float[] any = new float[batch.rows()];
    targets.forEach(
        (rank, labels) -> {
          float[] shares = new float[labels.length];
          long[] places = new long[labels.length];
          for (int row = 0; row < labels.length; row++) {
            shares[row] = labels[row] < 0 ? 0 : 1f / labels.length;
            any[row] = Math.max(any[row], shares[row]);
            places[row] = Math.max(0, labels[row]);
          }
          NDArray label = manager(batch).create(places, new Shape(labels.length, 1));
          NDArray own = tokens(Gate.sigmoid(masks.own.get(rank)));
          crossEntropy.add(
              MaskLoss.mean(MaskLoss.crossEntropy(logProbabilities(kept, rank), label), shares));
          entropy.add(MaskLoss.mean(saysSomething(logProbabilities(left, rank), rank), shares));
          bounding.add(MaskLoss.mean(loss.bounding(own, settings.least, settings.most), shares));
        });
    NDArray mask = tokens(Gate.sigmoid(masks.target));
    NDArray other = tokens(Gate.sigmoid(masks.other));
    NDArray variation =
        loss.totalVariation(mask, settings.reflectTail)
            .add(loss.totalVariation(other, settings.reflectTail));
    NDList parts =
        new NDList(
            sum(crossEntropy),
            sum(entropy),
            sum(bounding),
            MaskLoss.mean(loss.area(mask), any),
            MaskLoss.mean(loss.area(other), any),
            MaskLoss.mean(variation, any),
            forced);
    Weights w = settings.weights;
    double area = w.area * share;
    NDArray total =
        MaskLoss.weighted(
            parts,
            1,
            w.entropy,
            area,
            area * w.maskArea,
            area * w.otherArea,
            w.smoothness * share,
            w.forcing * share);
    return new Terms(total, parts);
  }

  /** Logarithms [B,C_r] of the probabilities that the loss reads at a rank. */
  private NDArray logProbabilities(NDArray logits, Rank rank) {
    if (settings.scope == Scope.PER_RANK || !nothing.isEmpty()) {
      return lineage.of(logits, rank).add(LEAST).log();
    }
    int first = taxonomy.offset(rank);
    return logits
        .get(new NDIndex(":, " + first + ":" + (first + taxonomy.size(rank))))
        .logSoftmax(1);
  }

  /** L_e [B] of the logarithms of a rank's probabilities. */
  private NDArray saysSomething(NDArray logProbabilities, Rank rank) {
    return nothing.isEmpty()
        ? MaskLoss.negativeEntropy(logProbabilities, settings.entropyNorm)
        : MaskLoss.divergence(logProbabilities, settings.entropyNorm, nothing.get(rank));
  }

  private static NDArray sum(List<NDArray> terms) {
    return terms.stream().reduce(NDArray::add).orElseThrow();
  }

  /** The places [B,T-1] of the tokens: all but {@code <cls>}. */
  private static NDArray tokens(NDArray places) {
    return places.get(new NDIndex(":, 1:"));
  }
}
