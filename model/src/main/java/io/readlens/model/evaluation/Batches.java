package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Asks a model about many things, a batch at a time: memory stays that of a few batches. On the
 * CPU, where a call of the model uses one core, all cores are used.
 */
public final class Batches {
  private static final int SIZE = 64;

  private Batches() {}

  /**
   * No thread asks any more when this returns or throws, so that the model may be freed.
   *
   * @param ask answers a batch, one answer each, in their order; on any thread
   * @return the answers to all, in their order
   */
  public static <Q, A> List<A> ask(
      ExplainedClassifier model, List<Q> questions, Function<List<Q>, List<A>> ask) {
    Use use = new Use();
    IntStream batches = IntStream.range(0, (questions.size() + SIZE - 1) / SIZE);
    try {
      return (model.onGpu() ? batches : batches.parallel())
          .mapToObj(i -> questions.subList(i * SIZE, Math.min(questions.size(), (i + 1) * SIZE)))
          .map(batch -> use.of(() -> ask.apply(batch)))
          .flatMap(List::stream)
          .toList();
    } finally {
      use.end();
    }
  }

  /** A stream that fails leaves other tasks of its own running, and more of them to begin. */
  private static final class Use {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean over;

    <A> List<A> of(Supplier<List<A>> asking) {
      lock.readLock().lock();
      try {
        return over ? List.of() : asking.get();
      } finally {
        lock.readLock().unlock();
      }
    }

    void end() {
      lock.writeLock().lock();
      try {
        over = true;
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}
