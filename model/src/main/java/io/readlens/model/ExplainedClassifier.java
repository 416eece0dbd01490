package io.readlens.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The module's door: tokenized reads in, explained calls out. Hides tensors, padding, windows and
 * devices, and owns every NDManager.
 *
 * <p>A long read is cut into overlapping windows: its probabilities are their token-weighted mean,
 * its masks the mean where they overlap, and every window is asked for the masks of the whole
 * read's taxa.
 *
 * <p>Threading: every method may run on several threads at once; close it after the last call.
 */
public final class ExplainedClassifier implements AutoCloseable {
  /** Padded tokens in one forward pass: bounds the memory that a long read takes. */
  private static final int TOKENS_PER_PASS = 16_384;

  private final String checkpointId;
  private final Taxonomy taxonomy;
  private final Decision decision;
  private final SpanFinder spanFinder;
  private final int windowTokens;
  private final int alternatives;
  private final NDManager manager;
  private final TaxonClassifier classifier;
  private final Explainer explainer;

  private ExplainedClassifier(Checkpoint checkpoint, Device device, int alternatives) {
    this.checkpointId = checkpoint.id();
    this.taxonomy = checkpoint.taxonomy();
    this.decision = checkpoint.decision();
    this.spanFinder = new SpanFinder(decision.mask());
    this.windowTokens = checkpoint.config().windowTokens();
    this.alternatives = alternatives;
    manager = NDManager.newBaseManager(device, "PyTorch");
    try {
      classifier = checkpoint.classifier(manager);
      explainer = checkpoint.explainer(manager);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Puts a checkpoint's model on a device.
   *
   * @param device {@code auto} (the first GPU, else the CPU), {@code cpu} or {@code gpu:N}
   * @param alternatives how many next best taxa each call names
   * @throws IllegalArgumentException if there is no such device
   */
  public static ExplainedClassifier load(Checkpoint checkpoint, String device, int alternatives) {
    return new ExplainedClassifier(checkpoint, device(device), alternatives);
  }

  private static Device device(String name) {
    int gpus = Engine.getInstance().getGpuCount();
    if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
      return Device.cpu();
    }
    if (name.equals("auto")) {
      return Device.gpu(0);
    }
    if (!name.matches("gpu:[0-9]{1,3}")) {
      throw new IllegalArgumentException("device is auto, cpu or gpu:N, not " + name);
    }
    int index = Integer.parseInt(name.substring(4));
    if (index >= gpus) {
      throw new IllegalArgumentException("there is no " + name + ": the engine sees " + gpus);
    }
    return Device.gpu(index);
  }

  /** Digest of the checkpoint that gives the answers. */
  public String checkpointId() {
    return checkpointId;
  }

  public Taxonomy taxonomy() {
    return taxonomy;
  }

  /** The rule that makes spans of masks. */
  public SpanFinder spanFinder() {
    return spanFinder;
  }

  /** Whether the model is on a GPU; on the CPU a call uses one core. */
  public boolean onGpu() {
    return manager.getDevice().isGpu();
  }

  /**
   * Explains reads, in their order. A batch of reads of like length is the fastest.
   *
   * @return one answer a read
   */
  public List<ExplainedRead> explain(List<TokenizedRead> reads) {
    List<TaxonProbabilities> probabilities = probabilities(reads);
    List<List<Taxon>> called = probabilities.stream().map(this::called).toList();
    List<List<Mask>> masks = masks(reads, called);
    List<ExplainedRead> answers = new ArrayList<>(reads.size());
    for (int i = 0; i < reads.size(); i++) {
      List<Call> calls = new ArrayList<>();
      for (int c = 0; c < called.get(i).size(); c++) {
        Taxon taxon = called.get(i).get(c);
        calls.add(call(reads.get(i), taxon, probabilities.get(i), masks.get(i).get(c)));
      }
      answers.add(new ExplainedRead(calls, checkpointId));
    }
    return answers;
  }

  /** The taxa to call, from the root down: each probable enough and a child of the one above. */
  private List<Taxon> called(TaxonProbabilities probabilities) {
    List<Taxon> called = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      Taxon best = probabilities.best(rank);
      boolean agrees = called.isEmpty() || best.parent() == called.get(called.size() - 1).index();
      if (probabilities.of(best) < decision.threshold(rank) || !agrees) {
        break;
      }
      called.add(best);
    }
    return called;
  }

  private Call call(TokenizedRead read, Taxon taxon, TaxonProbabilities all, Mask mask) {
    List<Candidate> next =
        all.alternatives(taxon.rank(), alternatives).stream()
            .map(other -> new Candidate(other, all.of(other)))
            .toList();
    return new Call(taxon, all.of(taxon), next, mask, spanFinder.find(read, mask));
  }

  /** The probability of every taxon for each read. */
  public List<TaxonProbabilities> probabilities(List<TokenizedRead> reads) {
    return answers(reads, (batch, pass) -> classifier.logits(batch));
  }

  /**
   * The probability of every taxon for reads of which only a part is shown to the classifier.
   *
   * @param gates for each read one gate in [0, 1] a token: 1 shows it, 0 hides it, in the embedding
   *     and again in the pooling; {@code <cls>} is always shown; null shows the whole read
   */
  public List<TaxonProbabilities> probabilities(
      List<TokenizedRead> reads, IntFunction<float[]> gates) {
    return answers(
        reads, (batch, pass) -> classifier.logits(batch, gate(batch, pass, gates), false));
  }

  /** A forward pass: logits [B,C] of a batch of windows. */
  private interface Forward {
    NDArray logits(DeviceBatch batch, List<Work> pass);
  }

  private List<TaxonProbabilities> answers(List<TokenizedRead> reads, Forward forward) {
    TorchThread.forInference(1);
    List<Work> windows = windows(reads);
    TaxonProbabilities[] ofWindow = new TaxonProbabilities[windows.size()];
    for (List<Work> pass : passes(windows)) {
      try (NDManager scratch = manager.newSubManager()) {
        DeviceBatch batch = batch(scratch, pass);
        float[] logits = forward.logits(batch, pass).toFloatArray();
        for (int row = 0; row < pass.size(); row++) {
          ofWindow[pass.get(row).place] =
              TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.size());
        }
      }
    }
    List<List<TaxonProbabilities>> ofRead = new ArrayList<>();
    List<List<Double>> weights = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      ofRead.add(new ArrayList<>());
      weights.add(new ArrayList<>());
    }
    for (Work work : windows) {
      ofRead.get(work.read).add(ofWindow[work.place]);
      weights.get(work.read).add((double) Math.max(1, work.window.tokens()));
    }
    List<TaxonProbabilities> answers = new ArrayList<>(reads.size());
    for (int i = 0; i < reads.size(); i++) {
      double[] weight = weights.get(i).stream().mapToDouble(Double::doubleValue).toArray();
      answers.add(TaxonProbabilities.mean(ofRead.get(i), weight));
    }
    return answers;
  }

  private static NDArray gate(DeviceBatch batch, List<Work> pass, IntFunction<float[]> gates) {
    int width = batch.width();
    float[] gate = new float[pass.size() * width];
    Arrays.fill(gate, 1);
    for (int row = 0; row < pass.size(); row++) {
      Work work = pass.get(row);
      float[] ofRead = gates.apply(work.read);
      if (ofRead != null) {
        System.arraycopy(ofRead, work.window.from(), gate, row * width + 1, work.window.tokens());
      }
    }
    return batch.ids().getManager().create(gate, new Shape(pass.size(), width));
  }

  /**
   * The Explainer's masks of taxa asked for.
   *
   * @param taxa for each read the taxa, of any ranks and as many as wanted; none costs nothing
   * @return for each read one mask a taxon, in the order asked
   */
  public List<List<Mask>> masks(List<TokenizedRead> reads, List<List<Taxon>> taxa) {
    TorchThread.forInference(1);
    int most = taxa.stream().mapToInt(List::size).max().orElse(0);
    List<Work> windows = windows(reads);
    windows.removeIf(work -> taxa.get(work.read).isEmpty());
    List<MaskSum[]> sums = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      int tokens = reads.get(i).tokens();
      sums.add(taxa.get(i).stream().map(taxon -> new MaskSum(tokens)).toArray(MaskSum[]::new));
    }
    for (List<Work> pass : passes(windows)) {
      long[] classes = new long[pass.size() * most];
      for (int row = 0; row < pass.size(); row++) {
        List<Taxon> asked = taxa.get(pass.get(row).read);
        for (int c = 0; c < asked.size(); c++) {
          classes[row * most + c] = output(asked.get(c));
        }
      }
      try (NDManager scratch = manager.newSubManager()) {
        DeviceBatch batch = batch(scratch, pass);
        NDArray asked = scratch.create(classes, new Shape(pass.size(), most));
        float[] scores = explainer.masks(batch, asked).toFloatArray();
        for (int row = 0; row < pass.size(); row++) {
          Work work = pass.get(row);
          MaskSum[] sum = sums.get(work.read);
          for (int c = 0; c < sum.length; c++) {
            // Place 0 of a row is <cls>.
            sum[c].add(work.window, scores, (row * batch.width() + 1) * most + c, most);
          }
        }
      }
    }
    return sums.stream().map(read -> Arrays.stream(read).map(MaskSum::mean).toList()).toList();
  }

  /** Where a taxon stands among the outputs of all ranks. */
  private long output(Taxon taxon) {
    return (long) taxonomy.offset(taxon.rank()) + taxon.index();
  }

  /** A mask in the making: the mean over the windows that hold a token. */
  private static final class MaskSum {
    private final float[] sum;
    private final int[] windows;

    MaskSum(int tokens) {
      sum = new float[tokens];
      windows = new int[tokens];
    }

    void add(Window window, float[] scores, int from, int stride) {
      for (int i = 0; i < window.tokens(); i++) {
        sum[window.from() + i] += scores[from + i * stride];
        windows[window.from() + i]++;
      }
    }

    Mask mean() {
      for (int i = 0; i < sum.length; i++) {
        sum[i] = Math.min(1, sum[i] / windows[i]);
      }
      return Mask.of(sum);
    }
  }

  /**
   * One window of a batch's reads.
   *
   * @param place its place among all windows of the batch
   * @param read the read's place in the batch
   */
  private record Work(int place, int read, Window window) {}

  private List<Work> windows(List<TokenizedRead> reads) {
    List<Work> windows = new ArrayList<>();
    for (int read = 0; read < reads.size(); read++) {
      for (Window window : reads.get(read).windows(windowTokens)) {
        windows.add(new Work(windows.size(), read, window));
      }
    }
    return windows;
  }

  /** Windows of like length together, as many as a forward pass may hold. */
  private static List<List<Work>> passes(List<Work> windows) {
    List<Work> sorted = new ArrayList<>(windows);
    sorted.sort(Comparator.comparingInt(work -> work.window.tokens()));
    List<List<Work>> passes = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      // Sorted by length, so the next window would be the widest, with its <cls>.
      if (i == sorted.size()
          || (i + 1 - from) * (sorted.get(i).window.tokens() + 1) > TOKENS_PER_PASS) {
        passes.add(sorted.subList(from, i));
        from = i;
      }
    }
    return passes;
  }

  private static DeviceBatch batch(NDManager manager, List<Work> pass) {
    return DeviceBatch.of(manager, TokenBatch.of(pass.stream().map(Work::window).toList()));
  }

  @Override
  public void close() {
    manager.close();
  }

  @Override
  public String toString() {
    return "ExplainedClassifier[" + checkpointId + " on " + manager.getDevice() + "]";
  }
}
