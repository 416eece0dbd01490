package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import io.readlens.model.process.Why;
import io.readlens.trainer.TrainingState.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The steps of a training, one phase after the other: gradients, optimizer, learning curve,
 * measurements, early stopping. It leaves a {@link TrainingState} behind every minute and after
 * every measurement but a phase's last, and goes on from one that it finds: a training that was
 * killed ends with the same weights as one that was not. What is measured and saved are the
 * optimizer's averages, if it keeps any. A step's random numbers follow from the seed, the phase
 * and the step alone.
 *
 * <p>Threading: one thread.
 */
final class TrainingLoop {
  private static final double SMOOTHING = 0.98;
  private static final double SECONDS_A_LINE = 10;
  private static final double SECONDS_A_STATE = 60;
  private static final String STATE = "training.state";

  /** Adds the gradients of one step to the tensors. */
  interface Step {
    /**
     * @param random for this step alone
     * @param seen the phase's reads that were seen so far
     * @param progress their share, in [0, 1)
     */
    Done accumulate(Random random, long seen, double progress);
  }

  /**
   * What a step did.
   *
   * @param reads that it took
   * @param terms of the loss, for the learning curve
   */
  record Done(int reads, List<Double> terms) {}

  /**
   * One stretch of a training.
   *
   * @param reads to train on
   * @param measurements how many times it is measured and saved on the way, the last time at the
   *     end
   * @param schedule the learning rate
   * @param stopping when it ends before its reads do
   * @param step what each step does
   * @param validation what is measured, as many values as {@link TrainingLoop} was given names; the
   *     first, if any, is the loss that ends the phase early
   */
  record Phase(
      long reads,
      int measurements,
      Schedule schedule,
      EarlyStopping stopping,
      Step step,
      Supplier<double[]> validation) {
    /** How many measurements are due once so many reads were seen. */
    private long due(long seen) {
      return Math.min(seen, reads) * measurements / reads;
    }
  }

  private final Path directory;
  private final JsonNode settings;
  private final long seed;
  private final AdamW optimizer;
  private final Map<String, NDArray> tensors;
  private final String[] columns;
  private final Path curveFile;
  private LearningCurve curve;

  // The position, which moves with every step.
  private int phase;
  private long step;
  private long reads;
  private double seconds;
  private double[] smooth;
  private EarlyStopping stopping;

  /**
   * Takes up the training that the directory holds the state of, or begins one.
   *
   * @param directory where learning curve and state are
   * @param curveName the learning curve's file name
   * @param terms the names of a step's terms
   * @param measured the names of what a measurement gives
   * @param settings all that the result depends on; the state of other settings is refused
   * @param seed of the steps' random numbers
   * @param optimizer of the trained tensors
   * @param tensors that a training changes, by name; none carries gradients yet
   * @throws IOException if the directory holds the state of another training
   */
  TrainingLoop(
      Path directory,
      String curveName,
      List<String> terms,
      List<String> measured,
      JsonNode settings,
      long seed,
      AdamW optimizer,
      Map<String, NDArray> tensors)
      throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.seed = seed;
    this.optimizer = optimizer;
    this.tensors = new TreeMap<>(tensors);
    this.tensors.putAll(optimizer.moments());
    List<String> names = new ArrayList<>(List.of("step", "reads", "seconds"));
    names.addAll(terms);
    names.addAll(List.of("gradient_norm", "learning_rate"));
    names.addAll(measured);
    columns = names.toArray(String[]::new);
    curveFile = directory.resolve(curveName);
    smooth = new double[terms.size()];
    Optional<TrainingState> state = TrainingState.read(directory.resolve(STATE));
    if (state.isPresent()) {
      goOn(state.get());
    } else {
      curve = new LearningCurve(curveFile, columns);
    }
  }

  private void goOn(TrainingState state) throws IOException {
    List<String> differences = differences(state.settings());
    if (!differences.isEmpty()) {
      throw new IOException(
          directory.resolve(STATE)
              + " is of another training ("
              + String.join("; ", differences)
              + "): finish that one, remove the file, or name another directory");
    }
    state.restore(tensors);
    Position position = state.position();
    phase = position.phase();
    step = position.step();
    reads = position.reads();
    seconds = position.seconds();
    smooth = position.terms().stream().mapToDouble(Double::doubleValue).toArray();
    stopping = position.stopping();
    optimizer.goOnAfter(position.updates());
    curve = LearningCurve.goOn(curveFile, position.curveBytes(), columns);
    System.out.println("going on after step " + step + ", read " + reads);
  }

  private List<String> differences(JsonNode other) {
    TreeSet<String> names = new TreeSet<>();
    settings.fieldNames().forEachRemaining(names::add);
    other.fieldNames().forEachRemaining(names::add);
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String its = other.path(name).toString();
      String ours = settings.path(name).toString();
      if (!its.equals(ours)) {
        differences.add("its " + name + " is " + its + ", not " + ours);
      }
    }
    return differences;
  }

  /**
   * Trains to the end, after which the directory holds no state any more.
   *
   * @param save keeps the weights as they are
   */
  void run(List<Phase> phases, Runnable save) {
    try {
      while (phase < phases.size()) {
        run(phases.get(phase), save);
        phase++;
        step = 0;
        reads = 0;
        seconds = 0;
        Arrays.fill(smooth, 0);
        stopping = null;
      }
      Files.deleteIfExists(directory.resolve(STATE));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the training's state to " + directory + ": " + Why.of(e), e);
    }
  }

  private void run(Phase of, Runnable save) throws IOException {
    stopping = stopping == null ? of.stopping : stopping;
    double before = seconds;
    long started = System.nanoTime();
    double lineAt = seconds;
    double stateAt = seconds;
    while (reads < of.reads && !stopping.over()) {
      double progress = (double) reads / of.reads;
      Done done = of.step.accumulate(random(), reads, progress);
      double rate = of.schedule.rate((int) step, progress);
      double norm = optimizer.step(rate);
      boolean measure = of.due(reads + done.reads) > of.due(reads);
      step++;
      reads += done.reads;
      for (int i = 0; i < smooth.length; i++) {
        smooth[i] = SMOOTHING * smooth[i] + (1 - SMOOTHING) * done.terms.get(i);
      }
      double[] measured = measure ? measure(of) : new double[0];
      seconds = before + (System.nanoTime() - started) / 1e9;
      if (measure || seconds - lineAt > SECONDS_A_LINE) {
        lineAt = seconds;
        line(norm, rate, measured);
      }
      if (measure) {
        stopping = stopping.after(measured.length == 0 ? Double.NaN : measured[0]);
        if (stopping.keep()) {
          optimizer.withAverages(save);
        }
      }
      boolean over = reads >= of.reads || stopping.over();
      if (!over && (measure || seconds - stateAt > SECONDS_A_STATE)) {
        stateAt = seconds;
        writeState();
      }
    }
  }

  private double[] measure(Phase of) {
    List<double[]> measured = new ArrayList<>();
    optimizer.withAverages(() -> measured.add(of.validation.get()));
    return measured.get(0);
  }

  private Random random() {
    long ofPhase = new SplittableRandom(seed * 31 + phase).nextLong();
    return new Random(new SplittableRandom(ofPhase + step).nextLong());
  }

  private void line(double norm, double rate, double[] measured) {
    double corrected = 1 - Math.pow(SMOOTHING, (double) step);
    double[] values = new double[columns.length];
    values[0] = (double) step;
    values[1] = (double) reads;
    values[2] = seconds;
    for (int i = 0; i < smooth.length; i++) {
      values[3 + i] = smooth[i] / corrected;
    }
    values[3 + smooth.length] = norm;
    values[4 + smooth.length] = rate;
    int first = 5 + smooth.length;
    for (int i = first; i < values.length; i++) {
      values[i] = i - first < measured.length ? measured[i - first] : Double.NaN;
    }
    curve.add(values);
  }

  private void writeState() throws IOException {
    Position position =
        new Position(
            phase,
            step,
            reads,
            seconds,
            optimizer.steps(),
            Arrays.stream(smooth).boxed().toList(),
            stopping,
            curve.bytes());
    TrainingState.write(
        directory.resolve(STATE), settings, position, Collections.unmodifiableMap(tensors));
  }
}
