package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  /** The place of the heads' weight among the fused weights. */
  private static final int HEADS = 4;

  /** The embedding [A,E] of triples of amino acids; the published architecture has none. */
  public static final String TRIPLES = "readlens.embeddings.amino_acid_triples.weight";

  private final ModelConfig config;
  private final Taxonomy taxonomy;
  private final Tensors tensors;
  private final TorchScript script;
  private final NDList backbone;
  private final NDList heads;
  private final NDList biases;
  private final NDArray complements;
  private final NDArray order;
  private final NDArray frames;
  private final NDArray triples;
  private final NDArray turns;
  private final NDArray attentionHeads;
  private final NDArray eps;
  private final NDArray prior;

  /** In the place of an Explainer's reach and weights where none looks on. */
  private final NDList unshared;

  /**
   * Where one softmax over all classes decides, what an EVIDENCE Explainer is told of them: [C,K] 1
   * where a class is of a taxon, and [K] the logarithms of their prior; else nothing.
   */
  private final NDList members;

  private NDList frozen;

  /**
   * @param manager owner of the weights: lives as long as the network, on its device
   * @param source gives every weight
   */
  public TaxonClassifier(
      NDManager manager, ModelConfig config, Taxonomy taxonomy, Tensors.Source source) {
    config.requireFits(taxonomy);
    this.config = config;
    this.taxonomy = taxonomy;
    List<String> backboneNames = new ArrayList<>();
    List<String> headNames = new ArrayList<>();
    List<String> biasNames = new ArrayList<>();
    tensors = layout(config, taxonomy, backboneNames, headNames, biasNames).build(manager, source);
    backbone = tensors.asList("backbone", backboneNames);
    if (!config.aminoAcids()) {
      backbone.add(1, absent(manager, "backbone[]"));
    }
    if (!config.finalNorm()) {
      backbone.addAll(2, List.of(absent(manager, "backbone[]"), absent(manager, "backbone[]")));
    }
    heads = tensors.asList("heads", headNames);
    biases =
        config.headBias()
            ? tensors.asList("biases", biasNames)
            : new NDList(absent(manager, "biases[]"));
    script = new TorchScript(manager);
    complements = complements(manager, config);
    order = neighbours(manager, config);
    frames = frames(manager, config);
    triples = triples(manager, config);
    turns = rotary(manager, config);
    attentionHeads = manager.create(config.heads());
    eps = manager.create((float) config.layerNormEps());
    prior = manager.create((float) config.poolingPrior());
    unshared = new NDList(manager.create(1f), absent(manager, Explainer.FUSED));
    members =
        taxonomy.background().isEmpty()
            ? new NDList()
            : new NDList(members(manager, taxonomy), logPrior(manager, taxonomy));
  }

  private static NDArray members(NDManager manager, Taxonomy taxonomy) {
    int classes = taxonomy.classes();
    float[] members = new float[taxonomy.size() * classes];
    for (int taxon = 0; taxon < taxonomy.size(); taxon++) {
      for (int leaf : taxonomy.leaves(taxonomy.ofClass(taxon))) {
        members[taxon * classes + leaf] = 1;
      }
    }
    return manager.create(members, new Shape(taxonomy.size(), classes));
  }

  private static NDArray logPrior(NDManager manager, Taxonomy taxonomy) {
    double[] prior = taxonomy.leafPrior();
    float[] logs = new float[prior.length];
    for (int leaf = 0; leaf < logs.length; leaf++) {
      logs[leaf] = (float) Math.log(prior[leaf]);
    }
    return manager.create(logs);
  }

  /** An empty tensor, in the place of one that this network has not. */
  private static NDArray absent(NDManager manager, String argument) {
    NDArray absent = manager.create(new Shape(0));
    absent.setName(argument);
    return absent;
  }

  /** The name and shape of every tensor of such a classifier. */
  public static Map<String, Shape> shapes(ModelConfig config, Taxonomy taxonomy) {
    return layout(config, taxonomy, new ArrayList<>(), new ArrayList<>(), new ArrayList<>())
        .shapes();
  }

  private static Tensors.Layout layout(
      ModelConfig config,
      Taxonomy taxonomy,
      List<String> backbone,
      List<String> heads,
      List<String> biases) {
    long e = config.hiddenSize();
    long f = config.intermediateSize();
    Tensors.Layout layout = new Tensors.Layout();
    add(layout, backbone, "esm.embeddings.word_embeddings.weight", config.vocabularySize(), e);
    if (config.aminoAcids()) {
      add(layout, backbone, TRIPLES, AminoAcidTriples.COUNT, e);
    }
    if (config.finalNorm()) {
      add(layout, backbone, "esm.encoder.emb_layer_norm_after.weight", e);
      add(layout, backbone, "esm.encoder.emb_layer_norm_after.bias", e);
    }
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
    Map<String, Integer> classes = heads(taxonomy);
    classes.forEach((head, size) -> add(layout, heads, head + ".weight", size, e));
    if (config.headBias()) {
      classes.forEach((head, size) -> add(layout, biases, head + ".bias", size));
    }
    return layout;
  }

  private static void add(Tensors.Layout layout, List<String> names, String name, long... shape) {
    layout.add(name, shape);
    names.add(name);
  }

  /** The heads by name, in the order of the classes, and how many classes each has. */
  private static Map<String, Integer> heads(Taxonomy taxonomy) {
    Map<String, Integer> heads = new LinkedHashMap<>();
    for (Rank rank : Rank.values()) {
      heads.put("classifier." + rank.name().toLowerCase(Locale.ROOT), taxonomy.size(rank));
    }
    if (!taxonomy.background().isEmpty()) {
      heads.put("classifier.background", taxonomy.background().size());
    }
    return heads;
  }

  /** [V] the reverse complement of every id, or nothing where tokens stand for themselves alone. */
  private static NDArray complements(NDManager manager, ModelConfig config) {
    long[] complements = new long[config.overlapping() ? config.vocabularySize() : 0];
    Arrays.setAll(complements, id -> Vocabulary.reverseComplement(id));
    return manager.create(complements);
  }

  /**
   * [2,5] for a 6-mer that begins s = 1 to 5 bases into a token: 4^s, by which the token's number
   * is to be multiplied, and 4^(6-s), by which the next one's is to be divided; or nothing.
   */
  private static NDArray frames(NDManager manager, ModelConfig config) {
    if (!config.overlapping()) {
      return manager.create(new long[0]);
    }
    int shifts = Vocabulary.K - 1;
    long[] frames = new long[2 * shifts];
    for (int shift = 1; shift <= shifts; shift++) {
      frames[shift - 1] = 1L << (2 * shift);
      frames[shifts + shift - 1] = 1L << (2 * (Vocabulary.K - shift));
    }
    return manager.create(frames, new Shape(2, shifts));
  }

  /** [2, 4^9] the triples of amino acids of all nines of bases, or nothing. */
  private static NDArray triples(NDManager manager, ModelConfig config) {
    if (!config.aminoAcids()) {
      return manager.create(new long[0]);
    }
    long[] table = AminoAcidTriples.table();
    return manager.create(table, new Shape(2, table.length / 2));
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

  /** The heads' weights, one tensor [C_r,E] a rank, then that of background, if there is any. */
  public List<NDArray> heads() {
    return List.copyOf(heads);
  }

  /** The labels that the heads are of. */
  Taxonomy taxonomy() {
    return taxonomy;
  }

  /**
   * What an EVIDENCE Explainer is told of the classes: members [C,K], logarithms of the prior [K],
   * and the heads, a list of matrices that make up [K,E].
   */
  NDList leaves() {
    NDList leaves = new NDList(members);
    leaves.addAll(frozen == null ? heads : new NDList(frozen.get(HEADS)));
    return leaves;
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
    NDList arguments = new NDList(complements, order);
    arguments.addAll(backbone);
    arguments.addAll(heads);
    arguments.addAll(biases);
    NDList fused = script.call("fuse", gradients, arguments);
    fused.forEach(tensor -> tensor.setName("fused[]"));
    return fused;
  }

  /**
   * Logits [B,C] of all classes, those of background included, of the gated forward pass.
   *
   * @param gate [B,T] in [0, 1]; ones leave the read as it is
   * @param gradients whether the logits must carry gradients
   */
  public NDArray logits(DeviceBatch batch, NDArray gate, boolean gradients) {
    return classify(batch, gate, gradients, unshared).get(0);
  }

  /**
   * Logits [B,K] of the whole reads, and what the Explainer makes of their hidden states: [B,T,4H]
   * a SHARED one, [B,T,E] one of EVIDENCE.
   *
   * @param shared the Explainer's reach and fused weights
   */
  NDList logitsAndStates(DeviceBatch batch, NDList shared) {
    return classify(batch, batch.valid(), false, shared);
  }

  private NDList classify(DeviceBatch batch, NDArray gate, boolean gradients, NDList shared) {
    boolean all = gradients || batch.ids().getDevice().isGpu();
    int rows = all ? batch.rows() : Math.max(1, TOKENS_AT_ONCE / batch.width());
    NDList arguments = new NDList(batch.ids(), batch.valid(), gate);
    try (NDManager scratch = batch.ids().getManager().newSubManager()) {
      NDList settings = new NDList(prior, scratch.create(rows));
      settings.addAll(shared);
      return call("classify", batch, arguments, gradients, settings);
    }
  }

  /**
   * The hidden states [B,T,E] of the whole reads, padding included, for what is trained on them:
   * they are no tensors of inference mode, which gradients could not pass.
   */
  NDArray hidden(DeviceBatch batch) {
    return call("hidden", batch, true);
  }

  /**
   * What each token of the whole reads adds to the logits, [B,T,C]: their sum over a read's places,
   * divided as the pooling divides, is its logits without the heads' biases. No gradients.
   */
  public NDArray evidence(DeviceBatch batch) {
    return call("evidence", batch, false);
  }

  /** Taxon logits [B,C] of the reads as they are, without gradients. */
  public NDArray logits(DeviceBatch batch) {
    return logits(batch, batch.valid(), false);
  }

  private NDArray call(String method, DeviceBatch batch, boolean gradients) {
    NDList inputs = new NDList(batch.ids(), batch.valid());
    return call(method, batch, inputs, gradients, new NDList()).singletonOrThrow();
  }

  private NDList call(
      String method, DeviceBatch batch, NDList inputs, boolean gradients, NDList settings) {
    if (batch.width() > config.maxPositions()) {
      throw new IllegalArgumentException(
          batch.width() + " tokens, more than the model's " + config.maxPositions());
    }
    NDList arguments = new NDList(inputs);
    arguments.addAll(
        new NDList(batch.attentionBias(), frames, triples, turns, attentionHeads, eps));
    arguments.addAll(settings);
    if (frozen != null) {
      arguments.addAll(frozen);
    } else {
      NDList fused = fuse(gradients);
      fused.attach(batch.ids().getManager());
      arguments.addAll(fused);
    }
    return script.call(method, gradients, arguments);
  }
}
