package io.readlens.stream.replay;

import io.readlens.model.io.SequenceRecord;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;

/**
 * What the brokers say about the reads that were handed to the producer.
 *
 * <p>Threading: told on the producer's thread, asked from any.
 */
final class Delivery {
  /**
   * The first read that the brokers did not take.
   *
   * @param line of its header in the file, from 1
   */
  record Failure(String readId, Path file, long line, Exception cause) {}

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Failure> failure = new AtomicReference<>();

  /** To be told what becomes of one read; keeps its name, not its bases. */
  Callback of(SequenceRecord read) {
    String readId = read.id();
    Path file = read.file();
    long line = read.line();
    return (metadata, error) -> {
      if (error == null) {
        acknowledged.incrementAndGet();
      } else {
        failure.compareAndSet(null, new Failure(readId, file, line, error));
      }
    };
  }

  long acknowledged() {
    return acknowledged.get();
  }

  Optional<Failure> failure() {
    return Optional.ofNullable(failure.get());
  }
}
