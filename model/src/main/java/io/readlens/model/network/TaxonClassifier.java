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
import java.util.function.DoubleUnaryOperator;

/**
 * The Explanandum: a Nucleotide-Transformer-v2 encoder, mean pooling and one linear head a rank,
 * with the two Hadamard products that a mask gates it by. A gate of ones is the plain model.
 *
 * <p>Backbone tensors carry the published checkpoint's names, so that its weights can be loaded.
 *
 * <p>Threading: calls may run on several threads at once while no thread trains.
 */
public final class TaxonClassifier {
  private final ModelConfig config;
  private final Tensors tensors;
  private final TorchScript script;
  private final NDList backbone;
  private final NDList heads;
  private final NDArray cos;
  private final NDArray sin;
  private final NDArray eps;

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
    cos = rotary(manager, config, Math::cos);
    sin = rotary(manager, config, Math::sin);
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

  /** [maxPositions,D] of a function of position x 10000^(-2j/D), the frequencies twice over. */
  private static NDArray rotary(
      NDManager manager, ModelConfig config, DoubleUnaryOperator function) {
    int positions = config.maxPositions();
    int size = config.headSize();
    float[] table = new float[positions * size];
    for (int position = 0; position < positions; position++) {
      for (int j = 0; j < size; j++) {
        double frequency = Math.pow(10_000, -2.0 * (j % (size / 2)) / size);
        table[position * size + j] = (float) function.applyAsDouble(position * frequency);
      }
    }
    return manager.create(table, new Shape(positions, size));
  }

  public Tensors tensors() {
    return tensors;
  }

  /**
   * Taxon logits [B,C] of the gated forward pass.
   *
   * @param gate [B,T] in [0, 1]; ones leave the read as it is
   * @param gradients whether the logits must carry gradients
   */
  public NDArray logits(DeviceBatch batch, NDArray gate, boolean gradients) {
    int width = batch.width();
    if (width > config.maxPositions()) {
      throw new IllegalArgumentException(
          width + " tokens, more than the model's " + config.maxPositions());
    }
    return script.call("classify", gradients, arguments(batch, gate)).singletonOrThrow();
  }

  private NDList arguments(DeviceBatch batch, NDArray gate) {
    NDList arguments =
        new NDList(batch.ids(), batch.valid(), gate, batch.attentionBias(), cos, sin, eps);
    arguments.addAll(backbone);
    arguments.addAll(heads);
    return arguments;
  }

  /**
   * What each token of the whole reads adds to the logits, [B,T,C]: their mean over a read's places
   * is its logits without the heads' biases. No gradients.
   */
  public NDArray evidence(DeviceBatch batch) {
    return script.call("evidence", false, arguments(batch, batch.valid())).singletonOrThrow();
  }

  /** Taxon logits [B,C] of the reads as they are, without gradients. */
  public NDArray logits(DeviceBatch batch) {
    return logits(batch, batch.valid(), false);
  }
}
