package io.readlens.stream.checkpoints;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.stream.config.Places;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;

/**
 * The model that a device worker answers with, and its replacement by those that are announced.
 *
 * <p>Threading: {@link #take} is one thread's; all else is any's.
 *
 * @param <A> the model's answer to one window
 */
public final class LiveModel<A> {
  private final DeviceWorker<A> worker;
  private final Fetching fetching;
  private final Function<Checkpoint, ServedModel<A>> load;
  private final ToLongBiFunction<DeviceModel<A>, DeviceSpeed> queue;
  private final TokenizedRead canary;
  private final AtomicBoolean freed = new AtomicBoolean();

  /** Measured once each: a checkpoint that comes back is known, and errors do not add up. */
  private final Map<String, DeviceSpeed> speeds = new HashMap<>();

  private volatile ServedModel<A> current;

  /**
   * Then models were left while a thread was comparing them; it is in them yet, if not for long.
   */
  private volatile boolean interrupted;

  /**
   * @param own what the worker was started with
   * @param speed how fast that is
   * @param places where others may be fetched from
   * @param load puts a checkpoint's model on the device
   * @param queue tokens that may wait for a model of that speed; throws if it is too slow for the
   *     settings in use, with a message that says so
   * @param canary a read that a model can answer if it can answer any
   */
  public static <A> LiveModel<A> of(
      DeviceWorker<A> worker,
      ServedModel<A> own,
      DeviceSpeed speed,
      Places places,
      Function<Checkpoint, ServedModel<A>> load,
      ToLongBiFunction<DeviceModel<A>, DeviceSpeed> queue,
      TokenizedRead canary) {
    return new LiveModel<>(worker, own, speed, Fetching.from(places), load, queue, canary);
  }

  LiveModel(
      DeviceWorker<A> worker,
      ServedModel<A> own,
      DeviceSpeed speed,
      Fetching fetching,
      Function<Checkpoint, ServedModel<A>> load,
      ToLongBiFunction<DeviceModel<A>, DeviceSpeed> queue,
      TokenizedRead canary) {
    this.worker = worker;
    this.fetching = fetching;
    this.load = load;
    this.queue = queue;
    this.canary = canary;
    this.current = own;
    speeds.put(own.checkpointId(), speed);
  }

  /** Digest of the checkpoint that answers the reads that come now. */
  public String checkpointId() {
    return current.checkpointId();
  }

  /**
   * Takes up a checkpoint that was announced: from now on reads are answered by it. Nothing waits
   * meanwhile; the model before is freed once its last read is answered.
   *
   * @return false if it is in service already
   * @throws RefusedException if it is not taken; all is as before
   */
  boolean take(CheckpointEvent announced) {
    if (announced.getKind() != CheckpointEventKind.ANNOUNCED) {
      throw RefusedException.forGood("this is no announcement, but " + announced.getKind());
    }
    if (announced.getCheckpointId().equals(current.checkpointId())) {
      return false;
    }
    requireLabels(announced.getLabelsDigest());
    Checkpoint checkpoint = fetching.fetch(announced.getLocation());
    requireSame("checkpoint", announced.getCheckpointId(), checkpoint.id());
    requireSame("labels", announced.getLabelsDigest(), checkpoint.labelsDigest());
    requireSame("files", announced.getDigests(), checkpoint.digests());
    swap(loaded(checkpoint));
    return true;
  }

  private void requireLabels(String digest) {
    if (!digest.equals(current.labelsDigest())) {
      throw RefusedException.forGood(
          ("its labels are others than those in service (digest %s, not %s): start instances with"
                  + " it instead")
              .formatted(digest, current.labelsDigest()));
    }
  }

  private static void requireSame(String what, Object announced, Object found) {
    if (!announced.equals(found)) {
      throw RefusedException.forGood(
          "%s %s was announced, %s found".formatted(what, announced, found));
    }
  }

  private ServedModel<A> loaded(Checkpoint checkpoint) {
    try {
      return load.apply(checkpoint);
    } catch (RuntimeException | Error e) { // Native code is among what may fail here.
      throw RefusedException.forGood("it cannot be loaded: " + e.getMessage(), e);
    }
  }

  private void swap(ServedModel<A> next) {
    ServedModel<A> before = current;
    try {
      DeviceSpeed speed = speed(before, next);
      requireAnswer(next);
      long queueTokens = queue.applyAsLong(next.model(), speed);
      var free = worker.swap(next.model(), queueTokens);
      speeds.put(next.checkpointId(), speed);
      current = next;
      var unused = free.thenRun(before.free());
    } catch (RuntimeException | Error e) {
      interrupted |= Thread.currentThread().isInterrupted();
      if (!interrupted && !(e.getCause() instanceof TimeoutException)) {
        next.free().run(); // Otherwise a thread may be in it still.
      }
      throw RefusedException.forGood("it will not do here: " + e.getMessage(), e);
    }
  }

  private DeviceSpeed speed(ServedModel<A> before, ServedModel<A> next) {
    DeviceSpeed known = speeds.get(next.checkpointId());
    if (known != null) {
      return known;
    }
    LongSupplier clock =
        next.onGpu()
            ? System::nanoTime
            : ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;
    return speeds.get(before.checkpointId()).ofAnother(before.model(), next.model(), clock);
  }

  /** Asks for the canary, which also warms up a model that was not measured. */
  private void requireAnswer(ServedModel<A> next) {
    List<Window> windows = next.model().windows().apply(canary);
    ExplainedRead answer = next.model().merge().apply(windows, next.model().ask().apply(windows));
    if (!answer.checkpointId().equals(next.checkpointId())) {
      throw new IllegalStateException(
          "it answers as %s, not as %s".formatted(answer.checkpointId(), next.checkpointId()));
    }
  }

  /** Frees the model that is current, once no thread is in it any more. May be called again. */
  public void free() {
    if (!interrupted && freed.compareAndSet(false, true)) {
      current.free().run();
    }
  }
}
