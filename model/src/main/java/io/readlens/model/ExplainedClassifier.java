package io.readlens.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.MaskHead;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.model.read.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The module's door: tokenized reads in, explained calls out. Hides tensors, padding, windows and
 * devices, and owns every NDManager.
 *
 * <p>A long read is cut into overlapping windows, whose evidence is added up ({@link EvidenceSum}):
 * the more of a read says the same, the surer is the answer. Its masks are the mean where windows
 * overlap, and every window is asked for the masks of the whole read's taxa.
 *
 * <p>Hidden tokens ({@link TokenizedRead#hiding}) are to the networks what padding is, have no
 * weight where windows are added up, and score 0 in every mask. A read of which too little is shown
 * is called nothing.
 *
 * <p>Threading: every method may run on several threads at once; close it after the last call.
 */
public final class ExplainedClassifier implements AutoCloseable {
  /**
   * Padded tokens in one pass: bounds the memory that a call takes. The Explainer, which goes token
   * by token, is the faster the more rows it has; a worker's batch of 16,384 tokens is one pass.
   */
  private static final int TOKENS_PER_PASS = 24_576;

  /** A window that gives a taxon more than this probability is all but sure of it. */
  private static final double ALL_BUT_SURE = 0.9;

  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  /** So that windows which are shown nothing have a mean. */
  private static final double LEAST_WEIGHT = 1e-9;

  /** Forward passes more that a read takes at most when its spans are put to the test. */
  public static final int TEST_PASSES = 2 * Rank.values().length;

  private final String checkpointId;
  private final Taxonomy taxonomy;
  private final Decision decision;
  private final CallRule callRule;
  private final SpanFinder spanFinder;
  private final int windowTokens;
  private final int poolingPrior;
  private final Options options;
  private final NDManager manager;
  private final TaxonClassifier classifier;
  private final Explainer explainer;
  private final MaskHead maskHead;

  /**
   * What answers hold beside calls and masks.
   *
   * @param alternatives how many next best taxa each call names
   * @param faithfulness the reads whose spans are put to the test, by two more forward passes for
   *     each call, of the read as received
   * @param views in how many views each read is classified; masks are of the read as received
   * @param thresholds what reads are called by
   * @param mostSpans spans that a call publishes at most, 1 or more; they are what is put to the
   *     test
   */
  public record Options(
      int alternatives,
      ReadSample faithfulness,
      Views views,
      ThresholdChoice thresholds,
      int mostSpans) {
    public Options {
      if (alternatives < 0) {
        throw new IllegalArgumentException("fewer alternatives than none: " + alternatives);
      }
    }

    /** By the checkpoint's own thresholds, and with no more spans than are easily read. */
    public Options(int alternatives, ReadSample faithfulness, Views views) {
      this(alternatives, faithfulness, views, ThresholdChoice.BALANCED, SpanFinder.MOST_SPANS);
    }
  }

  private ExplainedClassifier(Checkpoint checkpoint, Device device, Options options) {
    this.checkpointId = checkpoint.id();
    this.taxonomy = checkpoint.taxonomy();
    this.decision = checkpoint.decision();
    this.callRule = decision.rule(options.thresholds);
    this.spanFinder = new SpanFinder(decision.mask(), options.mostSpans);
    this.windowTokens = checkpoint.config().windowTokens();
    this.poolingPrior = checkpoint.config().poolingPrior();
    this.options = options;
    manager = TorchProcess.manager(device);
    try {
      classifier = checkpoint.classifier(manager);
      classifier.freeze();
      explainer = checkpoint.explainer(manager);
      explainer.freeze();
      maskHead = explainer.head(classifier);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Puts a checkpoint's model on a device.
   *
   * @param device {@code auto} (the first GPU, else the CPU), {@code cpu} or {@code gpu:N}
   * @throws IllegalArgumentException if there is no such device
   */
  public static ExplainedClassifier load(Checkpoint checkpoint, String device, Options options) {
    return new ExplainedClassifier(checkpoint, device(device), options);
  }

  /** The same in one view, with nothing put to the test. */
  public static ExplainedClassifier load(Checkpoint checkpoint, String device, int alternatives) {
    return load(checkpoint, device, new Options(alternatives, ReadSample.NONE, Views.ONE));
  }

  private static Device device(String name) {
    int gpus = TorchProcess.gpus();
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

  /** By what reads are called. */
  public CallRule callRule() {
    return callRule;
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

  /**
   * Asks for all that the model may be asked of a read, whether it would call the read or not: the
   * probabilities of the whole and of a part, the masks of every taxon, the answer in one window
   * and in several.
   *
   * @param read such as {@link Canary#READ}
   * @throws RuntimeException if it fails, or says what cannot be: a probability or a mask that is
   *     no number
   */
  public void requireSound(TokenizedRead read) {
    Canary.ask(this, read);
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
        List<float[]> logits = rows(inAllViews(look.logits().toFloatArray(), pass), pass);
        List<Integer> explained = new ArrayList<>();
        List<List<Taxon>> called = new ArrayList<>();
        for (int row = 0; row < pass.size(); row++) {
          Work work = pass.get(row);
          TaxonProbabilities ofRow = probabilities(work.window, logits.get(row));
          answers[work.place] = WindowAnswer.of(logits.get(row), ofRow);
          List<Taxon> taxa = work.isWholeRead() ? called(work.window.read(), ofRow) : List.of();
          if (!work.isWholeRead() || !taxa.isEmpty()) {
            explained.add(row);
            called.add(taxa);
          }
        }
        if (!explained.isEmpty()) {
          int[] rows = explained.stream().mapToInt(row -> row).toArray();
          States states = states(look.states(rows), called);
          for (int i = 0; i < rows.length; i++) {
            Work work = pass.get(rows[i]);
            WindowAnswer answer = answers[work.place];
            answers[work.place] =
                work.isWholeRead()
                    ? answer.withMasks(states.masks(i, work.window, called.get(i)))
                    : answer.withStates(states.of(i, work.window));
          }
        }
      }
    }
    test(windows, answers);
    return Arrays.asList(answers);
  }

  /** Puts the spans of those whole reads to the test that are to be. */
  private void test(List<Window> windows, WindowAnswer[] answers) {
    List<Integer> places = new ArrayList<>();
    List<Published> published = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      TokenizedRead read = windows.get(i).read();
      WindowAnswer answer = answers[i];
      if (!answer.masks().isEmpty() && options.faithfulness.holds(read.id())) {
        List<Taxon> called = called(read, answer.probabilities());
        places.add(i);
        published.add(new Published(read, answer.probabilities(), called, answer.masks()));
      }
    }
    List<List<Faithfulness>> tested = faithfulness(published);
    for (int i = 0; i < places.size(); i++) {
      answers[places.get(i)] = answers[places.get(i)].with(tested.get(i));
    }
  }

  /**
   * What is said of a read, before it is put to the test.
   *
   * @param masks one for each called taxon
   */
  private record Published(
      TokenizedRead read, TaxonProbabilities probabilities, List<Taxon> called, List<Mask> masks) {}

  /** For each read and each of its calls whether the spans carry it; the rows share passes. */
  private List<List<Faithfulness>> faithfulness(List<Published> published) {
    List<TokenizedRead> reads = new ArrayList<>();
    List<float[]> gates = new ArrayList<>();
    boolean severalViews = options.views.count() > 1;
    for (Published each : published) {
      if (severalViews) {
        reads.add(each.read);
        gates.add(null);
      }
      for (Mask mask : each.masks) {
        float[] spans = spanFinder.shown(each.read, mask);
        float[] rest = new float[spans.length];
        for (int token = 0; token < rest.length; token++) {
          rest[token] = 1 - spans[token];
        }
        reads.addAll(List.of(each.read, each.read));
        gates.addAll(List.of(spans, rest));
      }
    }
    Iterator<TaxonProbabilities> gated = probabilities(reads, gates::get).iterator();
    List<List<Faithfulness>> faithfulness = new ArrayList<>();
    for (Published each : published) {
      List<Faithfulness> ofCalls = new ArrayList<>();
      TaxonProbabilities whole = severalViews ? gated.next() : each.probabilities;
      for (Taxon taxon : each.called) {
        double shown = gated.next().of(taxon);
        double hidden = gated.next().of(taxon);
        ofCalls.add(new Faithfulness(shown, whole.of(taxon) - hidden));
      }
      faithfulness.add(ofCalls);
    }
    return faithfulness;
  }

  /**
   * Makes a read's answer of the answers for its windows. Where a read of several is to be put to
   * the test, the model is asked again.
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
    TaxonProbabilities probabilities = together(windows, answers);
    List<Taxon> called = called(read, probabilities);
    List<Mask> masks = answers.get(0).masks();
    List<Faithfulness> tested = answers.get(0).faithfulness();
    if (windows.size() > 1) {
      masks = merged(windows, answers, called);
      tested =
          options.faithfulness.holds(read.id())
              ? faithfulness(List.of(new Published(read, probabilities, called, masks))).get(0)
              : List.of();
    }
    if (!read.isInformative()) {
      return ExplainedRead.ofTooLittle(checkpointId, read);
    }
    if (called.isEmpty()) {
      return ExplainedRead.ofUnclassified(checkpointId, probabilities).by(callRule);
    }
    List<Call> calls = new ArrayList<>();
    for (int c = 0; c < called.size(); c++) {
      Optional<Faithfulness> ofCall =
          tested.isEmpty() ? Optional.empty() : Optional.of(tested.get(c));
      calls.add(call(read, called.get(c), probabilities, masks.get(c), ofCall));
    }
    return new ExplainedRead(calls, checkpointId).by(callRule);
  }

  /** Some taxa's masks of a read of several windows. */
  private List<Mask> merged(List<Window> windows, List<WindowAnswer> answers, List<Taxon> taxa) {
    TaxonProbabilities read =
        TaxonProbabilities.ofLogits(taxonomy, added(windows, answers, shown(windows)), 0);
    List<Mask> masks = new ArrayList<>(taxa.size());
    for (Taxon taxon : taxa) {
      MaskHead.OfTaxon mask = maskHead.of(read, output(taxon));
      MaskSum sum = new MaskSum(windows.get(0).read().tokens());
      for (int i = 0; i < windows.size(); i++) {
        float[] scores = mask.scores(answers.get(i).states(), windows.get(i));
        sum.add(windows.get(i), scores, 0, 1);
      }
      masks.add(sum.mean());
    }
    return masks;
  }

  /**
   * The taxa to call, from the root down: each probable enough and a child of the one above; none
   * if too little is shown of the read.
   */
  private List<Taxon> called(TokenizedRead read, TaxonProbabilities probabilities) {
    return called(read, probabilities, callRule.thresholds());
  }

  /** The same by other thresholds. */
  public List<Taxon> called(
      TokenizedRead read, TaxonProbabilities probabilities, Thresholds thresholds) {
    List<Taxon> called = new ArrayList<>();
    if (!read.isInformative()) {
      return called;
    }
    for (Rank rank : Rank.values()) {
      Taxon best = probabilities.best(rank);
      boolean agrees = called.isEmpty() || best.parent() == called.get(called.size() - 1).index();
      if (probabilities.of(best) < thresholds.of(rank) || !agrees) {
        break;
      }
      called.add(best);
    }
    return called;
  }

  private Call call(
      TokenizedRead read,
      Taxon taxon,
      TaxonProbabilities all,
      Mask mask,
      Optional<Faithfulness> tested) {
    List<Candidate> next =
        all.alternatives(taxon.rank(), options.alternatives).stream()
            .map(other -> new Candidate(other, all.of(other)))
            .toList();
    return new Call(
        taxon,
        all.of(taxon),
        next,
        mask,
        spanFinder.find(read, mask),
        spanFinder.leftOut(read, mask),
        tested);
  }

  /** The probability of every taxon for each read, over all views. */
  public List<TaxonProbabilities> probabilities(List<TokenizedRead> reads) {
    return probabilities(
        reads,
        (batch, pass) -> inAllViews(classifier.logits(batch).toFloatArray(), pass),
        work -> work.window.shownTokens());
  }

  /**
   * The probability of every taxon for reads, as received, of which only a part is shown to the
   * classifier.
   *
   * @param gates for each read one gate in [0, 1] a token: 1 shows it, 0 hides it, in the embedding
   *     and again in the pooling; {@code <cls>} is always shown; null shows the whole read
   */
  public List<TaxonProbabilities> probabilities(
      List<TokenizedRead> reads, IntFunction<float[]> gates) {
    return probabilities(
        reads,
        (batch, pass) -> classifier.logits(batch, gate(batch, pass, gates), false).toFloatArray(),
        work -> shown(work, gates.apply(work.read)));
  }

  /** A forward pass: logits [B,C] of a batch of windows, row by row. */
  private interface Forward {
    float[] logits(DeviceBatch batch, List<Work> pass);
  }

  /**
   * The mean over all views of a pass's windows: but for a constant that the softmax drops, the
   * mean of the log-probabilities that a head gives.
   *
   * @param logits of the windows as received, row by row; taken over
   */
  private float[] inAllViews(float[] logits, List<Work> pass) {
    if (options.views.count() == 1) {
      return logits;
    }
    List<Work> others = new ArrayList<>();
    for (int row = 0; row < pass.size(); row++) {
      for (Window view : options.views.others(pass.get(row).window, windowTokens)) {
        others.add(new Work(row, -1, view));
      }
    }
    int classes = taxonomy.classes();
    for (List<Work> part : passes(others)) {
      try (NDManager scratch = manager.newSubManager()) {
        float[] ofPart = classifier.logits(batch(scratch, part)).toFloatArray();
        for (int view = 0; view < part.size(); view++) {
          int row = part.get(view).place;
          for (int c = 0; c < classes; c++) {
            logits[row * classes + c] += ofPart[view * classes + c];
          }
        }
      }
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] /= options.views.count();
    }
    return logits;
  }

  /**
   * @param shown of how many of its tokens each window's logits are
   */
  private List<TaxonProbabilities> probabilities(
      List<TokenizedRead> reads, Forward forward, ToDoubleFunction<Work> shown) {
    TorchThread.forInference(1);
    List<Work> windows = windows(reads);
    float[][] logits = new float[windows.size()][];
    for (List<Work> pass : passes(windows)) {
      try (NDManager scratch = manager.newSubManager()) {
        List<float[]> ofPass = rows(forward.logits(batch(scratch, pass), pass), pass);
        for (int row = 0; row < pass.size(); row++) {
          logits[pass.get(row).place] = ofPass.get(row);
        }
      }
    }
    List<TaxonProbabilities> answers = new ArrayList<>(reads.size());
    int from = 0;
    for (int read = 0; read < reads.size(); read++) {
      int to = from;
      List<WindowAnswer> ofRead = new ArrayList<>();
      List<Window> ofWindows = new ArrayList<>();
      while (to < windows.size() && windows.get(to).read == read) {
        Window window = windows.get(to).window;
        ofWindows.add(window);
        ofRead.add(WindowAnswer.of(logits[to], probabilities(window, logits[to])));
        to++;
      }
      double[] tokens = windows.subList(from, to).stream().mapToDouble(shown).toArray();
      answers.add(together(ofWindows, ofRead, tokens));
      from = to;
    }
    return answers;
  }

  /** The logits [C] of each row of a pass. */
  private static List<float[]> rows(float[] logits, List<Work> pass) {
    int classes = logits.length / pass.size();
    return IntStream.range(0, pass.size())
        .mapToObj(row -> Arrays.copyOfRange(logits, row * classes, (row + 1) * classes))
        .toList();
  }

  /** What a window says by itself. */
  private TaxonProbabilities probabilities(Window window, float[] logits) {
    return probabilities(logits, window.shownTokens());
  }

  private TaxonProbabilities probabilities(float[] logits, int tokens) {
    return TaxonProbabilities.ofLogits(taxonomy, logits, 0)
        .tempered(rank -> decision.temperature(rank, tokens));
  }

  /** What all windows of a read say together. */
  private TaxonProbabilities together(List<Window> windows, List<WindowAnswer> answers) {
    return together(windows, answers, shown(windows));
  }

  private static double[] shown(List<Window> windows) {
    return windows.stream().mapToDouble(Window::shownTokens).toArray();
  }

  /**
   * The logits that the evidence of all windows of a read adds up to.
   *
   * @param shown of how many of its tokens each answer is
   */
  private float[] added(List<Window> windows, List<WindowAnswer> answers, double... shown) {
    EvidenceSum sum = new EvidenceSum(poolingPrior);
    double cut = 0;
    for (int i = 0; i < shown.length; i++) {
      sum.add(answers.get(i).logits(), shown[i], windows.get(i).shownTokens());
      cut += windows.get(i).shownTokens();
    }
    return sum.logits(windows.get(0).read().shownTokens() / cut);
  }

  /**
   * What all windows of a read say together: their evidence added up. Where a window is by itself
   * all but sure of another taxon than the sum says, the read is not of one organism, or not of one
   * that is known: such windows speak for themselves, with the weight of their tokens.
   *
   * @param shown of how many of its tokens each answer is
   */
  private TaxonProbabilities together(
      List<Window> windows, List<WindowAnswer> answers, double... shown) {
    if (windows.size() == 1) {
      return answers.get(0).probabilities();
    }
    TokenizedRead read = windows.get(0).read();
    TaxonProbabilities all = probabilities(added(windows, answers, shown), read.shownTokens());
    List<TaxonProbabilities> voices = new ArrayList<>(List.of(all));
    List<Double> weights = new ArrayList<>(List.of(LEAST_WEIGHT));
    for (int i = 0; i < shown.length; i++) {
      TaxonProbabilities alone = answers.get(i).probabilities();
      if (contradicts(alone, all)) {
        voices.add(alone);
        weights.add(shown[i]);
      } else {
        weights.set(0, weights.get(0) + shown[i]);
      }
    }
    return TaxonProbabilities.mean(
        voices, weights.stream().mapToDouble(weight -> weight).toArray());
  }

  private static boolean contradicts(TaxonProbabilities window, TaxonProbabilities all) {
    boolean background = all.ofBackground() > MORE_LIKELY_THAN_NOT;
    if (window.ofBackground() > ALL_BUT_SURE) {
      return !background;
    }
    return Arrays.stream(Rank.values())
        .map(window::best)
        .filter(best -> window.of(best) > ALL_BUT_SURE)
        .anyMatch(best -> background || !best.equals(all.best(best.rank())));
  }

  /** Of how many tokens, as the gates show them, a window's pooled evidence is. */
  private static double shown(Work work, float[] gate) {
    Window window = work.window;
    if (gate == null) {
      return window.shownTokens();
    }
    return IntStream.range(window.from(), window.to())
        .filter(token -> !window.read().isHidden(token))
        .mapToDouble(token -> gate[token])
        .sum();
  }

  private static NDArray gate(DeviceBatch batch, List<Work> pass, IntFunction<float[]> gates) {
    int width = batch.width();
    float[] gate = new float[pass.size() * width];
    Arrays.fill(gate, 1);
    for (int row = 0; row < pass.size(); row++) {
      Work work = pass.get(row);
      float[] ofRead = gates.apply(work.read);
      Window window = work.window;
      for (int token = window.from(); ofRead != null && token < window.to(); token++) {
        if (!window.read().isHidden(token)) {
          gate[row * width + 1 + window.place(token)] = ofRead[token];
        }
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
    boolean whole = explainer.hearsTheWholeRead();
    windows.removeIf(work -> taxa.get(work.read).isEmpty() || (whole && !work.isWholeRead()));
    List<MaskSum[]> sums = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      int tokens = reads.get(i).tokens();
      sums.add(taxa.get(i).stream().map(taxon -> new MaskSum(tokens)).toArray(MaskSum[]::new));
    }
    for (List<Work> pass : passes(windows)) {
      try (NDManager scratch = manager.newSubManager()) {
        Explainer.States seen = explainer.states(classifier, batch(scratch, pass));
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
    List<List<Mask>> masks = new ArrayList<>(reads.size());
    for (int i = 0; i < reads.size(); i++) {
      List<Window> ofRead = windows(reads.get(i));
      boolean merged = whole && ofRead.size() > 1 && !taxa.get(i).isEmpty();
      masks.add(
          merged
              ? merged(ofRead, ask(ofRead), taxa.get(i))
              : Arrays.stream(sums.get(i)).map(MaskSum::mean).toList());
    }
    return masks;
  }

  /** Asks the Explainer for the masks of some taxa of every row, possibly none. */
  private States states(Explainer.States states, List<List<Taxon>> taxa) {
    int most = taxa.stream().mapToInt(List::size).max().orElse(0);
    if (most == 0) {
      return new States(states, new float[0], 0);
    }
    long[] classes = new long[taxa.size() * most];
    for (int row = 0; row < taxa.size(); row++) {
      for (int c = 0; c < taxa.get(row).size(); c++) {
        classes[row * most + c] = output(taxa.get(row).get(c));
      }
    }
    return new States(
        states, states.masks(classes, new Shape(taxa.size(), most)).toFloatArray(), most);
  }

  /** What the Explainer said of a pass: its states, and scores [B,T,R]. */
  private static final class States {
    private final Explainer.States states;
    private final float[] scores;
    private final int width;
    private final int taxa;

    States(Explainer.States states, float[] scores, int taxa) {
      this.states = states;
      this.scores = scores;
      this.width = states.width();
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
        MaskSum sum = new MaskSum(window.read().tokens());
        addTo(sum, row, window, c);
        masks.add(sum.mean());
      }
      return masks;
    }

    /** [T,W] of a row's places. */
    float[] of(int row, Window window) {
      float[] all = states.of(row);
      int each = all.length / width;
      return Arrays.copyOfRange(all, each, each * (1 + window.places()));
    }
  }

  /** Where a taxon stands among the outputs of all ranks. */
  private int output(Taxon taxon) {
    return taxonomy.offset(taxon.rank()) + taxon.index();
  }

  /** A mask in the making: the mean over the windows that show a token, 0 where none does. */
  private static final class MaskSum {
    private final float[] sum;
    private final int[] windows;

    MaskSum(int tokens) {
      sum = new float[tokens];
      windows = new int[tokens];
    }

    void add(Window window, float[] scores, int from, int stride) {
      for (int token = window.from(); token < window.to(); token++) {
        if (!window.read().isHidden(token)) {
          sum[token] += scores[from + window.place(token) * stride];
          windows[token]++;
        }
      }
    }

    Mask mean() {
      for (int i = 0; i < sum.length; i++) {
        sum[i] = windows[i] == 0 ? 0 : Math.min(1, sum[i] / windows[i]);
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
      return window.isWholeRead();
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
    sorted.sort(Comparator.comparingInt(work -> work.window.places()));
    List<List<Work>> passes = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      // Sorted by length, so the next window would be the widest, with its <cls>.
      if (i == sorted.size()
          || (i + 1 - from) * (sorted.get(i).window.places() + 1) > TOKENS_PER_PASS) {
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
