package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The Explainer: for every token and taxon a score in [0, 1] that says how much of the taxon's
 * evidence the token holds. The paper's, of kind LSTM: own embedding, two BiLSTM layers, ReLU,
 * batch norm, one dense output a taxon, sigmoid. A SHARED one has, in the place of embedding and
 * LSTM, two linear layers on the classifier's hidden states: on how those around the token differ
 * from the read's, and on the read's mean, whose units compete by a softmax, so that it can tell
 * which taxa the read is not. One of kind EVIDENCE has three numbers a taxon, and the classifier's
 * own heads: a mask's logit is
 *
 * <pre>
 *   scale u_t + presence max(0, ln P + 5) + offset
 * </pre>
 *
 * where P is the taxon's probability in the whole read and u_t its evidence around token t beyond
 * the read's mean, in standard deviations of the read. A token's evidence is its hidden state times
 * the mean head of the taxon's classes, less the mean head of all others; each head counts by what
 * half the read's logits make of its class, so that several have a say. None of it is a product of
 * more than the taxa asked for.
 *
 * <p>Threading: calls may run on several threads at once while no thread trains.
 */
public final class Explainer {
  /** From what logarithm of a probability on a taxon is taken to be there. */
  public static final int PRESENT = -5;

  /** The name of the fused weights as an argument of the script. */
  static final String FUSED = "explained[]";

  private static final float NORM_EPS = 1e-5f;

  private final ModelConfig.Kind kind;
  private final Tensors tensors;
  private final TorchScript script;
  private final NDList weights;
  private final NDArray eps;
  private final NDArray reach;
  private NDList frozen;

  /**
   * Mask logits of a batch.
   *
   * @param logits [B,T,C]
   * @param statistics mean and variance [4H] of the batch's states, nothing where there is no batch
   *     norm
   */
  public record Trained(NDArray logits, NDList statistics) {}

  /**
   * @param manager owner of the weights: lives as long as the network, on its device
   * @param taxa C, the labels of all ranks
   * @param source gives every weight
   */
  public Explainer(NDManager manager, ModelConfig config, int taxa, Tensors.Source source) {
    kind = config.explainerKind();
    List<String> names = new ArrayList<>();
    tensors = layout(config, taxa, names).build(manager, source);
    weights = tensors.asList("explainer", names);
    script = new TorchScript(manager);
    eps = manager.create(NORM_EPS);
    reach = manager.create((float) config.explainerReach());
  }

  /** The name and shape of every tensor of such an Explainer. */
  public static Map<String, Shape> shapes(ModelConfig config, int taxa) {
    return layout(config, taxa, new ArrayList<>()).shapes();
  }

  private static Tensors.Layout layout(ModelConfig config, int taxa, List<String> names) {
    long h = config.explainerHidden();
    Tensors.Layout layout = new Tensors.Layout();
    if (config.explainerKind() == ModelConfig.Kind.EVIDENCE) {
      add(layout, names, "output.scale.weight", taxa);
      add(layout, names, "output.presence.weight", taxa);
      add(layout, names, "output.presence.bias", taxa);
      return layout;
    }
    if (config.explainerKind() == ModelConfig.Kind.SHARED) {
      for (String part : new String[] {"near", "whole"}) {
        add(layout, names, part + ".weight", 2 * h, config.hiddenSize());
        add(layout, names, part + ".bias", 2 * h);
      }
    } else {
      addLstm(config, layout, names);
    }
    for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      add(layout, names, "norm." + part, 4 * h);
    }
    add(layout, names, "output.weight", taxa, 4 * h);
    add(layout, names, "output.bias", taxa);
    return layout;
  }

  private static void addLstm(ModelConfig config, Tensors.Layout layout, List<String> names) {
    long h = config.explainerHidden();
    add(layout, names, "embedding.weight", config.vocabularySize(), config.explainerEmbedding());
    for (int layer = 0; layer < 2; layer++) {
      long input = layer == 0 ? config.explainerEmbedding() : 2 * h;
      for (String direction : new String[] {"", "_reverse"}) {
        String suffix = "_l" + layer + direction;
        add(layout, names, "lstm.weight_ih" + suffix, 4 * h, input);
        add(layout, names, "lstm.weight_hh" + suffix, 4 * h, h);
        add(layout, names, "lstm.bias_ih" + suffix, 4 * h);
        add(layout, names, "lstm.bias_hh" + suffix, 4 * h);
      }
    }
  }

  private static void add(Tensors.Layout layout, List<String> names, String name, long... shape) {
    String full = "explainer." + name;
    layout.add(full, shape);
    names.add(full);
  }

  public Tensors tensors() {
    return tensors;
  }

  /** The running statistics of the batch norm, if there is one: not trained by gradients. */
  public NDArray runningMean() {
    return tensors.get("explainer.norm.running_mean");
  }

  /** See {@link #runningMean()}. */
  public NDArray runningVariance() {
    return tensors.get("explainer.norm.running_var");
  }

  /**
   * Whether the masks of a part of a read follow from what the classifier says of the whole: then
   * {@link #head} makes those of a read that no window holds.
   */
  public boolean hearsTheWholeRead() {
    return kind == ModelConfig.Kind.EVIDENCE;
  }

  /**
   * Prepares the weights for many passes, which are the faster for it. They may not change any
   * more, and nobody else may call meanwhile.
   */
  public void freeze() {
    frozen = kind == ModelConfig.Kind.EVIDENCE ? weights : fuse();
  }

  /** The weights as the script's passes take them. */
  private NDList fuse() {
    NDList arguments = new NDList(eps);
    arguments.addAll(weights);
    boolean shared = kind == ModelConfig.Kind.SHARED;
    NDList fused = script.call(shared ? "fuse_shared" : "fuse_explainer", false, arguments);
    fused.forEach(tensor -> tensor.setName(FUSED));
    return fused;
  }

  /** The fused weights, on the manager of a call unless they are frozen. */
  private NDList fused(NDManager call) {
    if (frozen != null) {
      return frozen;
    }
    if (kind == ModelConfig.Kind.EVIDENCE) {
      return weights;
    }
    NDList fused = fuse();
    fused.attach(call);
    return fused;
  }

  /** What the masks of any taxa are made of, for some rows of a batch. */
  public final class States {
    private final NDArray values;

    /** Of an EVIDENCE Explainer: what else it is told of the rows, and of the classifier. */
    private final NDList read;

    private States(NDArray values, NDList read) {
      this.values = values;
      this.read = read;
    }

    /** T, {@code <cls>} and padding included. */
    public int width() {
      return (int) values.getShape().get(1);
    }

    /** [T,W] of one row, row-major: W is 4H, or E of an EVIDENCE Explainer. */
    public float[] of(int row) {
      return values.get(row).toFloatArray();
    }

    /**
     * Masks [rows,T,R] in [0, 1], {@code <cls>} and padding included, without gradients.
     *
     * @param classes the taxa asked for, counted over all ranks, row-major
     * @param shape [rows,R] of the classes
     */
    public NDArray masks(long[] classes, Shape shape) {
      NDList arguments = new NDList(values, values.getManager().create(classes, shape));
      arguments.addAll(read);
      arguments.addAll(fused(values.getManager()));
      String method = kind == ModelConfig.Kind.EVIDENCE ? "evidence_masks" : "masks";
      return script.call(method, false, arguments).singletonOrThrow();
    }

    /** Mask logits [rows,T,C] of every taxon: what the masks are the sigmoids of. */
    private NDArray logits() {
      NDList arguments = new NDList(values);
      arguments.addAll(read);
      arguments.addAll(fused(values.getManager()));
      String method = kind == ModelConfig.Kind.EVIDENCE ? "evidence_logits" : "logits";
      return script.call(method, false, arguments).singletonOrThrow();
    }
  }

  /**
   * What classifier and Explainer see in a batch.
   *
   * @see #look
   */
  public final class Look {
    private final TaxonClassifier classifier;
    private final DeviceBatch batch;
    private final NDArray logits;
    private final NDArray all;

    private Look(TaxonClassifier classifier, DeviceBatch batch, NDArray logits, NDArray all) {
      this.classifier = classifier;
      this.batch = batch;
      this.logits = logits;
      this.all = all;
    }

    /** The classifier's logits [B,K]. */
    public NDArray logits() {
      return logits;
    }

    /** What the masks of any taxa are made of for some rows, in the order given. */
    public States states(int... rows) {
      boolean whole = rows.length == batch.rows();
      DeviceBatch some = whole ? batch : batch.take(rows);
      if (kind == ModelConfig.Kind.LSTM) {
        return new States(lstmStates(some), new NDList());
      }
      NDArray index = all.getManager().create(rows);
      NDArray values = whole ? all : all.get(index);
      if (kind == ModelConfig.Kind.SHARED) {
        return new States(values, new NDList());
      }
      return new States(values, read(classifier, some, whole ? logits : logits.get(index)));
    }
  }

  /** What an EVIDENCE Explainer is told beside hidden states. */
  private NDList read(TaxonClassifier classifier, DeviceBatch batch, NDArray logits) {
    NDList read = new NDList(batch.valid(), logits, reach);
    read.addAll(classifier.leaves());
    return read;
  }

  /**
   * Shows a batch to the classifier and to this Explainer, without gradients. What all but an LSTM
   * make of it comes of the same pass, what an LSTM makes of it when it is asked for.
   */
  public Look look(TaxonClassifier classifier, DeviceBatch batch) {
    if (kind == ModelConfig.Kind.LSTM) {
      return new Look(classifier, batch, classifier.logits(batch), null);
    }
    NDList arguments = new NDList(reach);
    arguments.addAll(fused(batch.ids().getManager()));
    NDList seen = classifier.logitsAndStates(batch, arguments);
    return new Look(classifier, batch, seen.get(0), seen.get(1));
  }

  private NDArray lstmStates(DeviceBatch batch) {
    NDList arguments = new NDList(batch.ids(), batch.valid(), batch.attentionBias());
    arguments.addAll(fused(batch.ids().getManager()));
    return script.call("states", false, arguments).singletonOrThrow();
  }

  /** What the masks of any taxa are made of, without gradients. */
  public States states(TaxonClassifier classifier, DeviceBatch batch) {
    return kind == ModelConfig.Kind.LSTM
        ? new States(lstmStates(batch), new NDList())
        : look(classifier, batch).states(IntStream.range(0, batch.rows()).toArray());
  }

  /**
   * Mask logits [B,T,C] of every taxon, {@code <cls>} and padding included, without gradients: what
   * the masks are the sigmoids of.
   */
  public NDArray logits(TaxonClassifier classifier, DeviceBatch batch) {
    return states(classifier, batch).logits();
  }

  /**
   * The last layers as the weights are now, for states that have left the device.
   *
   * @param classifier whose heads an EVIDENCE Explainer takes
   */
  public MaskHead head(TaxonClassifier classifier) {
    return kind == ModelConfig.Kind.EVIDENCE
        ? new EvidenceMaskHead(classifier, tensors, reach.getFloat())
        : new DenseMaskHead(tensors, NORM_EPS);
  }

  /**
   * Mask logits of every taxon, carrying gradients to the Explainer's weights: an LSTM's normalised
   * with the batch's own statistics, as the paper's, a SHARED one's with the running ones.
   */
  public Trained train(TaxonClassifier classifier, DeviceBatch batch) {
    if (kind == ModelConfig.Kind.EVIDENCE) {
      NDArray logits = classifier.logits(batch, batch.valid(), true);
      NDList arguments = new NDList(classifier.hidden(batch));
      arguments.addAll(read(classifier, batch, logits));
      arguments.addAll(weights);
      return new Trained(
          script.call("evidence_logits", true, arguments).singletonOrThrow(), new NDList());
    }
    boolean shared = kind == ModelConfig.Kind.SHARED;
    NDList arguments =
        shared
            ? new NDList(classifier.hidden(batch), batch.valid(), reach, eps)
            : new NDList(batch.ids(), batch.valid(), batch.attentionBias(), eps);
    arguments.addAll(weights);
    NDList results = script.call(shared ? "shared_mask_logits" : "mask_logits", true, arguments);
    return new Trained(results.get(0), new NDList(results.get(1), results.get(2)));
  }
}
