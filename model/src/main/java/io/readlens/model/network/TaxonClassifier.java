package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The Explanandum: a Nucleotide-Transformer-v2 encoder, mean pooling and one linear head a rank,
 * with the two Hadamard products that a mask gates it by. A gate of ones is the plain model.
 *
 * <p>Backbone tensors carry the published checkpoint's names, so that its weights can be loaded.
 *
 * <p>Threading: calls may run on several threads at once while no thread trains.
 */
public final class TaxonClassifier {
  /**
   * Padded tokens that go through the layers together on the CPU: enough for the matrix products to
   * be at their best, few enough for what lies between to stay in the cache, and for the allocator
   * to use memory again instead of taking new pages for every large tensor.
   */
  private static final int TOKENS_AT_ONCE = 1024;

  private final ModelConfig config;
  private final Tensors tensors;
  private final TorchScript script;
  private final NDList backbone;
  private final NDList heads;
  private final NDArray order;
  private final NDArray turns;
  private final NDArray attentionHeads;
  private final NDArray eps;
  private NDList frozen;

  /**
   * @param manager owner of the weights: lives as long as the network, on its device
   * @param source gives every weight
   */
  public TaxonClassifier(
      NDManager manager, ModelConfig config, Taxonomy taxonomy, Tensors.Source source) {
    this.config = config;
    List<String> backboneNames = new ArrayList<>();
    List<String> headNames = new ArrayList<>();
    tensors = layout(config, taxonomy, backboneNames, headNames).build(manager, source);
    backbone = tensors.asList("backbone", backboneNames);
    heads = tensors.asList("heads", headNames);
    script = new TorchScript(manager);
    order = neighbours(manager, config);
    turns = rotary(manager, config);
    attentionHeads = manager.create(config.heads());
    eps = manager.create((float) config.layerNormEps());
  }

  private static Tensors.Layout layout(
      ModelConfig config, Taxonomy taxonomy, List<String> backbone, List<String> heads) {
    long e = config.hiddenSize();
    long f = config.intermediateSize();
    Tensors.Layout layout = new Tensors.Layout();
    add(layout, backbone, "esm.embeddings.word_embeddings.weight", config.vocabularySize(), e);
    add(layout, backbone, "esm.encoder.emb_layer_norm_after.weight", e);
    add(layout, backbone, "esm.encoder.emb_layer_norm_after.bias", e);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "esm.encoder.layer." + i + ".";
      add(layout, backbone, layer + "attention.LayerNorm.weight", e);
      add(layout, backbone, layer + "attention.LayerNorm.bias", e);
      for (String projection : new String[] {"query", "key", "value"}) {
        add(layout, backbone, layer + "attention.self." + projection + ".weight", e, e);
        add(layout, backbone, layer + "attention.self." + projection + ".bias", e);
      }
      add(layout, backbone, layer + "attention.output.dense.weight", e, e);
      add(layout, backbone, layer + "attention.output.dense.bias", e);
      add(layout, backbone, layer + "LayerNorm.weight", e);
      add(layout, backbone, layer + "LayerNorm.bias", e);
      add(layout, backbone, layer + "intermediate.dense.weight", 2 * f, e);
      add(layout, backbone, layer + "output.dense.weight", e, f);
    }
    for (Rank rank : Rank.values()) {
      add(layout, heads, headName(rank) + ".weight", taxonomy.size(rank), e);
    }
    if (config.headBias()) {
      for (Rank rank : Rank.values()) {
        add(layout, heads, headName(rank) + ".bias", taxonomy.size(rank));
      }
    }
    return layout;
  }

  private static void add(Tensors.Layout layout, List<String> names, String name, long... shape) {
    layout.add(name, shape);
    names.add(name);
  }

  private static String headName(Rank rank) {
    return "classifier." + rank.name().toLowerCase(Locale.ROOT);
  }

  /**
   * [E] row of a projection that each place takes: in every head, number j and number D/2 + j,
   * which the rotary embedding turns into each other, side by side.
   */
  private static NDArray neighbours(NDManager manager, ModelConfig config) {
    int size = config.headSize();
    long[] order = new long[config.hiddenSize()];
    for (int i = 0; i < order.length; i++) {
      int inHead = i % size;
      int from = i - inHead + inHead / 2 + (inHead % 2) * (size / 2);
      order[i] = from;
    }
    return manager.create(order);
  }

  /**
   * [maxPositions,E,2] cosine and sine of position x 10000^(-2j/D), for every head of query, then
   * again for every head of key.
   */
  private static NDArray rotary(NDManager manager, ModelConfig config) {
    int positions = config.maxPositions();
    int size = config.headSize();
    int width = config.hiddenSize();
    float[] table = new float[positions * width * 2];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < width; i++) {
        int j = i % (size / 2);
        double angle = position * Math.pow(10_000, -2.0 * j / size);
        table[(position * width + i) * 2] = (float) Math.cos(angle);
        table[(position * width + i) * 2 + 1] = (float) Math.sin(angle);
      }
    }
    return manager.create(table, new Shape(positions, width, 2));
  }

  public Tensors tensors() {
    return tensors;
  }

  /**
   * Prepares the weights for many forward passes, which are the faster for it. They may not change
   * any more, and nobody else may call meanwhile.
   */
  public void freeze() {
    frozen = fuse(true); // tensors of inference mode could not let gradients through
  }

  /** The weights as the script's forward pass takes them. */
  private NDList fuse(boolean gradients) {
    NDList arguments = new NDList(order);
    arguments.addAll(backbone);
    arguments.addAll(heads);
    NDList fused = script.call("fuse", gradients, arguments);
    fused.forEach(tensor -> tensor.setName("fused[]"));
    return fused;
  }

  /**
   * Taxon logits [B,C] of the gated forward pass.
   *
   * @param gate [B,T] in [0, 1]; ones leave the read as it is
   * @param gradients whether the logits must carry gradients
   */
  public NDArray logits(DeviceBatch batch, NDArray gate, boolean gradients) {
    boolean all = gradients || batch.ids().getDevice().isGpu();
    int rows = all ? batch.rows() : Math.max(1, TOKENS_AT_ONCE / batch.width());
    NDList arguments = new NDList(batch.ids(), batch.valid(), gate);
    try (NDManager scratch = batch.ids().getManager().newSubManager()) {
      NDArray atOnce = scratch.create(rows);
      return call("classify", batch, arguments, gradients, atOnce);
    }
  }

  /**
   * What each token of the whole reads adds to the logits, [B,T,C]: their mean over a read's places
   * is its logits without the heads' biases. No gradients.
   */
  public NDArray evidence(DeviceBatch batch) {
    return call("evidence", batch, new NDList(batch.ids(), batch.valid()), false);
  }

  /** Taxon logits [B,C] of the reads as they are, without gradients. */
  public NDArray logits(DeviceBatch batch) {
    return logits(batch, batch.valid(), false);
  }

  private NDArray call(
      String method, DeviceBatch batch, NDList inputs, boolean gradients, NDArray... settings) {
    if (batch.width() > config.maxPositions()) {
      throw new IllegalArgumentException(
          batch.width() + " tokens, more than the model's " + config.maxPositions());
    }
    NDList arguments = new NDList(inputs);
    arguments.addAll(new NDList(batch.attentionBias(), turns, attentionHeads, eps));
    arguments.addAll(new NDList(settings));
    if (frozen != null) {
      arguments.addAll(frozen);
    } else {
      NDList fused = fuse(gradients);
      fused.attach(batch.ids().getManager());
      arguments.addAll(fused);
    }
    return script.call(method, gradients, arguments).singletonOrThrow();
  }
}
