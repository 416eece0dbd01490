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
 * which taxa the read is not.
 *
 * <p>Threading: calls may run on several threads at once while no thread trains.
 */
public final class Explainer {
  /** The name of the fused weights as an argument of the script. */
  static final String FUSED = "explained[]";

  private static final float NORM_EPS = 1e-5f;

  private final boolean shared;
  private final Tensors tensors;
  private final TorchScript script;
  private final NDList weights;
  private final NDArray eps;
  private final NDArray reach;
  private NDList frozen;

  /** Logits [B,T,C], and mean and variance [4H] of the batch's states. */
  public record Trained(NDArray logits, NDArray mean, NDArray variance) {}

  /**
   * @param manager owner of the weights: lives as long as the network, on its device
   * @param taxa C, the labels of all ranks
   * @param source gives every weight
   */
  public Explainer(NDManager manager, ModelConfig config, int taxa, Tensors.Source source) {
    shared = config.explainerKind() == ModelConfig.Kind.SHARED;
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

  /** The running statistics of the batch norm: not trained by gradients. */
  public NDArray runningMean() {
    return tensors.get("explainer.norm.running_mean");
  }

  /** See {@link #runningMean()}. */
  public NDArray runningVariance() {
    return tensors.get("explainer.norm.running_var");
  }

  /**
   * Prepares the weights for many passes, which are the faster for it. They may not change any
   * more, and nobody else may call meanwhile.
   */
  public void freeze() {
    frozen = fuse();
  }

  /** The weights as the script's passes take them. */
  private NDList fuse() {
    NDList arguments = new NDList(eps);
    arguments.addAll(weights);
    NDList fused = script.call(shared ? "fuse_shared" : "fuse_explainer", false, arguments);
    fused.forEach(tensor -> tensor.setName(FUSED));
    return fused;
  }

  /** The fused weights, on the manager of a call unless they are frozen. */
  private NDList fused(NDManager call) {
    if (frozen != null) {
      return frozen;
    }
    NDList fused = fuse();
    fused.attach(call);
    return fused;
  }

  /**
   * What classifier and Explainer see in a batch.
   *
   * @see #look
   */
  public final class Look {
    private final DeviceBatch batch;
    private final NDArray logits;
    private final NDArray all;

    private Look(DeviceBatch batch, NDArray logits, NDArray all) {
      this.batch = batch;
      this.logits = logits;
      this.all = all;
    }

    /** The classifier's taxon logits [B,C]. */
    public NDArray logits() {
      return logits;
    }

    /**
     * What the masks of any taxa are made of for some rows, in the order given: [rows,T,4H], {@code
     * <cls>} and padding included.
     */
    public NDArray states(int... rows) {
      boolean whole = rows.length == batch.rows();
      if (shared) {
        return whole ? all : all.get(all.getManager().create(rows));
      }
      return lstmStates(whole ? batch : batch.take(rows));
    }
  }

  /**
   * Shows a batch to the classifier and to this Explainer, without gradients. What a SHARED
   * Explainer makes of it comes of the same pass, what an LSTM makes of it when it is asked for.
   */
  public Look look(TaxonClassifier classifier, DeviceBatch batch) {
    if (!shared) {
      return new Look(batch, classifier.logits(batch), null);
    }
    NDList arguments = new NDList(reach);
    arguments.addAll(fused(batch.ids().getManager()));
    NDList seen = classifier.logitsAndStates(batch, arguments);
    return new Look(batch, seen.get(0), seen.get(1));
  }

  private NDArray lstmStates(DeviceBatch batch) {
    NDList arguments = new NDList(batch.ids(), batch.valid(), batch.attentionBias());
    arguments.addAll(fused(batch.ids().getManager()));
    return script.call("states", false, arguments).singletonOrThrow();
  }

  /**
   * What the masks of any taxa are made of, [B,T,4H], {@code <cls>} and padding included, without
   * gradients.
   */
  public NDArray states(TaxonClassifier classifier, DeviceBatch batch) {
    return shared
        ? look(classifier, batch).states(IntStream.range(0, batch.rows()).toArray())
        : lstmStates(batch);
  }

  /**
   * Masks [B,T,R] in [0, 1], {@code <cls>} and padding included, without gradients.
   *
   * @param states [B,T,4H]
   * @param classes [B,R] the taxa asked for, counted over all ranks
   */
  public NDArray masks(NDArray states, NDArray classes) {
    NDList arguments = new NDList(states, classes);
    arguments.addAll(fused(states.getManager()));
    return script.call("masks", false, arguments).singletonOrThrow();
  }

  /**
   * Mask logits [B,T,C] of every taxon, {@code <cls>} and padding included, without gradients: what
   * the masks are the sigmoids of.
   */
  public NDArray logits(TaxonClassifier classifier, DeviceBatch batch) {
    NDArray states = states(classifier, batch);
    NDList arguments = new NDList(states);
    arguments.addAll(fused(states.getManager()));
    return script.call("logits", false, arguments).singletonOrThrow();
  }

  /** The last layers as the weights are now, for states that have left the device. */
  public MaskHead head() {
    return new MaskHead(tensors, NORM_EPS);
  }

  /**
   * Mask logits of every taxon, carrying gradients to the Explainer's weights: an LSTM's normalised
   * with the batch's own statistics, as the paper's, a SHARED one's with the running ones.
   */
  public Trained train(TaxonClassifier classifier, DeviceBatch batch) {
    NDList arguments =
        shared
            ? new NDList(classifier.hidden(batch), batch.valid(), reach, eps)
            : new NDList(batch.ids(), batch.valid(), batch.attentionBias(), eps);
    arguments.addAll(weights);
    NDList results = script.call(shared ? "shared_mask_logits" : "mask_logits", true, arguments);
    return new Trained(results.get(0), results.get(1), results.get(2));
  }
}
