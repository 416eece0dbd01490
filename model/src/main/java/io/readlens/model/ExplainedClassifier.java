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
import io.readlens.model.network.MaskHead;
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
import java.util.stream.IntStream;

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
  /**
   * Padded tokens in one pass: bounds the memory that a call takes. The Explainer, which goes token
   * by token, is the faster the more rows it has; a worker's batch of 16,384 tokens is one pass.
   */
  private static final int TOKENS_PER_PASS = 24_576;

  private final String checkpointId;
  private final Taxonomy taxonomy;
  private final Decision decision;
  private final SpanFinder spanFinder;
  private final int windowTokens;
  private final int alternatives;
  private final NDManager manager;
  private final TaxonClassifier classifier;
  private final Explainer explainer;
  private final MaskHead maskHead;

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
      classifier.freeze();
      explainer = checkpoint.explainer(manager);
      explainer.freeze();
      maskHead = explainer.head();
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
    List<List<Window>> windows = reads.stream().map(this::windows).toList();
    List<WindowAnswer> answers = ask(windows.stream().flatMap(List::stream).toList());
    List<ExplainedRead> explained = new ArrayList<>(reads.size());
    int from = 0;
    for (List<Window> ofRead : windows) {
      int to = from + ofRead.size();
      explained.add(merge(ofRead, answers.subList(from, to)));
      from = to;
    }
    return explained;
  }

  /** The windows that a read is asked in: one if it fits, else several that overlap by a fifth. */
  public List<Window> windows(TokenizedRead read) {
    return read.windows(windowTokens);
  }

  /**
   * Asks the model about windows, of one read or of many. A read's windows may be asked in several
   * calls and on several threads. Windows of like length are the fastest.
   *
   * @param windows as {@link #windows} cuts them
   * @return one answer a window, in their order
   */
  public List<WindowAnswer> ask(List<Window> windows) {
    TorchThread.forInference(1);
    WindowAnswer[] answers = new WindowAnswer[windows.size()];
    for (List<Work> pass : passes(work(windows))) {
      try (NDManager scratch = manager.newSubManager()) {
        Explainer.Look look = explainer.look(classifier, batch(scratch, pass));
        List<TaxonProbabilities> probabilities = probabilities(look.logits());
        List<Integer> explained = new ArrayList<>();
        List<List<Taxon>> called = new ArrayList<>();
        for (int row = 0; row < pass.size(); row++) {
          Work work = pass.get(row);
          TaxonProbabilities ofRow = probabilities.get(row);
          List<Taxon> taxa = work.isWholeRead() ? called(ofRow) : List.of();
          if (work.isWholeRead() && taxa.isEmpty()) {
            answers[work.place] = WindowAnswer.ofWhole(ofRow, List.of());
          } else {
            explained.add(row);
            called.add(taxa);
          }
        }
        if (!explained.isEmpty()) {
          int[] rows = explained.stream().mapToInt(row -> row).toArray();
          States states = states(look.states(rows), called);
          for (int i = 0; i < rows.length; i++) {
            Work work = pass.get(rows[i]);
            TaxonProbabilities ofRow = probabilities.get(rows[i]);
            answers[work.place] =
                work.isWholeRead()
                    ? WindowAnswer.ofWhole(ofRow, states.masks(i, work.window, called.get(i)))
                    : WindowAnswer.ofPart(ofRow, states.of(i, work.window));
          }
        }
      }
    }
    return Arrays.asList(answers);
  }

  /**
   * Makes a read's answer of the answers for its windows.
   *
   * @param windows all windows of one read, in order, as {@link #windows} cuts them
   * @param answers what {@link #ask} said of each
   */
  public ExplainedRead merge(List<Window> windows, List<WindowAnswer> answers) {
    if (windows.isEmpty() || windows.size() != answers.size()) {
      throw new IllegalArgumentException(
          answers.size() + " answers to " + windows.size() + " windows");
    }
    TokenizedRead read = windows.get(0).read();
    if (!windows.equals(windows(read))) {
      throw new IllegalArgumentException("not the windows of read " + read);
    }
    TaxonProbabilities probabilities =
        mean(windows, answers.stream().map(WindowAnswer::probabilities).toList());
    List<Taxon> called = called(probabilities);
    List<Call> calls = new ArrayList<>();
    for (int c = 0; c < called.size(); c++) {
      Mask mask =
          windows.size() == 1
              ? answers.get(0).masks().get(c)
              : merged(windows, answers, called.get(c));
      calls.add(call(read, called.get(c), probabilities, mask));
    }
    return new ExplainedRead(calls, checkpointId);
  }

  /** A taxon's mask of a read of several windows. */
  private Mask merged(List<Window> windows, List<WindowAnswer> answers, Taxon taxon) {
    MaskSum sum = new MaskSum(windows.get(0).read().tokens());
    for (int i = 0; i < windows.size(); i++) {
      float[] scores = maskHead.scores(answers.get(i).states(), output(taxon));
      sum.add(windows.get(i), scores, 0, 1);
    }
    return sum.mean();
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
    return probabilities(reads, (batch, pass) -> classifier.logits(batch));
  }

  /**
   * The probability of every taxon for reads of which only a part is shown to the classifier.
   *
   * @param gates for each read one gate in [0, 1] a token: 1 shows it, 0 hides it, in the embedding
   *     and again in the pooling; {@code <cls>} is always shown; null shows the whole read
   */
  public List<TaxonProbabilities> probabilities(
      List<TokenizedRead> reads, IntFunction<float[]> gates) {
    return probabilities(
        reads, (batch, pass) -> classifier.logits(batch, gate(batch, pass, gates), false));
  }

  /** A forward pass: logits [B,C] of a batch of windows. */
  private interface Forward {
    NDArray logits(DeviceBatch batch, List<Work> pass);
  }

  private List<TaxonProbabilities> probabilities(List<TokenizedRead> reads, Forward forward) {
    TorchThread.forInference(1);
    List<Work> windows = windows(reads);
    TaxonProbabilities[] ofWindow = new TaxonProbabilities[windows.size()];
    for (List<Work> pass : passes(windows)) {
      try (NDManager scratch = manager.newSubManager()) {
        List<TaxonProbabilities> ofPass = probabilities(forward.logits(batch(scratch, pass), pass));
        for (int row = 0; row < pass.size(); row++) {
          ofWindow[pass.get(row).place] = ofPass.get(row);
        }
      }
    }
    List<TaxonProbabilities> answers = new ArrayList<>(reads.size());
    int from = 0;
    for (TokenizedRead read : reads) {
      List<Window> ofRead = windows(read);
      int to = from + ofRead.size();
      answers.add(mean(ofRead, Arrays.asList(ofWindow).subList(from, to)));
      from = to;
    }
    return answers;
  }

  /** The probabilities of a pass, row by row. */
  private List<TaxonProbabilities> probabilities(NDArray logits) {
    int rows = (int) logits.getShape().get(0);
    float[] values = logits.toFloatArray();
    List<TaxonProbabilities> probabilities = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      probabilities.add(
          TaxonProbabilities.ofLogits(taxonomy, values, row * taxonomy.size())
              .tempered(decision::temperature));
    }
    return probabilities;
  }

  /** A read's probabilities: the mean of its windows' by their tokens. */
  private static TaxonProbabilities mean(List<Window> windows, List<TaxonProbabilities> ofWindow) {
    double[] weights = windows.stream().mapToDouble(w -> Math.max(1, w.tokens())).toArray();
    return TaxonProbabilities.mean(ofWindow, weights);
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
    List<Work> windows = windows(reads);
    windows.removeIf(work -> taxa.get(work.read).isEmpty());
    List<MaskSum[]> sums = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      int tokens = reads.get(i).tokens();
      sums.add(taxa.get(i).stream().map(taxon -> new MaskSum(tokens)).toArray(MaskSum[]::new));
    }
    for (List<Work> pass : passes(windows)) {
      try (NDManager scratch = manager.newSubManager()) {
        NDArray seen = explainer.states(classifier, batch(scratch, pass));
        States states = states(seen, pass.stream().map(work -> taxa.get(work.read)).toList());
        for (int row = 0; row < pass.size(); row++) {
          Work work = pass.get(row);
          MaskSum[] sum = sums.get(work.read);
          for (int c = 0; c < sum.length; c++) {
            states.addTo(sum[c], row, work.window, c);
          }
        }
      }
    }
    return sums.stream().map(read -> Arrays.stream(read).map(MaskSum::mean).toList()).toList();
  }

  /** Asks the Explainer for the masks of some taxa of every row, possibly none. */
  private States states(NDArray states, List<List<Taxon>> taxa) {
    int width = (int) states.getShape().get(1);
    int most = taxa.stream().mapToInt(List::size).max().orElse(0);
    if (most == 0) {
      return new States(states, new float[0], width, 0);
    }
    long[] classes = new long[taxa.size() * most];
    for (int row = 0; row < taxa.size(); row++) {
      for (int c = 0; c < taxa.get(row).size(); c++) {
        classes[row * most + c] = output(taxa.get(row).get(c));
      }
    }
    NDArray asked = states.getManager().create(classes, new Shape(taxa.size(), most));
    return new States(states, explainer.masks(states, asked).toFloatArray(), width, most);
  }

  /** What the Explainer said of a pass: states [B,T,4H] on the device, and scores [B,T,R]. */
  private static final class States {
    private final NDArray states;
    private final float[] scores;
    private final int width;
    private final int taxa;

    States(NDArray states, float[] scores, int width, int taxa) {
      this.states = states;
      this.scores = scores;
      this.width = width;
      this.taxa = taxa;
    }

    void addTo(MaskSum sum, int row, Window window, int taxon) {
      // Place 0 of a row is <cls>.
      sum.add(window, scores, (row * width + 1) * taxa + taxon, taxa);
    }

    /** The masks of the taxa that a row was asked for; its window is its whole read. */
    List<Mask> masks(int row, Window window, List<Taxon> asked) {
      List<Mask> masks = new ArrayList<>(asked.size());
      for (int c = 0; c < asked.size(); c++) {
        MaskSum sum = new MaskSum(window.tokens());
        addTo(sum, row, window, c);
        masks.add(sum.mean());
      }
      return masks;
    }

    /** [T,4H] of a row's tokens. */
    float[] of(int row, Window window) {
      float[] all = states.get(row).toFloatArray();
      int each = all.length / width;
      return Arrays.copyOfRange(all, each, each * (1 + window.tokens()));
    }
  }

  /** Where a taxon stands among the outputs of all ranks. */
  private int output(Taxon taxon) {
    return taxonomy.offset(taxon.rank()) + taxon.index();
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
   * One of the windows asked for.
   *
   * @param place its place among them
   * @param read the place of its read, where reads were asked for
   */
  private record Work(int place, int read, Window window) {
    boolean isWholeRead() {
      return window.tokens() == window.read().tokens();
    }
  }

  private static List<Work> work(List<Window> windows) {
    return IntStream.range(0, windows.size())
        .mapToObj(i -> new Work(i, -1, windows.get(i)))
        .toList();
  }

  private List<Work> windows(List<TokenizedRead> reads) {
    List<Work> windows = new ArrayList<>();
    for (int read = 0; read < reads.size(); read++) {
      for (Window window : windows(reads.get(read))) {
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
