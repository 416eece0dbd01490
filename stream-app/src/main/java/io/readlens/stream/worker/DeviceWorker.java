package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Batcher;
import io.readlens.model.read.TokenizedRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Answers reads in batches on one device. A batch that fails is asked again read by read; where a
 * single read fails too, a read that is known to be good decides who is at fault. A device at
 * fault, or one that keeps a batch beyond its deadline, is given up: the first such error is kept,
 * wakes everybody who waits, and is thrown at everybody who comes later.
 *
 * <p>Threading: safe for use by many threads. The model is called only by the worker's own threads,
 * {@code readlens-device-0} and on, by as many at once as there are; it must bear that. They are
 * daemons: a device that never returns does not keep the process alive.
 */
public final class DeviceWorker implements AutoCloseable {
  /**
   * How reads are queued and batched.
   *
   * @param threads threads that call the model
   * @param capacity reads that {@link #offer} lets wait
   * @param maxTokens tokens in one batch, padding counted
   * @param maxRows reads in one batch
   * @param linger how long the oldest read waits for company
   * @param deadline how long the model may take for one batch before the device counts as stuck
   */
  public record Policy(
      int threads, int capacity, int maxTokens, int maxRows, Duration linger, Duration deadline) {
    public Policy {
      if (threads < 1 || capacity < 1 || deadline.isNegative() || deadline.isZero()) {
        throw new IllegalArgumentException(
            threads + " threads, capacity " + capacity + ", deadline " + deadline);
      }
    }
  }

  private enum State {
    /** Takes reads. */
    ACCEPTING,
    /** Takes no more reads, answers those it has. */
    DRAINING,
    /** Answers nothing that is not on the device already. Final. */
    ENDED
  }

  private record Waiting(TokenizedRead read, CompletableFuture<ExplainedRead> answer) {
    boolean unanswered() {
      return !answer.isDone();
    }
  }

  private final Policy policy;
  private final WatchedModel model;
  private final List<Thread> threads = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Batcher<Waiting> queue;
  private final List<Waiting> onDevice = new ArrayList<>();
  private State state = State.ACCEPTING;
  private DeviceFailedError failure;

  private DeviceWorker(Policy policy, WatchedModel model) {
    this.policy = policy;
    this.model = model;
    this.queue = new Batcher<>(policy.maxTokens(), policy.maxRows(), policy.linger());
  }

  /**
   * Starts the worker's threads.
   *
   * @param model answers a list of reads by a list of equal size and order, or throws; called by
   *     {@code policy.threads()} threads at once
   * @param canary a read that the model can answer if it can answer any
   */
  public static DeviceWorker start(
      Policy policy,
      Function<List<TokenizedRead>, List<ExplainedRead>> model,
      TokenizedRead canary) {
    WatchedModel watched = new WatchedModel(model, canary, policy.deadline());
    DeviceWorker worker = new DeviceWorker(policy, watched);
    watched.onStuck(worker::fail);
    for (int i = 0; i < policy.threads(); i++) {
      Thread thread = new Thread(worker::work, "readlens-device-" + i);
      thread.setDaemon(true);
      worker.threads.add(thread);
    }
    worker.threads.forEach(Thread::start);
    return worker;
  }

  /**
   * Queues a read if there is room; for work that is done ahead of need.
   *
   * @return empty if the queue is full or the worker takes no more reads
   */
  public Optional<CompletableFuture<ExplainedRead>> offer(TokenizedRead read) {
    lock.lock();
    try {
      boolean room = state == State.ACCEPTING && queue.size() < policy.capacity();
      return room ? Optional.of(enqueue(read)) : Optional.empty();
    } finally {
      lock.unlock();
    }
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
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
      if (state != State.ACCEPTING) {
        throw new IllegalStateException("the device worker was closed before " + read);
      }
      return enqueue(read);
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<ExplainedRead> enqueue(TokenizedRead read) {
    CompletableFuture<ExplainedRead> answer = new CompletableFuture<>();
    int row = read.tokens() + 1; // <cls> leads it.
    queue.add(new Waiting(read, answer), row, System.nanoTime());
    changed.signal();
    return answer;
  }

  /** Says that the caller has nothing to add for now: what is queued need not linger. */
  public void hint() {
    lock.lock();
    try {
      queue.hint();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Cancels answers that nobody wants any more; those still queued never reach the device. */
  public void cancel(Collection<CompletableFuture<ExplainedRead>> answers) {
    answers.forEach(answer -> answer.cancel(false));
    lock.lock();
    try {
      queue.removeIf(waiting -> !waiting.unanswered());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many reads wait for a place on the device. */
  public int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** What the device has done since the start. */
  public Counters counters() {
    return model.counters();
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
   * @return whether every thread has left the model, so that it may be freed; false if the device
   *     is stuck or the caller was interrupted
   */
  public boolean drain() {
    lock.lock();
    try {
      if (state == State.ACCEPTING) {
        state = State.DRAINING;
        queue.hint();
        changed.signalAll();
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
    end().forEach(waiting -> waiting.answer().cancel(false));
    return awaitThreads();
  }

  /** Abandons what is left. May be called again. */
  @Override
  public void close() {
    abandon();
  }

  /** Ends the worker; returns what it will not answer, what is on the device left out. */
  private List<Waiting> end() {
    lock.lock();
    try {
      state = State.ENDED;
      List<Waiting> left = new ArrayList<>();
      queue.removeIf(left::add);
      changed.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }

  private void fail(DeviceFailedError error) {
    List<Waiting> waiting;
    DeviceFailedError first;
    lock.lock();
    try {
      failure = failure == null ? error : failure;
      first = failure;
      waiting = end();
      waiting.addAll(onDevice);
    } finally {
      lock.unlock();
    }
    waiting.forEach(each -> each.answer().completeExceptionally(first));
  }

  /** Waits without a limit of its own: a stuck device ends the wait by its deadline. */
  private boolean awaitThreads() {
    try {
      for (Thread thread : threads) {
        while (thread.isAlive() && !model.stuck()) {
          thread.join(policy.deadline().toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean ended = threads.stream().noneMatch(Thread::isAlive);
    if (ended) {
      model.close();
    }
    return ended;
  }

  private void work() {
    try {
      for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
        answer(batch);
        done(batch);
      }
    } catch (DeviceFailedError e) {
      fail(e);
    } catch (InterruptedException e) {
      fail(new DeviceFailedError("a device thread was interrupted", e));
    } catch (Throwable e) { // Whatever it is, nobody may wait for a thread that has gone.
      fail(new DeviceFailedError("a device thread died", e));
    }
  }

  /** The next batch, waited for; empty when there will be none. */
  private List<Waiting> next() throws InterruptedException {
    lock.lock();
    try {
      while (state != State.ENDED && !(state == State.DRAINING && queue.size() == 0)) {
        long now = System.nanoTime();
        List<Waiting> batch = queue.poll(now).stream().filter(Waiting::unanswered).toList();
        if (!batch.isEmpty()) {
          onDevice.addAll(batch);
          if (queue.size() > 0) {
            changed.signal(); // This thread watches the rest no longer.
          }
          return batch;
        }
        long wait = queue.waitNanos(now);
        if (wait == Long.MAX_VALUE) {
          changed.await();
        } else if (wait > 0) {
          changed.awaitNanos(wait);
        }
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private void done(List<Waiting> batch) {
    lock.lock();
    try {
      onDevice.removeAll(batch);
    } finally {
      lock.unlock();
    }
  }

  private void answer(List<Waiting> batch) {
    try {
      List<ExplainedRead> answers = model.ask(batch.stream().map(Waiting::read).toList());
      for (int i = 0; i < answers.size(); i++) {
        batch.get(i).answer().complete(answers.get(i));
      }
    } catch (RuntimeException e) {
      batch.stream().filter(Waiting::unanswered).forEach(this::answerAlone);
    }
  }

  private void answerAlone(Waiting waiting) {
    try {
      waiting.answer().complete(model.ask(List.of(waiting.read())).get(0));
    } catch (RuntimeException e) {
      model.checkWith(e);
      waiting.answer().completeExceptionally(new ReadFailedException(waiting.read().id(), e));
    }
  }
}
