package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A read that was polled and not yet processed. The device has been asked about it, or will be once
 * its queue has room.
 *
 * <p>Threading: one stream thread.
 */
final class PendingRead {
  private final IncomingRead read;
  private CompletableFuture<ExplainedRead> answer;

  PendingRead(IncomingRead read) {
    this.read = read;
  }

  IncomingRead read() {
    return read;
  }

  /** The device's answer; empty if it has not been asked. */
  Optional<CompletableFuture<ExplainedRead>> answer() {
    return Optional.ofNullable(answer);
  }

  void asked(CompletableFuture<ExplainedRead> awaited) {
    answer = awaited;
  }
}
