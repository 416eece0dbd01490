package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * The Explainer: for every token and taxon a score in [0, 1] that says how much of the taxon's
 * evidence the token holds. Own embedding, two BiLSTM layers, ReLU, batch norm, one dense output a
 * taxon, sigmoid.
 *
 * <p>Threading: calls may run on several threads at once while no thread trains.
 */
public final class Explainer {
  private static final float NORM_EPS = 1e-5f;

  private final Tensors tensors;
  private final TorchScript script;
  private final NDList weights;
  private final NDArray eps;
  private NDList frozen;

  /** Logits [B,T,C], and mean and variance [4H] of the batch that they were normalised with. */
  public record Trained(NDArray logits, NDArray mean, NDArray variance) {}

  /**
   * @param manager owner of the weights: lives as long as the network, on its device
   * @param taxa C, the labels of all ranks
   * @param source gives every weight
   */
  public Explainer(NDManager manager, ModelConfig config, int taxa, Tensors.Source source) {
    List<String> names = new ArrayList<>();
    tensors = layout(config, taxa, names).build(manager, source);
    weights = tensors.asList("explainer", names);
    script = new TorchScript(manager);
    eps = manager.create(NORM_EPS);
  }

  private static Tensors.Layout layout(ModelConfig config, int taxa, List<String> names) {
    long h = config.explainerHidden();
    Tensors.Layout layout = new Tensors.Layout();
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
    for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      add(layout, names, "norm." + part, 4 * h);
    }
    add(layout, names, "output.weight", taxa, 4 * h);
    add(layout, names, "output.bias", taxa);
    return layout;
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
    NDList fused = script.call("fuse_explainer", false, arguments);
    fused.forEach(tensor -> tensor.setName("fused[]"));
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
   * What the masks of any taxa are made of, [B,T,4H], {@code <cls>} and padding included, without
   * gradients.
   */
  public NDArray states(DeviceBatch batch) {
    NDList arguments = new NDList(batch.ids(), batch.valid(), batch.attentionBias());
    arguments.addAll(fused(batch.ids().getManager()));
    return script.call("states", false, arguments).singletonOrThrow();
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
  public NDArray logits(DeviceBatch batch) {
    NDArray states = states(batch);
    NDList arguments = new NDList(states);
    arguments.addAll(fused(states.getManager()));
    return script.call("logits", false, arguments).singletonOrThrow();
  }

  /** The last layers as the weights are now, for states that have left the device. */
  public MaskHead head() {
    return new MaskHead(tensors, NORM_EPS);
  }

  /** Mask logits of every taxon with the batch's own statistics, carrying gradients. */
  public Trained train(DeviceBatch batch) {
    NDList arguments = new NDList(batch.ids(), batch.valid(), batch.attentionBias(), eps);
    arguments.addAll(weights);
    NDList results = script.call("mask_logits", true, arguments);
    return new Trained(results.get(0), results.get(1), results.get(2));
  }
}
