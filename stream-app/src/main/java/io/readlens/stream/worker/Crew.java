package io.readlens.stream.worker;

import io.readlens.stream.worker.Asked.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The threads that call a worker's models, {@code readlens-device-0} and on, and the batch that
 * each has in hand. A thread that is stuck in a model is lost: another takes its place, and should
 * it come back after all, it ends. They are daemons: a device that never returns does not keep the
 * process alive.
 *
 * <p>Threading: guarded by the worker's lock.
 *
 * @param <A> the models' answer to one window
 */
final class Crew<A> {
  private final Runnable work;
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Thread> lost = new HashSet<>();
  private final Map<Thread, List<Piece<A>>> inHand = new HashMap<>();

  /**
   * @param work what each thread does
   */
  Crew(Runnable work) {
    this.work = work;
  }

  /** Starts one thread more. */
  void start() {
    Thread thread = new Thread(work, "readlens-device-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** The calling thread has a batch in hand. */
  void take(List<Piece<A>> batch) {
    inHand.put(Thread.currentThread(), batch);
  }

  /** The calling thread has nothing in hand; true if it is to end, because it was lost. */
  boolean putDown() {
    inHand.remove(Thread.currentThread());
    return lost.contains(Thread.currentThread());
  }

  /** What a thread has in hand. */
  List<Piece<A>> inHand(Thread thread) {
    return inHand.getOrDefault(thread, List.of());
  }

  boolean isLost(Thread thread) {
    return lost.contains(thread);
  }

  /** Waits for a thread no longer. */
  void lose(Thread thread) {
    lost.add(thread);
    inHand.remove(thread);
  }

  /** What all threads have in hand. */
  List<Piece<A>> inHand() {
    return inHand.values().stream().flatMap(List::stream).toList();
  }

  /** Whether a thread has reads of a model in hand. */
  boolean isBusyWith(Tenure<A> tenure) {
    return inHand.values().stream()
        .flatMap(List::stream)
        .anyMatch(piece -> piece.of().by == tenure);
  }

  /** Threads that will end once the worker has. */
  List<Thread> awaited() {
    return threads.stream().filter(thread -> thread.isAlive() && !lost.contains(thread)).toList();
  }

  /** Whether every thread has ended, those that were lost too. */
  boolean hasEnded() {
    return threads.stream().noneMatch(Thread::isAlive);
  }
}
