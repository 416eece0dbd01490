package io.readlens.stream.worker;

import java.time.Duration;

/**
 * How fast a device has been lately with one model, and the batch and the queue that suit that. A
 * device is slower while its machine does something else, and as fast as before afterwards; what
 * was measured at the start says neither.
 *
 * <p>The rate is an exponentially weighted mean over the last second of work, so that one slow
 * batch of 10 s counts fully and a hiccup of 20 ms hardly. Time in which nothing was asked counts
 * for nothing.
 *
 * <p>Threading: guarded by the worker's lock.
 */
final class Tempo {
  /** Upper bound on one batch's duration, to limit queueing delay. */
  static final Duration BATCH = Duration.ofMillis(200);

  /** Work that may wait: it bridges what a stream thread does between two polls. */
  private static final double QUEUE_SECONDS = 1;

  private static final double MEMORY_SECONDS = 1;

  /** An ordinary read's window; a longer one is a batch of its own. */
  private static final int LEAST_BATCH_TOKENS = 256;

  private final int threads;
  private final int mostBatchTokens;
  private double perThread;

  /**
   * @param tokensPerSecond what all threads together are expected to answer
   * @param mostBatchTokens tokens in one batch, however fast the device is
   */
  Tempo(int threads, double tokensPerSecond, int mostBatchTokens) {
    this.threads = threads;
    this.mostBatchTokens = mostBatchTokens;
    this.perThread = tokensPerSecond / threads;
  }

  /** The tempo of another model on the same device, so many times as fast. */
  Tempo times(double factor) {
    return new Tempo(threads, factor * tokensPerSecond(), mostBatchTokens);
  }

  /**
   * Takes into account how long one thread waited for a batch.
   *
   * @param tokens of the batch, padding counted
   * @param full whether no more would have gone into it. A device that takes as long for a small
   *     batch as for a large one is not slow because few reads come
   */
  void answered(long tokens, boolean full, long nanos) {
    double seconds = Math.max(1, nanos) / 1e9;
    double rate = tokens / seconds;
    if (full || rate > perThread || nanos > BATCH.toNanos()) {
      perThread += (1 - Math.exp(-seconds / MEMORY_SECONDS)) * (rate - perThread);
    }
  }

  /** What all threads together answer. */
  double tokensPerSecond() {
    return threads * perThread;
  }

  /** Tokens that one thread answers in the time that a batch may take. */
  int batchTokens() {
    double fitting = perThread * BATCH.toNanos() / 1e9;
    return (int) Math.min(mostBatchTokens, Math.max(LEAST_BATCH_TOKENS, fitting));
  }

  /** Tokens that may wait: a second's work, and no less than keeps every thread busy. */
  long queueTokens() {
    return Math.max(2L * threads * batchTokens(), Math.round(QUEUE_SECONDS * tokensPerSecond()));
  }
}
