package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.Safetensors;
import io.readlens.model.network.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The published weights of Nucleotide Transformer v2, 50M, multi-species: 192 tensors of 55,905,164
 * numbers, as the checkpoint's {@code model.safetensors} names them. ReadLens never ships them.
 */
final class NucleotideTransformer {
  /** Under what the weights are published, and what is made of them inherits. */
  static final String LICENCE = "CC-BY-NC-SA-4.0";

  private static final ModelConfig CONFIG = config(false);

  private static final String FILE = "model.safetensors";

  /** Tensors that hold what a checkpoint of ours has no use for. */
  private static final String[] UNUSED = {
    "position_embeddings", "inv_freq", "contact_head", "lm_head"
  };

  private NucleotideTransformer() {}

  /** Its sizes, with windows as long as its training's and an Explainer as the paper has it. */
  static ModelConfig config(boolean headBias) {
    return ModelConfig.ofPaper(512, 12, 16, 2048, 1e-12, 2050, headBias, 1000, 100, 40);
  }

  /** Every tensor's name and shape, in the file's own words. */
  static Map<String, Shape> tensors() {
    long e = CONFIG.hiddenSize();
    long f = CONFIG.intermediateSize();
    long headWidth = e / CONFIG.heads();
    long attentions = (long) CONFIG.layers() * CONFIG.heads();
    Map<String, Shape> all = new LinkedHashMap<>();
    all.put("esm.embeddings.word_embeddings.weight", new Shape(CONFIG.vocabularySize(), e));
    all.put("esm.embeddings.position_embeddings.weight", new Shape(CONFIG.maxPositions(), e));
    for (int i = 0; i < CONFIG.layers(); i++) {
      String layer = "esm.encoder.layer." + i + ".";
      for (String projection : new String[] {"query", "key", "value"}) {
        linear(all, layer + "attention.self." + projection, e, e);
      }
      all.put(layer + "attention.self.rotary_embeddings.inv_freq", new Shape(headWidth / 2));
      linear(all, layer + "attention.output.dense", e, e);
      norm(all, layer + "attention.LayerNorm", e);
      all.put(layer + "intermediate.dense.weight", new Shape(2 * f, e));
      all.put(layer + "output.dense.weight", new Shape(e, f));
      norm(all, layer + "LayerNorm", e);
    }
    norm(all, "esm.encoder.emb_layer_norm_after", e);
    linear(all, "esm.contact_head.regression", 1, attentions);
    linear(all, "lm_head.dense", e, e);
    norm(all, "lm_head.layer_norm", e);
    all.put("lm_head.decoder.weight", new Shape(CONFIG.vocabularySize(), e));
    all.put("lm_head.bias", new Shape(CONFIG.vocabularySize()));
    return all;
  }

  private static void linear(Map<String, Shape> all, String name, long out, long in) {
    all.put(name + ".weight", new Shape(out, in));
    all.put(name + ".bias", new Shape(out));
  }

  private static void norm(Map<String, Shape> all, String name, long width) {
    all.put(name + ".weight", new Shape(width));
    all.put(name + ".bias", new Shape(width));
  }

  /**
   * The backbone's tensors.
   *
   * @param weights the file, or the directory that holds it
   * @throws IOException if it is not exactly what was published, naming the first tensor that
   *     differs
   */
  static Map<String, NDArray> read(Path weights, NDManager manager) throws IOException {
    Path file = Files.isDirectory(weights) ? weights.resolve(FILE) : weights;
    Map<String, NDArray> found = Safetensors.read(file, tensors()).on(manager);
    found.keySet().removeIf(NucleotideTransformer::isUnused);
    return found;
  }

  private static boolean isUnused(String name) {
    for (String part : UNUSED) {
      if (name.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
