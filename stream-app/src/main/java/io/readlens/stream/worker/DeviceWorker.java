package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Batcher;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.stream.worker.Asked.Piece;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers reads in batches of windows on one device. Windows of many reads share a batch, and those
 * of a long read are spread over several, so that it holds nobody up; its answer is merged when the
 * last of them has come. A batch that fails is asked again window by window; where a single window
 * fails too, a read that is known to be good decides whether the read or the device is at fault. A
 * device at fault, one that keeps a batch beyond its deadline, or a model that breaks down with an
 * {@code Error}, is given up: the first such error is kept, wakes everybody who waits, and is
 * thrown at everybody who comes later.
 *
 * <p>The model may be {@linkplain #swap swapped} for another at any time and without a pause: a
 * read is answered by the one that was current when it came, in all its windows, and no batch is of
 * two models.
 *
 * <p>The model before the current one is kept. A read that the current one fails on is answered by
 * it, in all its windows; only if it fails too, the read is at fault. A model that fails on too
 * many such reads, breaks down or does not come back is dismissed: the one before is current again,
 * and answers what waits. Without one before, a read that fails is at fault only if enough others
 * are answered or none follows; where {@linkplain Tenure#isAtFault too many} fail, the device is
 * given up, and none of those that are undecided is at fault.
 *
 * <p>So the device has failed when no model is left that works.
 *
 * <p>Threading: safe for use by many threads. The model is called only by the worker's own threads,
 * see {@link Crew}, by as many at once as the policy says; it must bear that.
 *
 * @param <A> the model's answer to one window
 */
public final class DeviceWorker<A> implements AutoCloseable {
  /**
   * How reads are queued and batched. A window counts with its {@code <cls>}.
   *
   * @param threads threads that call the model
   * @param queueTokens tokens that {@link #offer} lets wait, of the first model's
   * @param batchTokens tokens in one batch at most, padding counted
   * @param tokensPerSecond what the first model is expected to answer: the queue and the batches
   *     follow what it does answer from then on; empty: both stay as they are
   * @param batchWindows windows in one batch
   * @param linger how long the oldest read waits for company
   * @param deadline how long the model may take for one batch before the device counts as stuck
   */
  public record Policy(
      int threads,
      long queueTokens,
      int batchTokens,
      int batchWindows,
      Duration linger,
      Duration deadline,
      OptionalDouble tokensPerSecond) {
    public Policy {
      if (threads < 1 || queueTokens < 1 || deadline.isNegative() || deadline.isZero()) {
        throw new IllegalArgumentException(
            threads + " threads, a queue of " + queueTokens + " tokens, deadline " + deadline);
      }
    }

    /** A queue and batches that stay as they are. */
    public Policy(
        int threads,
        long queueTokens,
        int batchTokens,
        int batchWindows,
        Duration linger,
        Duration deadline) {
      this(
          threads,
          queueTokens,
          batchTokens,
          batchWindows,
          linger,
          deadline,
          OptionalDouble.empty());
    }

    /**
     * A queue and batches that follow the device's speed.
     *
     * @param mostBatchTokens tokens in one batch, however fast the device is
     */
    public static Policy following(
        DeviceSpeed speed,
        int mostBatchTokens,
        int batchWindows,
        Duration linger,
        Duration deadline) {
      long aSecondsWork = Math.max(1, Math.round(speed.tokensPerSecond()));
      return new Policy(
          speed.threads(),
          aSecondsWork,
          mostBatchTokens,
          batchWindows,
          linger,
          deadline,
          OptionalDouble.of(speed.tokensPerSecond()));
    }

    private Optional<Tempo> tempo() {
      return tokensPerSecond.isPresent()
          ? Optional.of(new Tempo(threads, tokensPerSecond.getAsDouble(), batchTokens))
          : Optional.empty();
    }
  }

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private enum State {
    /** Takes reads. */
    ACCEPTING,
    /** Takes no more reads, answers those it has. */
    DRAINING,
    /** Answers nothing that is not on the device already. Final. */
    ENDED
  }

  private final Policy policy;
  private final TokenizedRead canary;
  private final Watch watch = new Watch();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Succession<A> models;
  private final Suspects<A> suspects = new Suspects<>();
  private final Crew<A> crew = new Crew<>(this::work);
  private State state = State.ACCEPTING;
  private DeviceFailedError failure;

  private DeviceWorker(Policy policy, DeviceModel<A> model, TokenizedRead canary) {
    this.policy = policy;
    this.canary = canary;
    this.models =
        new Succession<>(tenure(model, policy.tempo(), policy.queueTokens(), policy.deadline()));
  }

  /**
   * Starts the worker's threads.
   *
   * @param model called by {@code policy.threads()} threads at once
   * @param canary a read that the model can answer if it can answer any
   */
  public static <A> DeviceWorker<A> start(
      Policy policy, DeviceModel<A> model, TokenizedRead canary) {
    DeviceWorker<A> worker = new DeviceWorker<>(policy, model, canary);
    worker.watch.onStuck(worker::lose);
    worker.lock.lock();
    try {
      for (int i = 0; i < policy.threads(); i++) {
        worker.crew.start();
      }
    } finally {
      worker.lock.unlock();
    }
    return worker;
  }

  private Tenure<A> tenure(
      DeviceModel<A> model, Optional<Tempo> tempo, long queueTokens, Duration deadline) {
    return new Tenure<>(
        new WatchedModel<>(model, canary, watch, deadline),
        new Batcher<>(policy.batchTokens(), policy.batchWindows(), policy.linger()),
        tempo,
        queueTokens);
  }

  /**
   * Has reads that come from now on answered by another model, loaded and warm. Those that are here
   * already keep theirs, and go first.
   *
   * @param queueTokens tokens that {@link #offer} lets wait from now on, those of the earlier model
   *     counted. Where the queue follows the device's speed, a second's work on a quiet machine:
   *     how much more that is than the earlier model's tells how much faster this one is
   * @param deadline how long this model may take for one batch before it counts as stuck
   * @throws DeviceFailedError the first one, if the device has failed
   * @throws IllegalStateException if the worker was closed
   */
  public Swap swap(DeviceModel<A> model, long queueTokens, Duration deadline) {
    Swap swap;
    List<Asked<A>> undecided;
    lock.lock();
    try {
      requireAccepting("another model");
      Tenure<A> before = models.current();
      Tenure<A> next =
          tenure(
              model,
              before.tempo.map(each -> each.times(queueTokens / (double) before.firstQueueTokens)),
              queueTokens,
              deadline);
      models.follow(next);
      undecided = suspects.remove(before);
      changed.signalAll();
      swap = new Swap(before.over, next.over, next.dismissal);
    } finally {
      lock.unlock();
    }
    undecided.forEach(this::move);
    return swap;
  }

  /**
   * What becomes of the two models of a swap, said on threads of neither the worker's nor its
   * callers'. A model is free once it is neither current nor kept, all its reads are answered or
   * cancelled, and no thread is in it; never while a thread is stuck in it.
   *
   * @param beforeIsFree completes when the model before is free
   * @param isFree completes when the new model is free
   * @param dismissal completes if the model before became current again, with the reason
   */
  public record Swap(
      CompletableFuture<Void> beforeIsFree,
      CompletableFuture<Void> isFree,
      CompletableFuture<DismissedException> dismissal) {}

  /** The model that answers the reads that come now. */
  public DeviceModel<A> model() {
    return models.current().model.model();
  }

  /**
   * Queues a read if there is room; for work that is done ahead of need. An empty queue has room
   * for a read of any length.
   *
   * @return empty if the queue is full or the worker takes no more reads
   */
  public Optional<CompletableFuture<ExplainedRead>> offer(TokenizedRead read) {
    Tenure<A> by;
    lock.lock();
    try {
      if (!hasRoom(read.places())) {
        return Optional.empty(); // Not cut into windows each time it is offered in vain.
      }
      by = models.hold();
    } finally {
      lock.unlock();
    }
    Asked<A> asked = cut(read, by, new CompletableFuture<>());
    lock.lock();
    try {
      boolean room = hasRoom(asked.tokens());
      if (room) {
        enqueue(asked);
      }
      models.release(by, 1);
      return room ? Optional.of(asked.answer) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Cuts a read for the model that is held, without the lock: a long one takes its time. */
  private Asked<A> cut(TokenizedRead read, Tenure<A> by, CompletableFuture<ExplainedRead> answer) {
    try {
      return new Asked<>(read, by, by.model.windows(read), answer);
    } catch (RuntimeException | Error e) {
      lock.lock();
      try {
        models.release(by, 1);
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  private boolean hasRoom(long tokens) {
    long queued = models.queuedTokens();
    return state == State.ACCEPTING
        && (queued == 0 || queued + tokens <= models.current().queueTokens());
  }

  /**
   * Queues a read whose answer the caller will wait for. There is always room: those who wait for
   * one read at a time bound the queue themselves, and must not wait twice.
   *
   * @return the answer; it fails with {@link ReadFailedException} or {@link DeviceFailedError}, or
   *     is cancelled when the worker is closed
   * @throws DeviceFailedError the first one, if the device has failed
   * @throws IllegalStateException if the worker was closed
   */
  public CompletableFuture<ExplainedRead> submit(TokenizedRead read) {
    Tenure<A> by;
    lock.lock();
    try {
      requireAccepting(read);
      by = models.hold();
    } finally {
      lock.unlock();
    }
    Asked<A> asked = cut(read, by, new CompletableFuture<>());
    lock.lock();
    try {
      requireAccepting(read);
      enqueue(asked);
      return asked.answer;
    } finally {
      models.release(by, 1);
      lock.unlock();
    }
  }

  private void requireAccepting(Object what) {
    if (failure != null) {
      throw failure;
    }
    if (state != State.ACCEPTING) {
      throw new IllegalStateException("the device worker was closed before " + what);
    }
  }

  private void enqueue(Asked<A> asked) {
    long now = System.nanoTime();
    asked.by.hold(asked.windows.size());
    for (int place = 0; place < asked.windows.size(); place++) {
      Piece<A> piece = new Piece<>(asked, place);
      if (asked.by.queue.add(piece, piece.tokens(), now)) {
        changed.signal();
      }
    }
  }

  /** Says that the caller has nothing to add for now: what is queued need not linger. */
  public void hint() {
    lock.lock();
    try {
      hintAll();
    } finally {
      lock.unlock();
    }
  }

  private void hintAll() {
    models.hint();
    changed.signalAll();
  }

  /** Cancels answers that nobody wants any more; those still queued never reach the device. */
  public void cancel(Collection<CompletableFuture<ExplainedRead>> answers) {
    answers.forEach(answer -> answer.cancel(false));
    lock.lock();
    try {
      models.removeIf(piece -> !piece.unanswered());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many windows wait for a place on the device. */
  public int queued() {
    lock.lock();
    try {
      return models.queued();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tokens a second that the current model has answered lately; empty if the queue and the batches
   * do not follow that.
   */
  public OptionalDouble tokensPerSecond() {
    lock.lock();
    try {
      return models.current().tempo.stream().mapToDouble(Tempo::tokensPerSecond).findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** What the device has done since the start. */
  public Counters counters() {
    return watch.counters();
  }

  /** Whether it takes reads: it was neither closed nor has the device failed. */
  public boolean accepts() {
    lock.lock();
    try {
      return state == State.ACCEPTING;
    } finally {
      lock.unlock();
    }
  }

  /** The error that ended the device, if one did. */
  public Optional<DeviceFailedError> failure() {
    lock.lock();
    try {
      return Optional.ofNullable(failure);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more reads, answers those it has, and waits for that.
   *
   * @return whether every thread has left every model, so that they may be freed; false if the
   *     device is stuck or the caller was interrupted
   */
  public boolean drain() {
    lock.lock();
    try {
      if (state == State.ACCEPTING) {
        state = State.DRAINING;
        hintAll();
      }
    } finally {
      lock.unlock();
    }
    return awaitThreads();
  }

  /**
   * Takes no more reads, cancels those that wait, and waits for the batches on the device.
   *
   * @return as {@link #drain}
   */
  public boolean abandon() {
    end().forEach(asked -> asked.answer.cancel(false));
    return awaitThreads();
  }

  /** Abandons what is left. May be called again. */
  @Override
  public void close() {
    abandon();
  }

  /** Ends the worker; returns what it will not answer, what is on the device left out. */
  private List<Asked<A>> end() {
    lock.lock();
    try {
      state = State.ENDED;
      List<Asked<A>> left = suspects.removeAll();
      models.removeIf(piece -> left.add(piece.of()));
      changed.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }

  private void fail(DeviceFailedError error) {
    List<Asked<A>> waiting;
    DeviceFailedError first;
    lock.lock();
    try {
      failure = failure == null ? error : failure;
      first = failure;
      waiting = end();
      crew.inHand().forEach(piece -> waiting.add(piece.of()));
    } finally {
      lock.unlock();
    }
    waiting.forEach(asked -> asked.answer.completeExceptionally(first));
  }

  /** Waits without a limit of its own: a thread that is stuck is lost after its deadline. */
  private boolean awaitThreads() {
    try {
      for (List<Thread> left = awaited(); !left.isEmpty(); left = awaited()) {
        left.get(0).join(BETWEEN_LOOKS.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      boolean ended = crew.hasEnded();
      if (ended) {
        watch.close();
        models.end();
      }
      return ended;
    } finally {
      lock.unlock();
    }
  }

  private List<Thread> awaited() {
    lock.lock();
    try {
      return crew.awaited();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      for (List<Piece<A>> batch = next(); !batch.isEmpty(); batch = next()) {
        try {
          answer(batch);
        } catch (DeviceFailedError e) {
          recover(e, batch);
        }
        if (done(batch)) {
          return;
        }
      }
    } catch (DeviceFailedError e) {
      fail(e);
    } catch (InterruptedException e) {
      fail(new DeviceFailedError("a device thread was interrupted", e));
    } catch (Throwable e) { // Whatever it is, nobody may wait for a thread that has gone.
      fail(new DeviceFailedError("a device thread died", e));
    }
  }

  /** A thread does not come back: another takes its place. */
  private void lose(Thread thread, DeviceFailedError stuck) {
    List<Piece<A>> left;
    lock.lock();
    try {
      if (crew.isLost(thread)) {
        return;
      }
      left = crew.inHand(thread);
      crew.lose(thread);
      crew.start();
    } finally {
      lock.unlock();
    }
    try {
      recover(stuck, left);
    } catch (DeviceFailedError e) {
      fail(e);
      left.forEach(piece -> piece.of().answer.completeExceptionally(e));
    }
  }

  /**
   * Goes on without a model that broke down, if there is another, and asks that for what waits and
   * for a batch that is lost.
   *
   * @throws DeviceFailedError what it was given, if there is no other model
   */
  private void recover(DeviceFailedError failed, List<Piece<A>> batch) {
    WatchedModel<?> model = failed.model().orElseThrow(() -> failed);
    Optional<Tenure<A>> tenure;
    lock.lock();
    try {
      tenure = models.of(model);
    } finally {
      lock.unlock();
    }
    if (tenure.isPresent() && !dismiss(tenure.get(), DismissedException.brokenDown(failed))) {
      throw failed;
    }
    batch.stream().filter(Piece::unanswered).map(Piece::of).forEach(this::move);
  }

  /** Asks a model no more, if there is another, which answers what waits. */
  private boolean dismiss(Tenure<A> tenure, DismissedException reason) {
    Optional<Set<Asked<A>>> waiting;
    lock.lock();
    try {
      waiting = models.dismiss(tenure);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (waiting.isPresent()) {
      var unused = tenure.dismissal.completeAsync(() -> reason);
      waiting.get().forEach(this::move);
    }
    return waiting.isPresent();
  }

  /** The next batch, waited for; empty when there will be none. */
  private List<Piece<A>> next() throws InterruptedException {
    lock.lock();
    try {
      while (state != State.ENDED && !(state == State.DRAINING && queued() == 0)) {
        settleIdle();
        long now = System.nanoTime();
        List<Piece<A>> polled = models.poll(now);
        List<Piece<A>> batch = polled.stream().filter(Piece::unanswered).toList();
        if (batch.size() < polled.size()) {
          models.release(polled.get(0).of().by, polled.size() - batch.size());
        }
        if (batch.isEmpty() && !polled.isEmpty()) {
          continue; // The queue is shorter now, perhaps by its last.
        }
        if (!batch.isEmpty()) {
          crew.take(batch);
          if (queued() > 0) {
            changed.signal(); // This thread watches the rest no longer.
          }
          return batch;
        }
        long wait = models.waitNanos(now);
        if (wait == Long.MAX_VALUE) {
          changed.await();
        } else if (wait > 0) {
          changed.awaitNanos(wait);
        }
      }
      settleIdle();
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Where nothing follows those that a model failed on alone, nothing speaks for them. */
  private void settleIdle() {
    if (!suspects.isEmpty()) {
      for (Tenure<A> tenure : models.all()) {
        if (tenure.queue.size() == 0 && !crew.isBusyWith(tenure)) {
          suspects.settle(tenure);
        }
      }
    }
  }

  /** A thread has done with a batch; true if it is to end. */
  private boolean done(List<Piece<A>> batch) {
    lock.lock();
    try {
      boolean end = crew.putDown();
      models.release(batch.get(0).of().by, batch.size());
      return end;
    } finally {
      lock.unlock();
    }
  }

  private void answer(List<Piece<A>> batch) {
    List<A> answers;
    long start = System.nanoTime();
    try {
      answers = batch.get(0).of().by.model.ask(windows(batch));
    } catch (RuntimeException e) {
      batch.stream().filter(Piece::unanswered).forEach(this::answerAlone);
      return;
    }
    timed(batch, System.nanoTime() - start);
    for (int i = 0; i < batch.size(); i++) {
      take(batch.get(i), answers.get(i));
    }
  }

  private void timed(List<Piece<A>> batch, long nanos) {
    int width = batch.stream().mapToInt(Piece::tokens).max().orElseThrow();
    lock.lock();
    try {
      Tenure<A> by = batch.get(0).of().by;
      boolean full = batch.size() == policy.batchWindows() || by.isFull(batch.size(), width);
      by.timed((long) batch.size() * width, full, nanos);
    } finally {
      lock.unlock();
    }
  }

  private void answerAlone(Piece<A> piece) {
    A answer;
    try {
      if (piece.of().by.isDismissed()) {
        move(piece.of());
        return;
      }
      answer = piece.of().by.model.ask(windows(List.of(piece))).get(0);
    } catch (RuntimeException e) {
      blame(piece.of(), e);
      return;
    }
    take(piece, answer);
  }

  private void take(Piece<A> piece, A answer) {
    Asked<A> asked = piece.of();
    if (asked.take(piece.place(), answer)) {
      ExplainedRead merged;
      try {
        merged = asked.by.model.merge(asked.windows, asked.answers());
      } catch (RuntimeException e) {
        blame(asked, e);
        return;
      }
      lock.lock();
      try {
        asked.by.answered(); // Before anybody has the answer, and swaps the model for it.
        if (!asked.by.isInDoubt()) {
          suspects.settle(asked.by);
        }
      } finally {
        lock.unlock();
      }
      asked.answer.complete(merged);
    }
  }

  /** A model fails on a read alone: asks another, if there is one, who is at fault. */
  private void blame(Asked<A> asked, RuntimeException fault) {
    if (asked.by.isDismissed()) {
      move(asked);
      return;
    }
    Tenure<A> other = holdOther(asked.by);
    if (other == null) {
      asked.by.model.checkWith(fault);
      suspect(asked, fault);
      return;
    }
    ExplainedRead answer;
    try {
      answer = other.model.answer(asked.read);
    } catch (RuntimeException e) {
      e.addSuppressed(fault);
      other.model.checkWith(e);
      asked.answer.completeExceptionally(new ReadFailedException(asked.read.id(), fault));
      return;
    } finally {
      lock.lock();
      try {
        models.release(other, 1);
      } finally {
        lock.unlock();
      }
    }
    if (asked.answer.complete(answer)) {
      failed(asked.by, fault);
    }
  }

  private Tenure<A> holdOther(Tenure<A> tenure) {
    lock.lock();
    try {
      return models.holdOther(tenure);
    } finally {
      lock.unlock();
    }
  }

  private void suspect(Asked<A> asked, RuntimeException fault) {
    lock.lock();
    try {
      if (asked.suspected) {
        return; // For another of its windows.
      }
      if (asked.by == models.current()) {
        asked.suspected = true;
        asked.by.failed();
        suspects.add(asked, fault);
        if (asked.by.isAtFault()) {
          throw new DeviceFailedError(
              "the model fails on %s, and there is none before it to go back to"
                  .formatted(asked.by.failures()),
              fault);
        }
        return;
      }
    } finally {
      lock.unlock();
    }
    move(asked);
  }

  /** Counts a read that a model fails on and another answers; too many, and it is dismissed. */
  private void failed(Tenure<A> tenure, RuntimeException fault) {
    boolean tooOften;
    lock.lock();
    try {
      tenure.failed();
      tooOften = tenure == models.current() && tenure.fallback() != null && tenure.failsTooOften();
    } finally {
      lock.unlock();
    }
    if (tooOften) {
      boolean unused = dismiss(tenure, DismissedException.failing(fault));
    }
  }

  /** Asks the current model instead, once for all windows of a read. */
  private void move(Asked<A> asked) {
    Tenure<A> by;
    lock.lock();
    try {
      if (asked.moved) {
        return;
      }
      asked.moved = true;
      by = models.hold();
    } finally {
      lock.unlock();
    }
    Asked<A> again;
    try {
      again = cut(asked.read, by, asked.answer);
    } catch (RuntimeException e) {
      asked.answer.completeExceptionally(new ReadFailedException(asked.read.id(), e));
      return;
    }
    lock.lock();
    try {
      if (state == State.ENDED) {
        var unused =
            failure == null
                ? asked.answer.cancel(false)
                : asked.answer.completeExceptionally(failure);
      } else {
        enqueue(again);
        by.queue.hint();
        changed.signalAll();
      }
    } finally {
      models.release(by, 1);
      lock.unlock();
    }
  }

  private static <A> List<Window> windows(List<Piece<A>> batch) {
    return batch.stream().map(Piece::window).toList();
  }
}
