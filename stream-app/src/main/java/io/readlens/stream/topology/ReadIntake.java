package io.readlens.stream.topology;

import io.readlens.stream.worker.DeviceWorker;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the stream threads of one application share on the way in: the decoding, the device, and the
 * account of how many reads were looked ahead at.
 *
 * <p>Threading: safe for use by many threads. The pending reads belong to a thread each, because a
 * partition that moves from one thread to another is polled by the new one while the old one still
 * clears up.
 */
final class ReadIntake {
  private final AvroMapping mapping;
  private final DeviceWorker<?> worker;
  private final Duration patience;
  private volatile boolean closing;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final ThreadLocal<PendingReads> pending;

  /**
   * @param patience how long a stream thread waits at the poll for the answers to what it has
   *     polled
   */
  ReadIntake(String readsTopic, AvroMapping mapping, DeviceWorker<?> worker, Duration patience) {
    this.patience = patience;
    this.mapping = mapping;
    this.worker = worker;
    this.pending = ThreadLocal.withInitial(() -> new PendingReads(readsTopic, mapping, worker));
  }

  /**
   * Waits at the poll for the answers to what the calling thread has polled. Here no transaction is
   * open for long, unlike in {@code process()}, so that a device which is slow, or becomes it, lets
   * none time out; there its reads would be done again and again.
   */
  void awaitAnswers() {
    ofThisThread().await(patience, () -> closing);
  }

  /** Ends every wait at the poll, and lets none begin: the threads are told to stop. */
  void stopWaiting() {
    closing = true;
  }

  /** What the calling thread has looked ahead at. */
  PendingReads ofThisThread() {
    return pending.get();
  }

  AvroMapping mapping() {
    return mapping;
  }

  DeviceWorker<?> worker() {
    return worker;
  }

  void countHit() {
    hits.increment();
  }

  void countMiss() {
    misses.increment();
  }

  /** Reads whose answer had been asked for by the time that they were processed. */
  long hits() {
    return hits.sum();
  }

  /** Reads that the device was asked about only when they were processed. */
  long misses() {
    return misses.sum();
  }
}
