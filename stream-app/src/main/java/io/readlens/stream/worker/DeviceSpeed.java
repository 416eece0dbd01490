package io.readlens.stream.worker;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.model.read.Tokenizer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast a device is with a model, and how it is best driven.
 *
 * @param threads threads that call the model at once
 * @param batchTokens tokens in one batch, {@code <cls>} and padding counted
 * @param tokensPerSecond what all threads together answer
 */
public record DeviceSpeed(int threads, int batchTokens, double tokensPerSecond) {
  /** Of two such trials the better counts: what else the machine does can only slow one down. */
  private static final Duration TRIAL = Duration.ofMillis(250);

  /**
   * Threads for a device that queues what it is given, as a GPU does: while it computes one batch,
   * the next already waits for it and not for a thread to wake up.
   */
  public static final int OWN_QUEUE = 2;

  /** Windows in one call, and calls of each model, when two models are compared. */
  private static final int COMPARED = 2;

  private static final int COMPARISONS = 3;

  /** Tokens in one batch, however fast the device is; more only cost memory. */
  public static final int MOST_BATCH_TOKENS = 65_536;

  /**
   * A device that answers nothing for so long is stuck. One call takes less than a second on a
   * quiet machine, the first some ten for loading; how long all of them take does not matter.
   */
  private static final Duration STUCK = Duration.ofMinutes(10);

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(DeviceSpeed.class);

  /** More threads must be worth it, and noise is not. */
  private static final double GAIN = 1.05;

  /** An ordinary read, and longer ones for models of longer windows. */
  private static final int[] PROBE_BASES = {1_500, 6_000, 24_000};

  public DeviceSpeed {
    if (threads < 1 || batchTokens < 1 || !(tokensPerSecond > 0)) {
      throw new IllegalArgumentException(
          threads + " threads, batches of " + batchTokens + " tokens, " + tokensPerSecond + "/s");
    }
  }

  /**
   * Measures a checkpoint's model: two threads on a GPU, up to one a core on the CPU. On the CPU
   * the time that counts is the calling threads' own, so that a machine which is busy with
   * something else is measured as if it were quiet.
   *
   * @param threads how many threads there are to be; empty to find out
   * @param batchTokens how large batches are to be; empty to find out
   * @throws DeviceFailedError if the model fails, or does not come back
   */
  public static DeviceSpeed measure(
      ExplainedClassifier model, OptionalInt threads, OptionalInt batchTokens) {
    int cores = Runtime.getRuntime().availableProcessors();
    OptionalInt wanted = model.onGpu() && threads.isEmpty() ? OptionalInt.of(OWN_QUEUE) : threads;
    return measure(DeviceModel.of(model), cores, wanted, batchTokens, clock(model.onGpu()));
  }

  /**
   * Nanoseconds that count where a model is measured: the calling thread's own on the CPU, where
   * others want the cores as well; {@link System#nanoTime} on a device that has its own.
   */
  public static LongSupplier clock(boolean onGpu) {
    return onGpu ? System::nanoTime : ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;
  }

  /**
   * Finds out by trying, which also warms the device up. Batches grow until one takes a fifth of a
   * second, threads double until that gains nothing. Takes a second or two, or on a slow device as
   * long as a few windows take.
   *
   * @param mostThreads how many threads may be tried
   * @param threads how many there are to be; empty to find out
   * @param batchTokens how large batches are to be; empty to find out
   * @param clock nanoseconds that count, see {@link #clock}
   * @throws DeviceFailedError if the model fails, or does not come back
   */
  public static DeviceSpeed measure(
      DeviceModel<?> model,
      int mostThreads,
      OptionalInt threads,
      OptionalInt batchTokens,
      LongSupplier clock) {
    return measure(model, mostThreads, threads, batchTokens, clock, STUCK);
  }

  /** The same, with another idea of when a device is stuck. */
  static DeviceSpeed measure(
      DeviceModel<?> model,
      int mostThreads,
      OptionalInt threads,
      OptionalInt batchTokens,
      LongSupplier clock,
      Duration stuck) {
    return unlessStuck(
        stuck,
        answers -> new Trials(model, clock, answers).find(mostThreads, threads, batchTokens));
  }

  /**
   * The speed of another model on the same device, driven in the same way, while the device goes on
   * with its work: both models are asked in turn, and how they compare tells the other's speed.
   * Warms the other up. Takes the device the time of fourteen windows.
   *
   * @param known the model whose speed this is
   * @param clock nanoseconds that count, see {@link #clock}
   * @throws DeviceFailedError if one of them fails
   * @throws InterruptedException if the caller is interrupted, between two questions
   */
  public DeviceSpeed ofAnother(DeviceModel<?> known, DeviceModel<?> other, LongSupplier clock)
      throws InterruptedException {
    LastAnswer answers = new LastAnswer();
    try {
      List<Window> ofKnown = probe(known);
      List<Window> ofOther = probe(other);
      ask(other, ofOther, COMPARED, clock, answers); // The first call pays for loading.
      long knownTook = Long.MAX_VALUE;
      long otherTook = Long.MAX_VALUE;
      for (int round = 0; round < COMPARISONS; round++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        knownTook = Math.min(knownTook, ask(known, ofKnown, COMPARED, clock, answers));
        otherTook = Math.min(otherTook, ask(other, ofOther, COMPARED, clock, answers));
      }
      double ofKnownsSpeed =
          ((double) tokens(ofOther) / Math.max(1, otherTook))
              / ((double) tokens(ofKnown) / Math.max(1, knownTook));
      return new DeviceSpeed(threads, batchTokens, tokensPerSecond * ofKnownsSpeed);
    } catch (RuntimeException | Error e) {
      throw new DeviceFailedError("the model fails on random bases", e);
    }
  }

  private interface Measurement {
    /**
     * @param answers told when one came
     */
    DeviceSpeed find(LastAnswer answers) throws ExecutionException, InterruptedException;
  }

  /** When a device has last answered. */
  private static final class LastAnswer {
    private volatile long at = System.nanoTime();

    void came() {
      at = System.nanoTime();
    }

    boolean isOlderThan(Duration limit) {
      return System.nanoTime() - at > limit.toNanos();
    }
  }

  /** Waits for as long as the device answers now and then, and says so. */
  private static DeviceSpeed unlessStuck(Duration stuck, Measurement measurement) {
    LastAnswer answers = new LastAnswer();
    FutureTask<DeviceSpeed> measuring = new FutureTask<>(() -> measurement.find(answers));
    start(measuring);
    long began = System.nanoTime();
    long between = Math.min(stuck.toNanos(), BETWEEN_LINES.toNanos());
    try {
      while (true) {
        try {
          return measuring.get(between, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (answers.isOlderThan(stuck)) {
            measuring.cancel(true);
            throw new DeviceFailedError(
                "the device is stuck: no answer in %d s while it was measured"
                    .formatted(stuck.toSeconds()),
                e);
          }
          LOG.info(
              "measuring the device, {} s",
              TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DeviceFailedError failure
          ? failure
          : new DeviceFailedError("the model fails on random bases", e.getCause());
    } catch (InterruptedException e) {
      measuring.cancel(true);
      Thread.currentThread().interrupt();
      throw new DeviceFailedError("interrupted while the device was measured", e);
    }
  }

  /** On a daemon thread: a device that never comes back does not keep the process alive. */
  private static void start(Runnable task) {
    Thread thread = new Thread(task, "readlens-device-speed");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The first window of a read that has several, because that is never spared the mask: a whole
   * read of random bases is likely called nothing, and then needs none. Where the model takes every
   * read whole, an ordinary read.
   */
  private static List<Window> probe(DeviceModel<?> model) {
    return Arrays.stream(PROBE_BASES)
        .mapToObj(bases -> model.windows().apply(random(bases)))
        .filter(windows -> windows.size() > 1)
        .findFirst()
        .orElseGet(() -> model.windows().apply(random(PROBE_BASES[0])))
        .subList(0, 1);
  }

  private static TokenizedRead random(int length) {
    Random random = new Random(0);
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return Tokenizer.tokenize(Read.of("probe", bases.toString()));
  }

  private static int tokens(List<Window> windows) {
    return windows.stream().mapToInt(window -> window.places() + 1).sum();
  }

  /** One model's measurement, by one clock. */
  private record Trials(
      DeviceModel<?> model, List<Window> probe, LongSupplier clock, LastAnswer answers) {
    Trials(DeviceModel<?> model, LongSupplier clock, LastAnswer answers) {
      this(model, DeviceSpeed.probe(model), clock, answers);
    }

    DeviceSpeed find(int mostThreads, OptionalInt threads, OptionalInt batchTokens)
        throws InterruptedException, ExecutionException {
      ask(model, probe, 1, clock, answers); // The first call pays for loading.
      int windows =
          batchTokens.isPresent()
              ? Math.max(1, batchTokens.getAsInt() / tokens(probe))
              : growBatch();
      int batch = batchTokens.orElse(windows * tokens(probe));
      if (threads.isPresent()) {
        return new DeviceSpeed(threads.getAsInt(), batch, rate(windows, threads.getAsInt()));
      }
      DeviceSpeed best = new DeviceSpeed(1, batch, rate(windows, 1));
      for (int more = 2; more <= mostThreads; more *= 2) {
        DeviceSpeed next = new DeviceSpeed(more, batch, rate(windows, more));
        if (next.tokensPerSecond < GAIN * best.tokensPerSecond) {
          break;
        }
        best = next;
      }
      return best;
    }

    private int growBatch() {
      int windows = 1;
      while (2L * windows * tokens(probe) <= MOST_BATCH_TOKENS
          && 2 * best(windows) <= Tempo.BATCH.toNanos()) {
        windows *= 2;
      }
      return windows;
    }

    /** The better of two times: the first batch of a size pays for its memory. */
    private long best(int windows) {
      return Math.min(
          ask(model, probe, windows, clock, answers), ask(model, probe, windows, clock, answers));
    }

    /** Tokens a second of so many threads at once. */
    private double rate(int windows, int threadCount)
        throws InterruptedException, ExecutionException {
      return Math.max(trial(windows, threadCount), trial(windows, threadCount));
    }

    /** Of the time that passes, as much counts as does so by the clock on average. */
    private double trial(int windows, int threadCount)
        throws InterruptedException, ExecutionException {
      long start = System.nanoTime();
      LongAdder batches = new LongAdder();
      LongAdder counted = new LongAdder();
      LongAdder passed = new LongAdder();
      List<FutureTask<Void>> trials = new ArrayList<>();
      for (int i = 0; i < threadCount; i++) {
        trials.add(
            new FutureTask<>(
                () -> {
                  long began = System.nanoTime();
                  do {
                    counted.add(ask(model, probe, windows, clock, answers));
                    batches.increment();
                  } while (System.nanoTime() - start < TRIAL.toNanos());
                  passed.add(System.nanoTime() - began);
                },
                null));
      }
      trials.forEach(DeviceSpeed::start);
      for (FutureTask<Void> trial : trials) {
        trial.get();
      }
      double share = Math.min(1, counted.sum() / (double) passed.sum());
      double seconds = (System.nanoTime() - start) / 1e9 * share;
      return batches.sum() * windows * tokens(probe) / Math.max(1e-9, seconds);
    }
  }

  /** Asks for so many copies of the probe; the time that it took, in nanoseconds. */
  private static long ask(
      DeviceModel<?> model, List<Window> probe, int copies, LongSupplier clock, LastAnswer last) {
    List<Window> batch = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      batch.addAll(probe);
    }
    long start = clock.getAsLong();
    int answers = model.ask().apply(batch).size();
    long taken = clock.getAsLong() - start;
    last.came();
    if (answers != copies) {
      throw new IllegalStateException(answers + " answers for " + copies + " windows");
    }
    return taken;
  }
}
