package io.readlens.stream.topology;

import io.readlens.stream.worker.DeviceWorker;
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
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final ThreadLocal<PendingReads> pending;

  ReadIntake(String readsTopic, AvroMapping mapping, DeviceWorker<?> worker) {
    this.mapping = mapping;
    this.worker = worker;
    this.pending = ThreadLocal.withInitial(() -> new PendingReads(readsTopic, mapping, worker));
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
