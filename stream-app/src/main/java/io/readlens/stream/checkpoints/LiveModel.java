package io.readlens.stream.checkpoints;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.TokenizedRead;
import io.readlens.stream.config.Places;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The model that a device worker answers with, and its replacement by those that are announced.
 *
 * <p>Threading: {@link #take} is one thread's; all else is any's.
 *
 * @param <A> the model's answer to one window
 */
public final class LiveModel<A> {
  private static final Duration COMPARING = Duration.ofMinutes(10);

  private final DeviceWorker<A> worker;
  private final Fetching fetching;
  private final Function<Checkpoint, ServedModel<A>> load;
  private final BiFunction<DeviceModel<A>, DeviceSpeed, DeviceWorker.Policy> policy;
  private final TokenizedRead canary;
  private final Step comparing;
  private final AtomicBoolean freed = new AtomicBoolean();

  /** Those that are current, kept, or answer their last reads: by what the worker knows of them. */
  private final Map<DeviceModel<A>, Held<A>> served =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private final Queue<Dismissal> dismissals = new ConcurrentLinkedQueue<>();

  /** Measured once each: a checkpoint that comes back is known, and errors do not add up. */
  private final Map<String, DeviceSpeed> speeds = new ConcurrentHashMap<>();

  /** Threads that were left at work for a checkpoint, by its digest. */
  private final Map<String, CompletableFuture<?>> left = new HashMap<>();

  /**
   * A checkpoint that is answered with no longer, because it failed.
   *
   * @param announced its announcement
   * @param reason what it did
   */
  record Dismissal(CheckpointEvent announced, String reason) {}

  /**
   * A model, freed when nobody needs it any more: neither the worker nor a thread that compares it.
   */
  private static final class Held<A> {
    final ServedModel<A> model;
    private int holders = 1;

    Held(ServedModel<A> model) {
      this.model = model;
    }

    /** False if it was freed. */
    synchronized boolean hold() {
      if (holders == 0) {
        return false;
      }
      holders++;
      return true;
    }

    void release() {
      boolean last;
      synchronized (this) {
        holders--;
        last = holders == 0;
      }
      if (last) {
        model.free().run();
      }
    }

    synchronized boolean isFreed() {
      return holders == 0;
    }
  }

  /**
   * @param own what the worker was started with
   * @param speed how fast that is
   * @param places where others may be fetched from
   * @param load puts a checkpoint's model on the device
   * @param policy how a worker queues and batches for a model of that speed on a quiet machine;
   *     throws if it is too slow to be of use
   * @param canary a read that a model can answer if it can answer any
   */
  public static <A> LiveModel<A> of(
      DeviceWorker<A> worker,
      ServedModel<A> own,
      DeviceSpeed speed,
      Places places,
      Function<Checkpoint, ServedModel<A>> load,
      BiFunction<DeviceModel<A>, DeviceSpeed, DeviceWorker.Policy> policy,
      TokenizedRead canary) {
    return new LiveModel<>(
        worker, own, speed, Fetching.from(places), load, policy, canary, COMPARING);
  }

  /**
   * @param comparing how long a comparison with the model at work may take
   */
  LiveModel(
      DeviceWorker<A> worker,
      ServedModel<A> own,
      DeviceSpeed speed,
      Fetching fetching,
      Function<Checkpoint, ServedModel<A>> load,
      BiFunction<DeviceModel<A>, DeviceSpeed, DeviceWorker.Policy> policy,
      TokenizedRead canary,
      Duration comparing) {
    this.worker = worker;
    this.fetching = fetching;
    this.load = load;
    this.policy = policy;
    this.canary = canary;
    this.comparing = new Step("compared with the model at work", comparing);
    served.put(own.model(), new Held<>(own));
    speeds.put(own.checkpointId(), speed);
  }

  /** Digest of the checkpoint that answers the reads that come now. */
  public String checkpointId() {
    return current().model.checkpointId();
  }

  /** Digest of the labels that reads are answered with. */
  String labelsDigest() {
    return current().model.labelsDigest();
  }

  private Held<A> current() {
    while (true) {
      DeviceModel<A> model = worker.model();
      Held<A> current = served.get(model);
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
    String id = announced.getCheckpointId();
    if (!left.getOrDefault(id, CompletableFuture.completedFuture(null)).isDone()) {
      throw RefusedException.forNow("the try before has not come to its end", null);
    }
    try {
      requireLabels(announced.getLabelsDigest());
      Checkpoint checkpoint = fetching.fetch(announced.getLocation(), id, unwanted);
      requireSame("labels", announced.getLabelsDigest(), checkpoint.labelsDigest());
      requireSame("files", announced.getDigests(), checkpoint.digests());
      swap(announced, new Held<>(Trial.load(checkpoint, load, unwanted)), unwanted);
      return true;
    } catch (RefusedException e) {
      left.put(id, e.left()); // Else each try would leave one thread more behind.
      throw e;
    }
  }

  private void requireLabels(String digest) {
    if (!digest.equals(labelsDigest())) {
      throw RefusedException.forGood(
          ("its labels are others than those in service (digest %s, not %s): start instances with"
                  + " it instead")
              .formatted(digest, labelsDigest()));
    }
  }

  private static void requireSame(String what, Object announced, Object found) {
    if (!announced.equals(found)) {
      throw RefusedException.forGood(
          "%s %s was announced, %s found".formatted(what, announced, found));
    }
  }

  private void swap(CheckpointEvent announced, Held<A> next, BooleanSupplier unwanted) {
    ServedModel<A> model = next.model;
    DeviceSpeed speed;
    try {
      speed = speed(next, unwanted);
    } catch (RuntimeException | Error e) {
      next.release();
      throw e;
    }
    Trial.ask(model, canary);
    try {
      DeviceWorker.Policy fitting = policy.apply(model.model(), speed);
      served.put(model.model(), next);
      Held<A> before = current();
      var swap = worker.swap(model.model(), fitting.queueTokens(), fitting.deadline());
      speeds.put(model.checkpointId(), speed);
      var unused = swap.beforeIsFree().thenRun(() -> release(before));
      unused = swap.isFree().thenRun(() -> release(next));
      unused =
          swap.dismissal()
              .thenAccept(why -> dismissals.add(new Dismissal(announced, why.getMessage())));
    } catch (RuntimeException | Error e) {
      served.remove(model.model());
      next.release();
      throw Trial.refusal("it will not do here", e);
    }
  }

  private DeviceSpeed speed(Held<A> next, BooleanSupplier unwanted) {
    DeviceSpeed known = speeds.get(next.model.checkpointId());
    if (known != null) {
      return known;
    }
    try {
      return comparing.take(() -> compare(next), unwanted, late -> {});
    } catch (ExecutionException e) {
      throw Trial.refusal("it will not do here", e.getCause());
    }
  }

  /** Holds both models as long as it is in them, however long that is. */
  private DeviceSpeed compare(Held<A> next) throws InterruptedException {
    if (!next.hold()) {
      throw new InterruptedException("nobody waits for the comparison any more");
    }
    try {
      Held<A> before = current();
      while (!before.hold()) {
        before = current();
      }
      try {
        return speeds
            .get(before.model.checkpointId())
            .ofAnother(
                before.model.model(), next.model.model(), DeviceSpeed.clock(next.model.onGpu()));
      } finally {
        before.release();
      }
    } finally {
      next.release();
    }
  }

  private void release(Held<A> model) {
    if (served.remove(model.model.model()) != null) {
      model.release();
    }
  }

  /**
   * Frees the model that is current, once no thread is in it any more. May be called again.
   *
   * @return false if a thread that was left in a comparison still needs it
   */
  public boolean free() {
    if (freed.compareAndSet(false, true)) {
      current().release();
    }
    return current().isFreed();
  }
}
