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
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The module's door: tokenized reads in, explained calls out. Hides tensors, padding, windows and
 * devices, and owns every NDManager.
 *
 * <p>A long read is cut into overlapping windows: its probabilities are their token-weighted mean,
 * its masks the mean where they overlap, and every window is asked for the mask of the whole read's
 * taxa.
 *
 * <p>Threading: {@link #explain} may run on several threads at once; close it after the last call.
 */
public final class ExplainedClassifier implements AutoCloseable {
  /** Padded tokens in one forward pass: bounds the memory that a long read takes. */
  private static final int TOKENS_PER_PASS = 16_384;

  private static final Rank[] RANKS = Rank.values();

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
    return new ExplainedClassifier(checkpoint, Devices.named(device), alternatives);
  }

  /** Digest of the checkpoint that gives the answers. */
  public String checkpointId() {
    return checkpointId;
  }

  public Taxonomy taxonomy() {
    return taxonomy;
  }

  /** Whether the model is on the CPU, where one pass uses one core. */
  public boolean onCpu() {
    return !manager.getDevice().isGpu();
  }

  /** One window on its way through the two passes. */
  private static final class Work {
    final int read;
    final Window window;
    TaxonProbabilities probabilities;
    Map<Rank, float[]> masks;

    Work(int read, Window window) {
      this.read = read;
      this.window = window;
    }
  }

  /**
   * Explains reads, in their order. A batch of reads of like length is the fastest.
   *
   * @return one answer a read
   */
  public List<ExplainedRead> explain(List<TokenizedRead> reads) {
    TorchThread.forInference(1);
    List<Work> windows = new ArrayList<>();
    Map<Integer, List<Work>> byRead = new HashMap<>();
    for (int read = 0; read < reads.size(); read++) {
      for (Window window : reads.get(read).windows(windowTokens)) {
        Work work = new Work(read, window);
        windows.add(work);
        byRead.computeIfAbsent(read, r -> new ArrayList<>()).add(work);
      }
    }
    windows.sort(Comparator.comparingInt(work -> work.window.tokens()));
    List<List<Work>> passes = passes(windows);
    passes.forEach(this::classify);

    List<TaxonProbabilities> probabilities = new ArrayList<>();
    List<List<Taxon>> called = new ArrayList<>();
    for (int read = 0; read < reads.size(); read++) {
      TaxonProbabilities mean = mean(byRead.get(read));
      probabilities.add(mean);
      called.add(called(mean));
    }
    for (List<Work> pass : passes) {
      mask(pass.stream().filter(work -> !called.get(work.read).isEmpty()).toList(), probabilities);
    }

    List<ExplainedRead> answers = new ArrayList<>(reads.size());
    for (int read = 0; read < reads.size(); read++) {
      List<Call> calls = new ArrayList<>();
      for (Taxon taxon : called.get(read)) {
        calls.add(call(reads.get(read), taxon, probabilities.get(read), byRead.get(read)));
      }
      answers.add(new ExplainedRead(calls, checkpointId));
    }
    return answers;
  }

  private static List<List<Work>> passes(List<Work> sorted) {
    List<List<Work>> passes = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      // Sorted by length, so the last window is the widest: one <cls> more than its tokens.
      boolean full =
          i < sorted.size()
              && (i + 1 - from) * (sorted.get(i).window.tokens() + 1) > TOKENS_PER_PASS;
      if (full || i == sorted.size()) {
        passes.add(sorted.subList(from, i));
        from = i;
      }
    }
    return passes;
  }

  private void classify(List<Work> pass) {
    try (NDManager batch = manager.newSubManager()) {
      float[] logits = classifier.logits(batch(batch, pass)).toFloatArray();
      for (int row = 0; row < pass.size(); row++) {
        pass.get(row).probabilities =
            TaxonProbabilities.ofLogits(taxonomy, logits, row * taxonomy.size());
      }
    }
  }

  /** Masks of each read's best taxon at every rank, called or not. */
  private void mask(List<Work> pass, List<TaxonProbabilities> probabilities) {
    if (pass.isEmpty()) {
      return;
    }
    long[] classes = new long[pass.size() * RANKS.length];
    for (int row = 0; row < pass.size(); row++) {
      for (int r = 0; r < RANKS.length; r++) {
        Taxon best = probabilities.get(pass.get(row).read).best(RANKS[r]);
        classes[row * RANKS.length + r] = (long) taxonomy.offset(RANKS[r]) + best.index();
      }
    }
    try (NDManager batch = manager.newSubManager()) {
      DeviceBatch deviceBatch = batch(batch, pass);
      NDArray asked = batch.create(classes, new Shape(pass.size(), RANKS.length));
      float[] scores = explainer.masks(deviceBatch, asked).toFloatArray();
      int width = deviceBatch.width();
      for (int row = 0; row < pass.size(); row++) {
        Work work = pass.get(row);
        work.masks = new EnumMap<>(Rank.class);
        for (int r = 0; r < RANKS.length; r++) {
          float[] mask = new float[work.window.tokens()];
          for (int token = 0; token < mask.length; token++) {
            // Place 0 is <cls>.
            mask[token] = scores[(row * width + token + 1) * RANKS.length + r];
          }
          work.masks.put(RANKS[r], mask);
        }
      }
    }
  }

  private static DeviceBatch batch(NDManager manager, List<Work> pass) {
    return DeviceBatch.of(manager, TokenBatch.of(pass.stream().map(work -> work.window).toList()));
  }

  private static TaxonProbabilities mean(List<Work> windows) {
    return TaxonProbabilities.mean(
        windows.stream().map(work -> work.probabilities).toList(),
        windows.stream().mapToDouble(work -> Math.max(1, work.window.tokens())).toArray());
  }

  /** The taxa to call, from the root down: each probable enough and a child of the one above. */
  private List<Taxon> called(TaxonProbabilities probabilities) {
    List<Taxon> called = new ArrayList<>();
    for (Rank rank : RANKS) {
      Taxon best = probabilities.best(rank);
      boolean agrees = called.isEmpty() || best.parent() == called.get(called.size() - 1).index();
      if (probabilities.of(best) < decision.threshold(rank) || !agrees) {
        break;
      }
      called.add(best);
    }
    return called;
  }

  private Call call(
      TokenizedRead read, Taxon taxon, TaxonProbabilities probabilities, List<Work> windows) {
    Mask mask = mask(read, taxon.rank(), windows);
    List<Candidate> next =
        probabilities.alternatives(taxon.rank(), alternatives).stream()
            .map(other -> new Candidate(other, probabilities.of(other)))
            .toList();
    return new Call(taxon, probabilities.of(taxon), next, mask, spanFinder.find(read, mask));
  }

  private static Mask mask(TokenizedRead read, Rank rank, List<Work> windows) {
    if (windows.size() == 1) {
      return Mask.of(windows.get(0).masks.get(rank));
    }
    float[] sum = new float[read.tokens()];
    int[] covered = new int[read.tokens()];
    for (Work work : windows) {
      float[] mask = work.masks.get(rank);
      for (int i = 0; i < mask.length; i++) {
        sum[work.window.from() + i] += mask[i];
        covered[work.window.from() + i]++;
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] = Math.min(1, sum[i] / covered[i]);
    }
    return Mask.of(sum);
  }

  @Override
  public void close() {
    manager.close();
  }

  @Override
  public String toString() {
    return "ExplainedClassifier[" + checkpointId + " on " + manager.getDevice() + "]";
  }

  /** The devices that the engine knows. */
  private static final class Devices {
    static Device named(String name) {
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
        throw new IllegalArgumentException(
            "there is no " + name + ": the engine sees " + gpus + " GPUs");
      }
      return Device.gpu(index);
    }
  }
}
