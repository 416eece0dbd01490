package io.readlens.stream.checkpoints;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.config.Places;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.DismissedException;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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

  /** Those that are current, kept, or answer their last reads: by what the worker knows of them. */
  private final Map<DeviceModel<A>, ServedModel<A>> served =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private final Queue<Dismissal> dismissals = new ConcurrentLinkedQueue<>();

  /** Measured once each: a checkpoint that comes back is known, and errors do not add up. */
  private final Map<String, DeviceSpeed> speeds = new HashMap<>();

  /** Then models were left while a thread was comparing them; it may be in them yet. */
  private volatile boolean left;

  /**
   * A checkpoint that is answered with no longer, because it failed on too many reads.
   *
   * @param checkpointId digest of the checkpoint
   * @param reason what it did
   */
  record Dismissal(String checkpointId, String reason) {}

  /**
   * @param own what the worker was started with
   * @param speed how fast that is
   * @param places where others may be fetched from
   * @param load puts a checkpoint's model on the device
   * @param queue tokens that may wait for a model of that speed on a quiet machine
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
    served.put(own.model(), own);
    speeds.put(own.checkpointId(), speed);
  }

  /** Digest of the checkpoint that answers the reads that come now. */
  public String checkpointId() {
    return current().checkpointId();
  }

  private ServedModel<A> current() {
    while (true) {
      DeviceModel<A> model = worker.model();
      ServedModel<A> current = served.get(model);
      if (current != null) {
        return current;
      }
      if (worker
          .model()
          .equals(model)) { // Else it was freed between the one question and the other.
        throw new IllegalStateException("the worker answers with a model of somebody else");
      }
    }
  }

  /** The next checkpoint that was given up for the one before it, if there is one. */
  Optional<Dismissal> pollDismissal() {
    return Optional.ofNullable(dismissals.poll());
  }

  /**
   * Takes up a checkpoint that was announced: from now on reads are answered by it. Nothing waits
   * meanwhile; the model before is kept, to go back to, until another is taken up.
   *
   * @param unwanted asked from time to time whether to leave it
   * @return false if it is in service already
   * @throws RefusedException if it is not taken; all is as before
   */
  boolean take(CheckpointEvent announced, BooleanSupplier unwanted) {
    if (announced.getKind() != CheckpointEventKind.ANNOUNCED) {
      throw RefusedException.forGood("this is no announcement, but " + announced.getKind());
    }
    if (announced.getCheckpointId().equals(checkpointId())) {
      return false;
    }
    requireLabels(announced.getLabelsDigest());
    Checkpoint checkpoint =
        fetching.fetch(announced.getLocation(), announced.getCheckpointId(), unwanted);
    requireSame("labels", announced.getLabelsDigest(), checkpoint.labelsDigest());
    requireSame("files", announced.getDigests(), checkpoint.digests());
    swap(Trial.load(checkpoint, load, unwanted));
    return true;
  }

  private void requireLabels(String digest) {
    if (!digest.equals(current().labelsDigest())) {
      throw RefusedException.forGood(
          ("its labels are others than those in service (digest %s, not %s): start instances with"
                  + " it instead")
              .formatted(digest, current().labelsDigest()));
    }
  }

  private static void requireSame(String what, Object announced, Object found) {
    if (!announced.equals(found)) {
      throw RefusedException.forGood(
          "%s %s was announced, %s found".formatted(what, announced, found));
    }
  }

  private synchronized void swap(ServedModel<A> next) {
    ServedModel<A> before = current();
    DeviceSpeed speed;
    try {
      speed = speed(before, next);
    } catch (RuntimeException | Error e) {
      left |= Thread.currentThread().isInterrupted() || e.getCause() instanceof TimeoutException;
      if (!left) {
        next.free().run(); // Otherwise a thread may be in it still.
      }
      throw Trial.refusal("it will not do here", e);
    }
    Trial.ask(next, canary);
    try {
      long queueTokens = queue.applyAsLong(next.model(), speed);
      served.put(next.model(), next);
      var swap = worker.swap(next.model(), queueTokens);
      speeds.put(next.checkpointId(), speed);
      var unused = swap.beforeIsFree().thenRun(() -> free(before));
      unused = swap.isFree().thenRun(() -> free(next));
      unused = swap.dismissal().thenAccept(reason -> dismissed(next, reason));
    } catch (RuntimeException | Error e) {
      served.remove(next.model());
      next.free().run();
      throw Trial.refusal("it will not do here", e);
    }
  }

  private DeviceSpeed speed(ServedModel<A> before, ServedModel<A> next) {
    DeviceSpeed known = speeds.get(next.checkpointId());
    if (known != null) {
      return known;
    }
    return speeds
        .get(before.checkpointId())
        .ofAnother(before.model(), next.model(), DeviceSpeed.clock(next.onGpu()));
  }

  /** Waits for a comparison that it may be part of. */
  private synchronized void free(ServedModel<A> model) {
    if (served.remove(model.model()) != null && !left) {
      model.free().run();
    }
  }

  private void dismissed(ServedModel<A> model, DismissedException reason) {
    dismissals.add(new Dismissal(model.checkpointId(), reason.getMessage()));
  }

  /** Frees the model that is current, once no thread is in it any more. May be called again. */
  public void free() {
    if (!left && freed.compareAndSet(false, true)) {
      current().free().run();
    }
  }
}
